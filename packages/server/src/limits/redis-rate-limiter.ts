import { isUnavailable, type LimitName, type Limits, type RateDecision, type RateLimiter } from '@parley/core'
import { keys } from '../redis/keys.ts'
import type { RedisLink } from '../redis/open-redis.ts'
import { createRedisScript } from '../redis/redis-script.ts'

/**
 * Answers what was taken in the window, and when it is over. A key without an end would count for good; Redis still has
 * it in the last millisecond, so its life is one shorter than the window.
 */
const TAKE = `
local taken = redis.call('INCRBY', KEYS[1], ARGV[1])
local lasts = redis.call('PTTL', KEYS[1])
if lasts < 0 then
  lasts = math.max(1, tonumber(ARGV[2]) - 1)
  redis.call('PEXPIRE', KEYS[1], lasts)
end
return { taken, lasts + 1 }`

const PEEK = `
local taken = redis.call('GET', KEYS[1])
if not taken then return { 0, tonumber(ARGV[1]) } end
return { tonumber(taken), redis.call('PTTL', KEYS[1]) + 1 }`

export interface RedisRateLimiterOptions {
  /** Counts while Redis is away, for this node alone. */
  readonly meanwhile: RateLimiter
}

/** Counts for all nodes together, one question each time, in windows that Redis keeps the time of. */
export function createRedisRateLimiter(
  link: RedisLink,
  limits: Limits,
  { meanwhile }: RedisRateLimiterOptions,
): RateLimiter {
  const take = createRedisScript(link, TAKE)
  const peek = createRedisScript(link, PEEK)

  /** Whoever asks is not to wait for, nor to be refused by, a Redis that is away. */
  async function count(asked: Promise<unknown>, orElse: () => Promise<RateDecision>, decide: Decide) {
    try {
      const [taken, lastsMs] = (await asked) as [number, number]
      return decide(taken, lastsMs)
    } catch (error) {
      if (isUnavailable(error)) return orElse()
      throw error
    }
  }

  const deciding =
    (limit: LimitName, needed: number): Decide =>
    (taken, lastsMs) => {
      const { points } = limits[limit]
      const allowed = taken + needed <= points
      const resetAfterMs = Math.max(lastsMs, 1)
      const retryAfterMs = allowed ? 0 : resetAfterMs
      return { allowed, retryAfterMs, limit: points, remaining: Math.max(0, points - taken), resetAfterMs }
    }

  return {
    take(limit, key, points = 1) {
      const asked = take([keys.limit(limit, key)], [points, limits[limit].windowMs])
      return count(asked, () => meanwhile.take(limit, key, points), deciding(limit, 0))
    },
    peek(limit, key) {
      const asked = peek([keys.limit(limit, key)], [limits[limit].windowMs])
      return count(asked, () => meanwhile.peek(limit, key), deciding(limit, 1))
    },
  }
}

type Decide = (taken: number, lastsMs: number) => RateDecision
