import type { Clock, LimitName, Limits, Millis, RateDecision, RateLimiter } from '@parley/core'

interface Window {
  readonly endsAt: Millis
  taken: number
}

/** A rate limiter in memory that tells the time by `clock`: fixed windows, which start with the first point taken. */
export function createClockedRateLimiter(clock: Pick<Clock, 'now'>, limits: Limits): RateLimiter {
  const windows = new Map<string, Window>()

  function current(limit: LimitName, key: string): Window {
    const name = `${limit}:${key}`
    const known = windows.get(name)
    if (known && known.endsAt > clock.now()) return known
    const fresh: Window = { endsAt: clock.now() + limits[limit].windowMs, taken: 0 }
    windows.set(name, fresh)
    return fresh
  }

  function describe(limit: LimitName, { endsAt, taken }: Window, wanted: number): RateDecision {
    const { points } = limits[limit]
    const allowed = taken + wanted <= points
    return {
      allowed,
      retryAfterMs: allowed ? 0 : endsAt - clock.now(),
      limit: points,
      remaining: Math.max(0, points - taken),
      resetAfterMs: endsAt - clock.now(),
    }
  }

  return {
    async take(limit, key, points = 1) {
      const window = current(limit, key)
      window.taken += points
      return describe(limit, window, 0)
    },
    async peek(limit, key) {
      return describe(limit, current(limit, key), 1)
    },
  }
}
