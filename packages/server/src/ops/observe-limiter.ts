import type { RateLimiter } from '@parley/core'
import type { Metrics } from './metrics.ts'

/** The limiter, with a count of what it refuses. */
export function observeLimiter(limiter: RateLimiter, metrics: Pick<Metrics, 'countLimited'>): RateLimiter {
  return {
    peek: (limit, key) => limiter.peek(limit, key),
    async take(limit, key, points) {
      const decision = await limiter.take(limit, key, points)
      if (!decision.allowed) metrics.countLimited(limit)
      return decision
    },
  }
}
