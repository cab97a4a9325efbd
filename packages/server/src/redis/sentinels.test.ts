import { startWatchedRedis } from '@parley/testkit/services'
import { expect, test, vi } from 'vitest'
import { parseRedisUrl, type RedisAddress } from '../config/redis-address.ts'
import { openRedis, type RedisLink } from './open-redis.ts'

const PATIENCE = { timeout: 30_000, interval: 20 }

function addressOf(url: string): RedisAddress {
  const address = parseRedisUrl(url)
  if (address === null) throw new Error(`${url} is no address`)
  return address
}

const canStore = (link: RedisLink): Promise<boolean> =>
  link
    .ask((redis) => redis.set('here', 'yes'))
    .then(
      () => link.subscriber.status === 'ready',
      () => false,
    )

test('behind Sentinels, each with a password, the next master is found though one of them is frozen as well', async () => {
  await using redis = await startWatchedRedis({ password: 'p@ss/1', sentinelPassword: 's&e+n' })
  const [master, replica] = redis.servers
  const links: RedisLink[] = []
  await using stack = new AsyncDisposableStack()
  for (let number = 0; number < 4; number += 1) {
    links.push(stack.use(await openRedis(addressOf(redis.url), { answerTimeoutMs: 1000, report: () => undefined })))
  }
  expect(links[0]?.kind).toBe('sentinel')
  for (const link of links) await expect.poll(() => canStore(link), PATIENCE).toBe(true)

  await redis.sentinels[0]?.pause()
  await master.kill()
  for (const link of links) await expect.poll(() => canStore(link), PATIENCE).toBe(true)
  expect(await redis.cli(replica, 'get', 'here')).toBe('yes')
})

test('a connection that the driver has given up is made again, also one to what is no master any more', async () => {
  await using redis = await startWatchedRedis()
  const [master, replica] = redis.servers
  await using link = await openRedis(addressOf(redis.url), { report: () => undefined })
  await link.ask(async (client) => client.disconnect())
  await expect.poll(link.isUp).toBe(false)
  await expect.poll(() => canStore(link), PATIENCE).toBe(true)

  // Nobody tells the Sentinels of it, and connections are left as they are.
  await redis.cli(replica, 'replicaof', 'no', 'one')
  await redis.cli(master, 'replicaof', '127.0.0.1', String(replica.port))
  await expect(link.ask((client) => client.set('here', 'yes'))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await expect.poll(link.isUp).toBe(false)
  await redis.cli(master, 'replicaof', 'no', 'one')
  await expect.poll(() => canStore(link), PATIENCE).toBe(true)
})

test('what a master may not store is refused for now, and a name that no Sentinel knows is said in words', async () => {
  await using redis = await startWatchedRedis()
  const [master] = redis.servers
  await using link = await openRedis(addressOf(redis.url), { report: () => undefined })
  await redis.cli(master, 'config', 'set', 'min-replicas-to-write', '2')
  await expect(link.ask((client) => client.set('here', 'yes'))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await expect(link.ask((client) => client.eval("return redis.call('SET', KEYS[1], 1)", 1, 'a'))).rejects.toMatchObject(
    { code: 'UNAVAILABLE' },
  )
  const unknown = addressOf(redis.url.replace(/parley$/, 'another'))
  const opening = openRedis(unknown, { startTimeoutMs: 4000, report: () => undefined })
  await expect(opening).rejects.toThrow('no Sentinel knows a master that is called another')
})

test('of a Sentinel that is away nothing but the log tells', async () => {
  const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  await using stack = new AsyncDisposableStack()
  stack.defer(() => printed.mockRestore())
  const redis = stack.use(await startWatchedRedis())
  const link = stack.use(await openRedis(addressOf(redis.url), { report: () => undefined }))
  const [first, second, third] = redis.sentinels
  // The driver listens to each of them, and to what each says of a failover.
  await Promise.all([first, second].map((sentinel) => sentinel?.kill()))
  const refusedBy = vi.fn()
  link.subscriber.on('sentinelError', refusedBy)
  for (const client of ['normal', 'pubsub']) await redis.cli(redis.servers[0], 'client', 'kill', 'type', client)
  await expect.poll(() => canStore(link), PATIENCE).toBe(true)
  await third?.kill()
  await redis.cli(redis.servers[0], 'client', 'kill', 'type', 'normal')
  await expect.poll(() => refusedBy.mock.calls.length, PATIENCE).toBeGreaterThan(2)
  expect(printed.mock.calls).toEqual([])
})
