import { DomainError } from '@parley/core'

/**
 * Redis is there and can't take this now: it loads, is out of memory, lost its master, may not write to disk, or is
 * handing over to another server of the Cluster what this would change.
 */
const NOT_NOW =
  /^(ERR Script attempted to access a non local key|LOADING|OOM|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|MISCONF|BUSY|UNBLOCKED|NOGOODSLAVE|UNKILLABLE)\b/

export const redisUnavailable = (): DomainError =>
  new DomainError('UNAVAILABLE', 'The store of rooms does not answer at the moment. Try again soon.', {
    retryAfterMs: 1000,
  })

/** What a failed command means for whoever asked: `UNAVAILABLE`, unless Redis says that the command itself is wrong. */
export function asDomainError(error: unknown): unknown {
  if (error instanceof DomainError) return error
  const isAnswer = error instanceof Error && error.name === 'ReplyError'
  return isAnswer && !isNotNow(error) ? error : redisUnavailable()
}

/** A transaction that was given up says so, and carries what its commands were told. */
function isNotNow(error: Error & { readonly previousErrors?: readonly Error[] }): boolean {
  return [error, ...(error.previousErrors ?? [])].some(({ message }) => NOT_NOW.test(message))
}
