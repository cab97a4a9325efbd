import { startRedisCluster } from '@parley/testkit/services'
import { Cluster, type Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { parseRedisUrl } from '../../config/redis-address.ts'
import { keys } from '../../redis/keys.ts'
import { openNodeRegistry } from '../../redis/node-registry.ts'
import { openRedis, type RedisLink } from '../../redis/open-redis.ts'
import { partitionOf } from '../../redis/partitions.ts'
import { createRedisChannels } from '../../redis/redis-channels.ts'
import { createRedisPresenceStore } from './redis-presence-store.ts'
import { createRedisStatusStore } from './redis-status-store.ts'

const NOW = Date.UTC(2030, 0, 1)
const REFUSED = expect.objectContaining({ code: 'UNAVAILABLE' })

/** Moves this key to another server of the Cluster, and leaves all else of its slot where it is. */
async function beginToMove(link: RedisLink, key: string) {
  const [slot, masters, sourceName] = await link.ask(async (redis) => {
    if (!(redis instanceof Cluster)) throw new Error('no Cluster')
    const number = Number(await redis.cluster('KEYSLOT', key))
    return [number, redis.nodes('master'), redis.slots[number]?.[0]]
  })
  const nameOf = ({ options }: Redis) => `${options.host}:${options.port}`
  const source = masters.find((server) => nameOf(server) === sourceName)
  const target = masters.find((server) => nameOf(server) !== sourceName)
  if (source === undefined || target === undefined) throw new Error('it takes two')
  const [sourceId, targetId] = [String(await source.cluster('MYID')), String(await target.cluster('MYID'))]
  const move = (...names: string[]) =>
    source.call('MIGRATE', '127.0.0.1', target.options.port ?? 0, '', 0, 5000, 'KEYS', ...names)
  await target.cluster('SETSLOT', slot, 'IMPORTING', sourceId)
  await source.cluster('SETSLOT', slot, 'MIGRATING', targetId)
  await move(key)
  return {
    /** Moves the rest. */
    async end(): Promise<void> {
      await move(...(await source.cluster('GETKEYSINSLOT', slot, 1000)))
      for (const server of [target, source]) await server.cluster('SETSLOT', slot, 'NODE', targetId)
    },
  }
}

test('what is on its way to another server of a Cluster is taken for nobody’s end', async () => {
  await using stack = new AsyncDisposableStack()
  const cluster = stack.use(await startRedisCluster({ isDurable: false }))
  const address = parseRedisUrl(cluster.url)
  if (address === null) throw new Error('no address')
  const report = () => undefined
  const link = stack.use(await openRedis(address, { answerTimeoutMs: 10_000, report }))
  const patient = stack.use(await openRedis(address, { answerTimeoutMs: 20_000, report }))
  const [presence, status] = [createRedisPresenceStore(link), createRedisStatusStore(link)]
  const channels = stack.use(createRedisChannels(link, report))
  const counts = () => ({ connections: 0, conversations: 0 })
  const about = { version: '1', databaseId: 'database', secrets: ['secret'], counts, report, leaseMs: 600_000 }
  const registry = stack.use(await openNodeRegistry(link, channels, { id: 'node', ...about }))
  // Their node has died.
  const lease = { conversationId: 'room', userId: 'ann', sessionId: 'ann-1' }
  await presence.enter(lease, NOW, null)
  await status.connect(lease, NOW - 1, NOW)
  await status.swapSeen('ann', { status: 'online', customStatus: null })

  const ends = [keys.presence(partitionOf('room'), 'ends'), keys.status(partitionOf('ann'), 'ends'), keys.nodes]
  const moves: { end(): Promise<void> }[] = []
  // One after the other: two servers that give each other something at once would wait for each other.
  for (const key of ends) moves.push(await beginToMove(patient, key))
  const looks = [presence.expire(NOW), status.expire(NOW), registry.nodes()]
  expect(await Promise.allSettled(looks)).toEqual(looks.map(() => ({ status: 'rejected', reason: REFUSED })))
  for (const move of moves) await move.end()
  expect(await presence.expire(NOW)).toEqual([{ conversationId: 'room', userId: 'ann' }])
  expect(await status.expire(NOW)).toEqual(['ann'])
  expect(await registry.nodes()).toMatchObject([{ id: 'node' }])
})
