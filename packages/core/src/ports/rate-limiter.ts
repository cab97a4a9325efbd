import type { LimitName } from '../limits.ts'

export interface RateDecision {
  readonly allowed: boolean
  /** How long until the next one is allowed; 0 when this one is. */
  readonly retryAfterMs: number
  readonly limit: number
  readonly remaining: number
  /** How long until counting starts anew. */
  readonly resetAfterMs: number
}

/** Counts in fixed windows, by limit and key. */
export interface RateLimiter {
  /** Takes `points` (default 1) and says whether that was still within the limit. */
  take(limit: LimitName, key: string, points?: number): Promise<RateDecision>
  /** Says how `key` stands without taking anything. */
  peek(limit: LimitName, key: string): Promise<RateDecision>
}
