import { startRedis, startRedisCluster } from '@parley/testkit/services'
import { expect, test, vi } from 'vitest'
import { parseRedisUrl, type RedisAddress } from '../config/redis-address.ts'
import { keys } from './keys.ts'
import { openRedis } from './open-redis.ts'
import { PATIENT } from './patient-fixture.ts'
import { createRedisScript } from './redis-script.ts'

function addressOf(url: string): RedisAddress {
  const address = parseRedisUrl(url)
  if (address === null) throw new Error(`${url} is no address`)
  return address
}

const UNAVAILABLE = expect.objectContaining({ code: 'UNAVAILABLE' })

test('a killed and a frozen server are away at once, and back by themselves', async () => {
  await using server = await startRedis()
  const reported: unknown[] = []
  const report = (error: unknown) => void reported.push(error)
  await using link = await openRedis(addressOf(server.url), { ...PATIENT, report })
  const back = vi.fn()
  link.onBack(back)
  await link.ask((redis) => redis.set('here', 'yes'))

  await server.kill()
  await expect.poll(link.isUp).toBe(false)
  await expect(link.check()).rejects.toEqual(UNAVAILABLE)
  await server.start()
  await expect.poll(link.isUp).toBe(true)
  expect(back).toHaveBeenCalledTimes(1)
  expect(await link.ask((redis) => redis.get('here'))).toBe('yes')

  await using hasty = await openRedis(addressOf(server.url), { answerTimeoutMs: 1000, report })
  await server.pause()
  await expect(hasty.check()).rejects.toEqual(UNAVAILABLE)
  await expect.poll(hasty.isUp).toBe(false)
  server.resume()
  await expect.poll(hasty.isUp).toBe(true)
  await expect.poll(() => hasty.ask((redis) => redis.get('here')).catch(() => null)).toBe('yes')
  expect(reported.length).toBeGreaterThan(0)
})

test('a mistake in a command is no outage', async () => {
  await using server = await startRedis({ isDurable: false })
  await using link = await openRedis(addressOf(server.url), PATIENT)
  await link.ask((redis) => redis.set('text', 'x'))
  await expect(link.ask((redis) => redis.incr('text'))).rejects.toThrow('not an integer')
  await link.ask((redis) => redis.config('SET', 'maxmemory', 1))
  await expect(link.ask((redis) => redis.set('text', 'y'))).rejects.toEqual(UNAVAILABLE)
})

test('a script runs also where it was never seen, or was forgotten', async () => {
  await using server = await startRedis({ isDurable: false })
  await using link = await openRedis(addressOf(server.url), PATIENT)
  const add = createRedisScript(link, "return redis.call('INCRBY', KEYS[1], ARGV[1])")
  expect(await add(['n'], [2])).toBe(2)
  await link.ask((redis) => redis.script('FLUSH'))
  expect(await add(['n'], [3])).toBe(5)
})

test('one server of a Cluster is enough to find the others, and everything of a room is with one of them', async () => {
  await using cluster = await startRedisCluster({ isDurable: false })
  const [first] = cluster.servers
  if (first === undefined) throw new Error('the Cluster is empty')
  await using link = await openRedis(addressOf(first.url), PATIENT)
  expect(link.kind).toBe('cluster')
  expect(link.hasShardedChannels).toBe(true)
  for (const key of ['a', 'b', 'c', 'd']) await link.ask((redis) => redis.set(key, key))
  expect(await link.ask((redis) => redis.get('d'))).toBe('d')
  const slotOf = (key: string) => link.ask((redis) => redis.cluster('KEYSLOT', key))
  expect(await slotOf(keys.roomPart('k7fp2m9xqd4w', 'head'))).toBe(await slotOf(keys.room('k7fp2m9xqd4w')))
})

test('nobody there is said in words', async () => {
  const opening = openRedis(addressOf('redis://127.0.0.1:9'), { startTimeoutMs: 2000, report: () => undefined })
  await expect(opening).rejects.toThrow('ECONNREFUSED')
})
