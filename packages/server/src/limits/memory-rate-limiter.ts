import type { Limit, LimitName, Limits, Millis, RateDecision, RateLimiter } from '@parley/core'

/** Keys counted for one limit: addresses cost an attacker little, and each counted one costs memory. */
const MAX_KEYS = 100_000

interface Window {
  readonly endsAt: Millis
  taken: number
}

export interface MemoryRateLimiterOptions {
  readonly now: () => Millis
  /** How many keys are counted for each limit. Over it, the half that was counted first is forgotten. */
  readonly maxKeys?: number
}

/** Counts in this process, in bounded memory. A key is forgotten when its window ends. */
export function createMemoryRateLimiter(
  limits: Limits,
  { now, maxKeys = MAX_KEYS }: MemoryRateLimiterOptions,
): RateLimiter {
  const counters = new Map<LimitName, Windows>()
  const windowsOf = (name: LimitName): Windows => {
    const existing = counters.get(name)
    if (existing !== undefined) return existing
    const made = new Windows(limits[name].windowMs, maxKeys)
    counters.set(name, made)
    return made
  }
  return {
    async take(name, key, points = 1) {
      const at = now()
      const window = windowsOf(name).open(key, at)
      window.taken += points
      return decide(limits[name], window, at, 0)
    },
    async peek(name, key) {
      const at = now()
      return decide(limits[name], windowsOf(name).find(key, at), at, 1)
    },
  }
}

/**
 * The windows of one limit, in two generations: the older one is let go of as a whole, when all in it have
 * ended, or before that when there are too many.
 */
class Windows {
  readonly #windowMs: number
  readonly #maxKeys: number
  #younger = new Map<string, Window>()
  #older = new Map<string, Window>()
  #turnAt: Millis = 0

  constructor(windowMs: number, maxKeys: number) {
    this.#windowMs = windowMs
    this.#maxKeys = maxKeys
  }

  find(key: string, at: Millis): Window | null {
    const window = this.#younger.get(key) ?? this.#older.get(key)
    return window !== undefined && window.endsAt > at ? window : null
  }

  open(key: string, at: Millis): Window {
    const current = this.find(key, at)
    if (current !== null) return current
    if (at >= this.#turnAt || this.#younger.size >= this.#maxKeys / 2) {
      this.#older = this.#younger
      this.#younger = new Map()
      this.#turnAt = at + this.#windowMs
    }
    const window: Window = { endsAt: at + this.#windowMs, taken: 0 }
    this.#younger.set(key, window)
    return window
  }
}

function decide({ points, windowMs }: Limit, window: Window | null, at: Millis, needed: number): RateDecision {
  const taken = window?.taken ?? 0
  const resetAfterMs = window === null ? windowMs : window.endsAt - at
  const allowed = taken + needed <= points
  return {
    allowed,
    retryAfterMs: allowed ? 0 : resetAfterMs,
    limit: points,
    remaining: Math.max(0, points - taken),
    resetAfterMs,
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
