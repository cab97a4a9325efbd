import { DEFAULT_LIMITS } from '@parley/core'
import { describeRateLimiter } from '@parley/testkit/contracts'
import { startRedis } from '@parley/testkit/services'
import { expect, test } from 'vitest'
import { parseRedisUrl } from '../config/redis-address.ts'
import { openRedis } from '../redis/open-redis.ts'
import { allKeys, describeOnOwnRedis } from '../redis/own-redis-fixture.ts'
import { createMemoryRateLimiter } from './memory-rate-limiter.ts'
import { createRedisRateLimiter } from './redis-rate-limiter.ts'

const limits = { ...DEFAULT_LIMITS, login: { points: 2, windowMs: 60_000 } }
const inMemory = () => createMemoryRateLimiter(limits, { now: () => Date.now() })

describeOnOwnRedis((name, empty) => {
  describeRateLimiter(name, async (wanted) => ({
    limiter: createRedisRateLimiter(await empty(), wanted, { meanwhile: inMemory() }),
    // Redis keeps the time itself.
    // A timer may be a millisecond early.
    pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms + 1)),
    async [Symbol.asyncDispose]() {
      // The connection is the file's.
    },
  }))

  test('nodes count together, and everything counted ends', async () => {
    const link = await empty()
    const [one, other] = [inMemory(), inMemory()].map((meanwhile) =>
      createRedisRateLimiter(link, limits, { meanwhile }),
    )
    await one?.take('login', 'a')
    expect(await other?.take('login', 'a')).toMatchObject({ allowed: true, remaining: 0 })
    expect(await one?.take('login', 'a')).toMatchObject({ allowed: false })
    for (const key of await allKeys(link)) expect(await link.ask((redis) => redis.pttl(key))).toBeGreaterThan(0)
  })
})

test('while Redis is away each node counts for itself, then they count together again', async () => {
  await using server = await startRedis()
  const address = parseRedisUrl(server.url)
  if (address === null) throw new Error('no address')
  await using link = await openRedis(address, { report: () => undefined })
  const limiter = createRedisRateLimiter(link, limits, { meanwhile: inMemory() })
  expect(await limiter.take('login', 'a', 2)).toMatchObject({ allowed: true, remaining: 0 })
  await server.kill()
  await expect.poll(link.isUp).toBe(false)
  expect(await limiter.peek('login', 'a')).toMatchObject({ allowed: true, remaining: 2 })
  expect(await limiter.take('login', 'a', 2)).toMatchObject({ allowed: true })
  expect(await limiter.take('login', 'a')).toMatchObject({ allowed: false })
  await server.start()
  await expect.poll(link.isUp).toBe(true)
  expect(await limiter.take('login', 'b')).toMatchObject({ allowed: true, remaining: 1 })
  expect(await limiter.peek('login', 'a')).toMatchObject({ allowed: false })
})
