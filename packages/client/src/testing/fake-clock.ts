import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../clock.ts'

export interface FakeClock extends Clock {
  /** Moves on by `ms`, running what is due in order; what each starts is settled before the next. */
  advance(ms: number): Promise<void>
  /** The device sleeps: time passes and nothing runs until the next `advance`. */
  sleep(ms: number): void
  readonly pending: number
}

/** A clock that stands still until it is moved. */
export function createFakeClock(start = Date.UTC(2030, 0, 1)): FakeClock {
  const timers = new Set<{ readonly at: number; readonly run: () => void }>()
  let now = start
  return {
    now: () => now,
    setTimeout(run, ms) {
      const timer = { at: now + ms, run }
      timers.add(timer)
      return timer
    },
    clearTimeout(timer) {
      for (const each of timers) if (each === timer) timers.delete(each)
    },
    async advance(ms) {
      const until = now + ms
      await setImmediate()
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
        if (next === undefined) break
        timers.delete(next)
        now = Math.max(now, next.at)
        next.run()
        await setImmediate()
      }
      now = until
    },
    sleep(ms) {
      now += ms
    },
    get pending() {
      return timers.size
    },
  }
}
