import { isUnavailable } from '@parley/core'
import type { Logger } from 'pino'

/** While something is away much waits for it: told of once in so long. */
const QUIET_MS = 10_000

/**
 * Writes down what failed that nobody waits for: a mistake each time and with its stack, in one line what could not be
 * done because Redis or the database does not answer. All such work is done again, or ends with a lease; that they are
 * away is told elsewhere.
 */
export function createFailureReport(
  logger: Pick<Logger, 'warn' | 'error'>,
  now: () => number = () => performance.now(),
): (error: unknown) => void {
  let toldAtMs = Number.NEGATIVE_INFINITY
  let untold = 0
  return (error) => {
    if (!isUnavailable(error)) {
      logger.error({ err: error }, 'something failed that nobody waits for')
      return
    }
    untold += 1
    if (now() - toldAtMs < QUIET_MS) return
    logger.warn({ reason: error.message, count: untold }, 'some work waits until what it needs answers again')
    toldAtMs = now()
    untold = 0
  }
}
