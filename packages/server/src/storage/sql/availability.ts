import { DomainError } from '@parley/core'
import type { Failure } from './dialects.ts'

export interface AvailabilityOptions {
  /** After so long without an answer the database counts as away. */
  readonly callTimeoutMs: number
  /** While it is away, it is tried again so often. */
  readonly probeIntervalMs: number
}

/** Knows whether the database answers, and refuses at once while it does not. */
export interface Availability {
  /** Runs a call of the database. Rejects with `DomainError('UNAVAILABLE')` when it is away, or goes away meanwhile. */
  guard<T>(call: () => Promise<T>): Promise<T>
}

export const unavailable = (): DomainError =>
  new DomainError('UNAVAILABLE', 'The database does not answer at the moment. Try again soon.', { retryAfterMs: 1000 })

/**
 * While the database is away one call a second is let through to try it, and all others are refused at once.
 * `drop` breaks every connection, so that nobody waits for an answer that will not come.
 */
export function createAvailability(
  options: AvailabilityOptions,
  failureOf: (error: unknown) => Failure,
  drop: () => void,
): Availability {
  /** When it may be tried again; `null` while it answers. */
  let triedAgainAt: number | null = null

  function wentAway(): DomainError {
    triedAgainAt = performance.now() + options.probeIntervalMs
    drop()
    return unavailable()
  }

  return {
    async guard(call) {
      if (triedAgainAt !== null) {
        if (performance.now() < triedAgainAt) throw unavailable()
        // This call tries it; those that come meanwhile do not wait for what comes of it.
        triedAgainAt = performance.now() + options.callTimeoutMs
      }
      const { promise: tooLong, reject } = Promise.withResolvers<never>()
      const timer = setTimeout(() => reject(wentAway()), options.callTimeoutMs)
      try {
        const result = await Promise.race([call(), tooLong])
        triedAgainAt = null
        return result
      } catch (error) {
        if (error instanceof DomainError || failureOf(error) !== 'away') throw error
        throw wentAway()
      } finally {
        clearTimeout(timer)
      }
    },
  }
}
