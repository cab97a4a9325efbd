import { randomBytes } from 'node:crypto'
import { type RedisServer, startRedis } from '@parley/testkit/services'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { redisAddressOf } from '../config/redis-address.ts'
import { keys } from './keys.ts'
import { type NodeRegistryOptions, openNodeRegistry } from './node-registry.ts'
import { openRedis } from './open-redis.ts'
import { PATIENT } from './patient-fixture.ts'
import { createRedisChannels } from './redis-channels.ts'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis({ isDurable: false })
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(async () => {
  await using link = await openLink()
  await link.ask((redis) => redis.flushall())
})

function openLink() {
  const address = redisAddressOf({ redisUrl: server.url, redisHost: null, redisPort: 0, redisPassword: null })
  if (address === null) throw new Error('no address')
  return openRedis(address, PATIENT)
}

/** A node of the same Parley as the others, unless told otherwise. */
async function openNode(overrides: Partial<NodeRegistryOptions> = {}) {
  await using opening = new AsyncDisposableStack()
  const failures: unknown[] = []
  const report = (error: unknown) => void failures.push(error)
  const link = opening.use(await openLink())
  const channels = opening.use(createRedisChannels(link, report))
  const registry = opening.use(
    await openNodeRegistry(link, channels, {
      id: randomBytes(8).toString('hex'),
      version: '1.2.3',
      databaseId: 'database',
      secrets: ['secret'],
      counts: () => ({ connections: 3, conversations: 2 }),
      report,
      ...overrides,
    }),
  )
  const opened = opening.move()
  return { ...registry, link, failures, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

it('tells of the nodes that live, and finds each of them', async () => {
  await using one = await openNode()
  await using other = await openNode()
  await one.announce({ internalUrl: 'http://10.0.0.1:7000' })
  const [first, second] = await other.nodes()
  expect(first).toEqual({
    id: one.id,
    internalUrl: 'http://10.0.0.1:7000',
    version: '1.2.3',
    startedAt: expect.any(Number),
    isDraining: false,
    connections: 3,
    conversations: 2,
    databaseId: 'database',
    secrets: ['secret'],
  })
  expect(second).toMatchObject({ id: other.id, internalUrl: null })
  expect(await other.find(one.id)).toEqual(first)
  expect(await other.find(other.id)).toEqual(second)
  expect(await other.find('nobody')).toBe(null)
  {
    await using third = await openNode()
    expect((await one.nodes()).map(({ id }) => id)).toEqual([one.id, other.id, third.id])
  }
  expect(await one.nodes()).toHaveLength(2)
})

it('refuses a node whose people could not talk with those of another', async () => {
  await using _one = await openNode({ media: 'own here' })
  for (const media of ['own there', 'mesh', 'janus'])
    await expect(openNode({ media })).rejects.toThrow('give all nodes the same JANUS_URLS, or set MEDIA=mesh')
  await using _worker = await openNode({ media: 'own here' })
  await using _api = await openNode({ media: null })
})

it('takes nodes that carry voice in different ways, as while all are changed one after the other', async () => {
  await using one = await openNode({ media: 'mesh' })
  await using _other = await openNode({ media: 'janus' })
  expect(await one.nodes()).toHaveLength(2)
})

it('forgets a node that no longer renews its lease', async () => {
  await using one = await openNode({ leaseMs: 300 })
  await using other = await openNode()
  await one.link[Symbol.asyncDispose]()
  await expect.poll(() => other.nodes()).toEqual([expect.objectContaining({ id: other.id })])
  expect(await other.link.ask((redis) => redis.smembers(keys.nodes))).toEqual([other.id])
})

it('still knows where a node is while Redis is away, and is back with it', async () => {
  await using one = await openNode({ leaseMs: 300 })
  await using other = await openNode({ leaseMs: 300 })
  await one.announce({ internalUrl: 'http://10.0.0.1:7000' })
  await expect.poll(async () => (await other.nodes()).length).toBe(2)
  await server.kill()
  await expect.poll(other.link.isUp).toBe(false)
  await expect(other.nodes()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(await other.find(one.id)).toMatchObject({ internalUrl: 'http://10.0.0.1:7000' })
  await server.start()
  // It forgot everything.
  await expect
    .poll(async () => (await other.nodes().catch(() => [])).map(({ id }) => id).sort())
    .toEqual([one.id, other.id].sort())
  expect([...one.failures, ...other.failures]).toEqual([])
})

it('carries commands to one node', async () => {
  await using one = await openNode()
  await using other = await openNode()
  const heard: unknown[] = []
  one.onCommand((command) => heard.push(['one', command]))
  other.onCommand((command) => heard.push(['other', command]))
  await expect.poll(() => one.sendToNode(other.id, { type: 'drain' })).toBe(true)
  await expect.poll(() => heard).toEqual([['other', { type: 'drain' }]])
  expect(await one.sendToNode('nobody', { type: 'drain' })).toBe(false)
})

it('asks all others, and says when one of them did not answer', async () => {
  await using one = await openNode()
  await using second = await openNode()
  await using third = await openNode()
  second.onQuestion(async (question) => ['second', question])
  third.onQuestion(async (question) => ['third', question])
  await expect
    .poll(() => one.askOthers({ who: 'are you' }))
    .toEqual({
      answers: expect.arrayContaining([
        ['second', { who: 'are you' }],
        ['third', { who: 'are you' }],
      ]),
      isComplete: true,
    })

  third.onQuestion(() => new Promise(() => undefined))
  await expect.poll(() => one.askOthers('again')).toEqual({ answers: [['second', 'again']], isComplete: false })
  // Of an earlier release, or not far enough with its start.
  await using _fourth = await openNode()
  third.onQuestion(async () => 'third')
  expect(await one.askOthers('again')).toMatchObject({ isComplete: false })
})

it('refuses a node with another database, or without a secret in common, and leaves no trace of it', async () => {
  await using one = await openNode({ secrets: ['old', 'new'] })
  await expect(openNode({ secrets: ['old'], databaseId: 'another' })).rejects.toThrow(/DATABASE_URL/)
  await expect(openNode({ secrets: ['third'] })).rejects.toThrow(/JWT_SECRET/)
  await using other = await openNode({ secrets: ['new'] })
  expect((await other.nodes()).map(({ id }) => id)).toEqual([one.id, other.id])
})
