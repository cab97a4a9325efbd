import { randomUUID } from 'node:crypto'
import { DEFAULT_LIMITS, type Limits, type RateLimiter } from '@parley/core'
import { describe, expect, test } from 'vitest'

/** Over before the test goes on: for waiting until it is. */
const WINDOW_MS = 400
/** Not over while the test runs, however slow the machine is: for what holds within it. */
const LONG_MS = 3_600_000

export interface OpenedRateLimiter extends AsyncDisposable {
  readonly limiter: RateLimiter
  /** Lets so much time pass. */
  pass(ms: number): Promise<void>
}

/** What every `RateLimiter` promises. Its time may be real. */
export function describeRateLimiter(name: string, open: (limits: Limits) => Promise<OpenedRateLimiter>): void {
  const limits: Limits = {
    ...DEFAULT_LIMITS,
    login: { points: 2, windowMs: LONG_MS },
    loginFailed: { points: 2, windowMs: WINDOW_MS },
    message: { points: 1000, windowMs: LONG_MS },
  }

  describe(`${name}: rate limits`, () => {
    test('what the limit says is allowed, then it is said when to come back', async () => {
      await using opened = await open(limits)
      const { limiter } = opened
      const key = randomUUID()
      expect(await limiter.take('login', key)).toMatchObject({ allowed: true, retryAfterMs: 0, limit: 2, remaining: 1 })
      expect(await limiter.take('login', key)).toMatchObject({ allowed: true, retryAfterMs: 0, remaining: 0 })
      const refused = await limiter.take('login', key)
      expect(refused).toMatchObject({ allowed: false, remaining: 0, retryAfterMs: refused.resetAfterMs })
      expect(refused.retryAfterMs).toBeGreaterThan(0)
      expect(refused.retryAfterMs).toBeLessThanOrEqual(LONG_MS)
    })

    test('when it is time to come back all is allowed again', async () => {
      await using opened = await open(limits)
      const { limiter, pass } = opened
      const key = randomUUID()
      let refused = await limiter.take('loginFailed', key)
      // On a slow machine a window may be over before it is full.
      while (refused.allowed) refused = await limiter.take('loginFailed', key)
      expect(refused.retryAfterMs).toBeLessThanOrEqual(WINDOW_MS)
      await pass(refused.retryAfterMs)
      expect(await limiter.take('loginFailed', key)).toMatchObject({ allowed: true, remaining: 1 })
    })

    test('keys and limits are counted apart', async () => {
      await using opened = await open(limits)
      const { limiter } = opened
      const [one, other] = [randomUUID(), randomUUID()]
      await limiter.take('login', one, 3)
      expect(await limiter.peek('login', one)).toMatchObject({ allowed: false })
      expect(await limiter.take('login', other)).toMatchObject({ allowed: true, remaining: 1 })
      expect(await limiter.take('loginFailed', one)).toMatchObject({ allowed: true })
    })

    test('several points are taken at once, and whoever was refused waits no longer than the window', async () => {
      await using opened = await open(limits)
      const { limiter, pass } = opened
      const key = randomUUID()
      expect(await limiter.take('loginFailed', key, 3)).toMatchObject({ allowed: false, remaining: 0 })
      for (let i = 0; i < 10; i += 1) await limiter.take('loginFailed', key)
      await pass(WINDOW_MS)
      expect(await limiter.take('loginFailed', key)).toMatchObject({ allowed: true, remaining: 1 })
    })

    test('peeking takes nothing, and says whether the next one would pass', async () => {
      await using opened = await open(limits)
      const { limiter } = opened
      const key = randomUUID()
      for (let i = 0; i < 5; i += 1) {
        const peeked = await limiter.peek('login', key)
        expect(peeked).toMatchObject({ allowed: true, remaining: 2, retryAfterMs: 0, resetAfterMs: LONG_MS })
      }
      await limiter.take('login', key, 2)
      expect(await limiter.peek('login', key)).toMatchObject({ allowed: false, remaining: 0 })
    })

    test('of many at once as many pass as are allowed', async () => {
      await using opened = await open(limits)
      const key = randomUUID()
      const decisions = await Promise.all(Array.from({ length: 1200 }, () => opened.limiter.take('message', key)))
      expect(decisions.filter(({ allowed }) => allowed)).toHaveLength(1000)
    })
  })
}
