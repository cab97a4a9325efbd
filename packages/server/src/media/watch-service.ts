import type { Clock } from '@parley/core'
import type { Service } from '../ops/health.ts'
import type { ServiceState, SupervisorLogger } from '../ops/supervisor/supervise.ts'

const WATCH_EVERY_MS = 5000

export interface WatchOptions {
  /** Its name in `/health` and metrics, where strangers may read it. */
  readonly name: string
  /** Its address, for the log. */
  readonly address: string
  /** Resolves when it serves. Has an end of its own. */
  readonly probe: () => Promise<unknown>
  readonly clock: Clock
  readonly logger: SupervisorLogger
}

/**
 * A service that somebody else runs: asked now and then whether it answers, until it is disposed of. Resolves when it
 * was asked for the first time.
 */
export async function watchService(options: WatchOptions): Promise<Service & Disposable> {
  const { name, address, probe, clock, logger } = options
  let state: ServiceState = 'starting'
  let isWatching = true
  let cancel: () => void = () => undefined

  function become(next: 'up' | 'down', error: unknown): void {
    if (state !== next && next === 'down') {
      logger.warn({ service: name }, `${address} does not answer: ${error instanceof Error ? error.message : error}`)
    } else if (state === 'down' && next === 'up') logger.info({ service: name }, `${address} answers again`)
    state = next
  }

  async function ask(): Promise<void> {
    await probe().then(
      () => become('up', null),
      (error: unknown) => become('down', error),
    )
    if (isWatching) cancel = clock.schedule(clock.now() + WATCH_EVERY_MS, () => void ask())
  }

  await ask()
  return {
    name,
    state: () => state,
    restarts: () => 0,
    [Symbol.dispose]() {
      isWatching = false
      cancel()
    },
  }
}
