import type { LimitName, Limits, RateDecision, RateLimiter } from '@parley/core'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'

/** Counts in this process. A key is forgotten when its window ends. */
export function createMemoryRateLimiter(limits: Limits): RateLimiter {
  const counters = new Map<LimitName, RateLimiterMemory>()
  const counterOf = (limit: LimitName): RateLimiterMemory => {
    const existing = counters.get(limit)
    if (existing !== undefined) return existing
    const { points, windowMs } = limits[limit]
    const made = new RateLimiterMemory({ points, duration: windowMs / 1000, keyPrefix: '' })
    counters.set(limit, made)
    return made
  }
  const decide = (limit: LimitName, counted: RateLimiterRes | null, needed: number): RateDecision => {
    const { points, windowMs } = limits[limit]
    const allowed = (counted?.consumedPoints ?? 0) + needed <= points
    const resetAfterMs = counted?.msBeforeNext ?? windowMs
    return {
      allowed,
      retryAfterMs: allowed ? 0 : Math.max(1, resetAfterMs),
      limit: points,
      remaining: counted?.remainingPoints ?? points,
      resetAfterMs,
    }
  }
  return {
    async take(limit, key, points = 1) {
      try {
        return decide(limit, await counterOf(limit).consume(key, points), 0)
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return decide(limit, refusal, 0)
        throw refusal
      }
    },
    async peek(limit, key) {
      return decide(limit, await counterOf(limit).get(key), 1)
    },
  }
}

/** Never refuses: for benchmarks on a closed machine. */
export function createUnlimitedRateLimiter(limits: Limits): RateLimiter {
  const allow = async (limit: LimitName): Promise<RateDecision> => ({
    allowed: true,
    retryAfterMs: 0,
    limit: limits[limit].points,
    remaining: limits[limit].points,
    resetAfterMs: limits[limit].windowMs,
  })
  return { take: allow, peek: allow }
}
