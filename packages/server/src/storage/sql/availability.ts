import { DomainError } from '@parley/core'
import type { Failure } from './dialects.ts'

export interface AvailabilityOptions {
  /** Calls at the same time; the others wait for their turn. */
  readonly poolSize: number
  /** After so long without an answer the database counts as away. */
  readonly callTimeoutMs: number
  /** While it is away, it is tried again so often. */
  readonly probeIntervalMs: number
}

/** Knows whether the database answers, and refuses at once while it does not. */
export interface Availability {
  /**
   * Runs a call of the database; an urgent one before those that wait. Rejects with `DomainError('UNAVAILABLE')` when
   * the database is away, or goes away meanwhile.
   */
  guard<T>(call: () => Promise<T>, isUrgent?: 'urgent'): Promise<T>
}

export const unavailable = (): DomainError =>
  new DomainError('UNAVAILABLE', 'The database does not answer at the moment. Try again soon.', { retryAfterMs: 1000 })

/**
 * While the database is away one call a second is let through to try it, and all others are refused at once.
 * `drop` breaks every connection, so that nobody waits for an answer that will not come. A crowd waits here, and not
 * for a connection of the driver: that the database has much to do does not mean that it is away.
 */
export function createAvailability(
  options: AvailabilityOptions,
  failureOf: (error: unknown) => Failure,
  drop: () => void,
): Availability {
  /** When it may be tried again; `null` while it answers. */
  let triedAgainAt: number | null = null
  let running = 0
  const waiting: PromiseWithResolvers<void>[] = []

  function wentAway(): DomainError {
    triedAgainAt = performance.now() + options.probeIntervalMs
    drop()
    for (const one of waiting.splice(0)) one.reject(unavailable())
    return unavailable()
  }

  async function takeTurn(isUrgent: boolean): Promise<void> {
    if (running < options.poolSize) {
      running += 1
      return
    }
    const turn = Promise.withResolvers<void>()
    if (isUrgent) waiting.unshift(turn)
    else waiting.push(turn)
    await turn.promise
  }

  /** The turn goes to whoever waits first. */
  function endTurn(): void {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next.resolve()
  }

  return {
    async guard(call, isUrgent) {
      if (triedAgainAt !== null) {
        if (performance.now() < triedAgainAt) throw unavailable()
        // This call tries it; those that come meanwhile do not wait for what comes of it.
        triedAgainAt = performance.now() + options.callTimeoutMs
      }
      await takeTurn(isUrgent === 'urgent')
      const { promise: tooLong, reject } = Promise.withResolvers<never>()
      const timer = setTimeout(() => reject(wentAway()), options.callTimeoutMs)
      try {
        const result = await Promise.race([call(), tooLong])
        triedAgainAt = null
        return result
      } catch (error) {
        if (error instanceof DomainError) throw error
        if (failureOf(error) === 'away') throw wentAway()
        // It is there to refuse.
        triedAgainAt = null
        throw error
      } finally {
        clearTimeout(timer)
        endTurn()
      }
    },
  }
}
