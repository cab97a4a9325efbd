import { DEFAULT_LIMITS } from '@parley/core'
import { describeRateLimiter } from '@parley/testkit/contracts'
import { beforeEach, expect, test } from 'vitest'
import { parseConfig } from '../config/index.ts'
import { limitsFrom } from './limits-from-config.ts'
import { createMemoryRateLimiter, createUnlimitedRateLimiter } from './memory-rate-limiter.ts'

let at = 0
const now = () => at
beforeEach(() => {
  at = 1_000_000
})

const limits = { ...DEFAULT_LIMITS, login: { points: 2, windowMs: 1500 } }

describeRateLimiter('memory', async (wanted) => ({
  limiter: createMemoryRateLimiter(wanted, { now }),
  async pass(ms) {
    at += ms
  },
  async [Symbol.asyncDispose]() {
    // Nothing is open.
  },
}))

test('however many addresses come, few are kept: those counted first are forgotten', async () => {
  const limiter = createMemoryRateLimiter(limits, { now, maxKeys: 4 })
  for (const key of ['a', 'b', 'c', 'd']) await limiter.take('login', key, 2)
  expect(await limiter.peek('login', 'a')).toMatchObject({ allowed: false })
  await limiter.take('login', 'e')
  expect(await limiter.peek('login', 'b')).toMatchObject({ allowed: true })
  expect(await limiter.peek('login', 'c')).toMatchObject({ allowed: false })
  expect(await limiter.peek('login', 'e')).toMatchObject({ remaining: 1 })
})

test('a window counts to its end, whenever in the life of others it began', async () => {
  const limiter = createMemoryRateLimiter(limits, { now })
  await limiter.take('login', 'first')
  at += 1499
  await limiter.take('login', 'late', 2)
  at += 1
  await limiter.take('login', 'other')
  at += 1498
  expect(await limiter.take('login', 'late')).toMatchObject({ allowed: false, retryAfterMs: 1 })
  at += 1
  expect(await limiter.take('login', 'late')).toMatchObject({ allowed: true, remaining: 1 })
})

test('the unlimited one never refuses', async () => {
  const limiter = createUnlimitedRateLimiter(limits)
  for (let i = 0; i < 10; i += 1) expect(await limiter.take('login', 'a')).toMatchObject({ allowed: true })
})

test('the deployment sets the limits', () => {
  const limitsOf = (env: Record<string, string>) => limitsFrom(parseConfig(env).config)
  expect(limitsOf({})).toEqual(DEFAULT_LIMITS)
  expect(
    limitsOf({
      RATE_LIMIT_HTTP_MAX: '1',
      RATE_LIMIT_HTTP_WINDOW: '2000',
      RATE_LIMIT_USER_MAX: '3',
      RATE_LIMIT_LOGIN_MAX: '4',
      RATE_LIMIT_LOGIN_FAILED_MAX: '5',
      RATE_LIMIT_MESSAGES_MAX: '6',
      RATE_LIMIT_MESSAGES_WINDOW: '7000',
      RATE_LIMIT_MAX_CONNECTIONS: '8',
      RATE_LIMIT_CONNECTION_WINDOW: '9000',
    }),
  ).toEqual({
    ...DEFAULT_LIMITS,
    http: { points: 1, windowMs: 2000 },
    httpUser: { points: 3, windowMs: 2000 },
    login: { points: 4, windowMs: 2000 },
    loginFailed: { points: 5, windowMs: 2000 },
    passwordPerAddress: { points: 5, windowMs: 2000 },
    roomMessage: { points: 6, windowMs: 7000 },
    message: { points: 6, windowMs: 7000 },
    handshakeFailed: { points: 8, windowMs: 9000 },
  })
})
