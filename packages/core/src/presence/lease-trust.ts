import type { Millis } from '../ids.ts'
import type { Clock } from '../ports/clock.ts'

/**
 * Whether leases that have ended say who is gone. While the store was away nobody could renew theirs, so when it is back
 * nodes are first given the time to.
 */
export interface LeaseTrust {
  /** The store could not be asked just now: nobody else may have been able to renew anything either. */
  doubt(): void
  /** Whoever has no lease now is gone. */
  isFair(): boolean
  /** Asks for those whose leases had ended by the given time: by now or, while that would not be fair, by no time at all. */
  expired<T>(ask: (by: Millis) => Promise<T>): Promise<T>
}

/** No lease of anybody ended before. */
const BEFORE_ALL: Millis = 0

export function createLeaseTrust({ now }: Pick<Clock, 'now'>, graceMs: number): LeaseTrust {
  let fairFrom = Number.NEGATIVE_INFINITY

  function doubt(): void {
    fairFrom = now() + graceMs
  }
  const isFair = (): boolean => now() >= fairFrom

  return {
    doubt,
    isFair,
    async expired(ask) {
      try {
        return await ask(isFair() ? now() : BEFORE_ALL)
      } catch (error) {
        doubt()
        throw error
      }
    },
  }
}
