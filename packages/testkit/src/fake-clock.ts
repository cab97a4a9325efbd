import { setImmediate } from 'node:timers/promises'
import type { Clock, Millis } from '@parley/core'

/** A clock that stands still until it is moved. */
export interface FakeClock extends Clock {
  /** Moves on by `ms`, running what is due at its own time and in order. What each one starts is settled before the next. */
  advance(ms: number): Promise<void>
  /** Timers that have neither run nor been cancelled. */
  readonly pending: number
}

interface Timer {
  readonly at: Millis
  readonly run: () => void
}

export function createFakeClock(start: Millis = Date.UTC(2030, 0, 1)): FakeClock {
  const timers = new Set<Timer>()
  let now = start

  function nextDue(until: Millis): Timer | null {
    let next: Timer | null = null
    for (const timer of timers) if (timer.at <= until && (next === null || timer.at < next.at)) next = timer
    return next
  }

  return {
    now: () => now,
    schedule(at, run) {
      const timer: Timer = { at, run }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    async advance(ms) {
      const until = now + ms
      await setImmediate()
      for (let timer = nextDue(until); timer; timer = nextDue(until)) {
        timers.delete(timer)
        now = Math.max(now, timer.at)
        timer.run()
        await setImmediate()
      }
      now = until
    },
    get pending() {
      return timers.size
    },
  }
}
