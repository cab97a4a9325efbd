import { randomUUID } from 'node:crypto'
import type { Addressed, Published } from '@parley/core'
import { describeEventBus } from '@parley/testkit/contracts'
import { sharedServerUrl, startRedis } from '@parley/testkit/services'
import { expect, it } from 'vitest'
import { keys } from '../redis/keys.ts'
import { openRedisNode, settle } from './redis-node-fixture.ts'

function typing(conversationId: string, userId: string): Published {
  const event = { type: 'typing.started', conversationId, at: 1, userId, name: userId } as const
  return { event, audience: { kind: 'topic' }, exceptSession: null }
}

function revoked(userIds: readonly string[], tokenId: string): Addressed {
  const event = { type: 'access.revoked', at: 1, userId: null, issuedBefore: null, tokenId } as const
  return { event, userIds, onlySession: null, exceptSession: null }
}

async function openTwo(url: string, overrides: Parameters<typeof openRedisNode>[1] = {}) {
  await using opening = new AsyncDisposableStack()
  const one = opening.use(await openRedisNode(url, overrides))
  const other = opening.use(await openRedisNode(url, overrides))
  const opened = opening.move()
  return {
    one,
    other,
    settle: () => settle(one, other, keys.conversationChannel),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

const kinds = [
  ['one server, sharded channels', 'redis', {}],
  ['one server, ordinary channels', 'redis', { hasShardedChannels: false }],
  ['a Cluster', 'redis-cluster', {}],
] as const

for (const [name, server, overrides] of kinds) {
  describeEventBus(`two nodes on Redis (${name})`, async () => {
    const { one, other, ...pair } = await openTwo(await sharedServerUrl(server), overrides)
    return { publisher: one.bus, subscriber: other.bus, failures: other.failures, ...pair }
  })
}

it('tells people on the node where they are connected, in order, and not on others', async () => {
  await using pair = await openTwo(await sharedServerUrl('redis'))
  const [ann, bob, elsewhere] = [randomUUID(), randomUUID(), randomUUID()]
  const heard: unknown[] = []
  pair.other.bus.subscribeUser(ann, (addressed) => heard.push(addressed))
  pair.other.bus.subscribeUser(bob, (addressed) => heard.push(addressed))
  pair.other.bus.subscribe(elsewhere, () => undefined)
  await pair.settle()
  pair.one.bus.publishToUsers(revoked([ann, bob, elsewhere], 'first'))
  pair.one.bus.publishToUsers(revoked([bob], 'second'))
  await expect.poll(() => heard).toEqual([revoked([ann], 'first'), revoked([bob], 'first'), revoked([bob], 'second')])
})

it('tells its own listeners at once and only once', async () => {
  await using pair = await openTwo(await sharedServerUrl('redis'))
  const id = randomUUID()
  const heard: string[] = []
  pair.one.bus.subscribe(id, () => heard.push('here'))
  pair.other.bus.subscribe(id, () => heard.push('there'))
  await expect.poll(() => pair.one.listening.has(id)).toBe(true)
  await pair.settle()
  pair.one.bus.publish(typing(id, 'ann'))
  expect(heard).toEqual(['here'])
  await pair.settle()
  await settle(pair.other, pair.one, keys.conversationChannel)
  expect(heard).toEqual(['here', 'there'])
})

it('drops what it can not read, counts it, and tells of it once', async () => {
  await using pair = await openTwo(await sharedServerUrl('redis'))
  const id = randomUUID()
  const heard: Published[] = []
  pair.other.bus.subscribe(id, (published) => heard.push(published))
  await pair.settle()
  const { received, refused } = pair.other.bus.stats()
  const header = '1c0123456789abcdef'
  const texts = [
    '',
    'x',
    '2c0123456789abcdef{}',
    `${header}{`,
    `${header}null`,
    `${header}${JSON.stringify({ ...typing(id, 'ann'), audience: { kind: 'nobody' } })}`,
    `${header}${JSON.stringify({ ...typing(id, 'ann'), event: { ...typing(id, 'ann').event, type: 'new.thing' } })}`,
    `${header}${JSON.stringify({ ...typing(id, 'ann'), event: { ...typing(id, 'ann').event, type: 'message.sent' } })}`,
    `${header}${JSON.stringify(typing(randomUUID(), 'ann'))}`,
    header.replace('c', 'u') + JSON.stringify(typing(id, 'ann')),
  ]
  for (const text of texts) pair.one.channels.publish(keys.conversationChannel(id), text)
  pair.one.bus.publish(typing(id, 'ann'))
  await expect.poll(() => heard).toEqual([typing(id, 'ann')])
  expect(pair.other.bus.stats()).toEqual({ received: received + texts.length + 1, refused: refused + texts.length })
  expect(pair.other.refused).toHaveBeenCalledTimes(1)
})

it('listens again after Redis was gone or frozen, and says what may have been missed', async () => {
  await using server = await startRedis({ isDurable: false })
  await using pair = await openTwo(server.url, { answerTimeoutMs: 1000 })
  const { one, other } = pair
  const id = randomUUID()
  const heard: Published[] = []
  other.bus.subscribe(id, (published) => heard.push(published))
  await pair.settle()
  for (const outage of ['killed', 'frozen'] as const) {
    other.listening.clear()
    heard.length = 0
    if (outage === 'killed') await server.kill()
    else await server.pause()
    await expect.poll(() => one.channels.publish(keys.conversationChannel(id), 'x') ?? one.link.isUp()).toBe(false)
    const { dropped } = one.channels.stats()
    for (let number = 0; number < 100; number += 1) one.bus.publish(typing(id, 'lost'))
    expect(one.channels.stats().dropped).toBe(dropped + 100)
    if (outage === 'killed') await server.start()
    else {
      // It is noticed also by who only listens.
      await expect.poll(() => other.link.subscriber.status).not.toBe('ready')
      server.resume()
    }
    await expect.poll(() => one.link.isUp()).toBe(true)
    await pair.settle()
    one.bus.publish(typing(id, 'ann'))
    await expect.poll(() => heard).toEqual([typing(id, 'ann')])
  }
})

it('says that something may have been missed also to who had just left and come back when the line broke', async () => {
  await using pair = await openTwo(await sharedServerUrl('redis'))
  const { bus, link } = pair.other
  const [userId, conversationId] = [randomUUID(), randomUUID()]
  const missed: string[] = []
  const listen = () => [
    bus.subscribe(
      conversationId,
      () => undefined,
      () => missed.push('of the conversation'),
    ),
    bus.subscribeUser(
      userId,
      () => undefined,
      () => missed.push('of the user'),
    ),
  ]
  const ends = listen()
  await pair.settle()
  for (const end of ends) end()
  listen()
  expect(missed).toEqual([])
  link.subscriber.disconnect(true)
  await expect.poll(() => missed.toSorted(), { timeout: 5000 }).toEqual(['of the conversation', 'of the user'])
})

it('says that something may have been missed to those whom a node could not tell something', async () => {
  let isUp = true
  const url = await sharedServerUrl('redis')
  await using one = await openRedisNode(url, { isUp: () => isUp })
  await using other = await openRedisNode(url)
  const [userId, conversationId, quiet] = [randomUUID(), randomUUID(), randomUUID()]
  const missed: string[] = []
  other.bus.subscribeUser(
    userId,
    () => undefined,
    () => missed.push('of the user'),
  )
  for (const id of [conversationId, quiet]) {
    other.bus.subscribe(
      id,
      () => undefined,
      () => missed.push(`of ${id}`),
    )
  }
  await settle(one, other, keys.conversationChannel)
  other.listening.clear()
  isUp = false
  for (let times = 0; times < 3; times += 1) {
    one.bus.publish(typing(conversationId, 'ann'))
    one.bus.publishToUsers(revoked([userId], 'token'))
  }
  isUp = true
  await expect.poll(() => missed.toSorted()).toEqual([`of ${conversationId}`, 'of the user'].toSorted())
  // Where it stands in the store is looked at again.
  expect([...other.listening]).toEqual([conversationId])
})

it('says that something may have been missed also to who came while the line was broken', async () => {
  await using pair = await openTwo(await sharedServerUrl('redis'))
  const { bus, link } = pair.other
  const missed: string[] = []
  link.subscriber.disconnect(true)
  bus.subscribeUser(
    randomUUID(),
    () => undefined,
    () => missed.push('of the user'),
  )
  await expect.poll(() => missed, { timeout: 5000 }).toEqual(['of the user'])
})

it('keeps as many subscriptions as there are conversations and users with listeners', async () => {
  await using pair = await openTwo(await sharedServerUrl('redis'))
  const { other } = pair
  const ends = ['a', 'a', 'b'].map((name) => other.bus.subscribe(name, () => undefined))
  ends.push(other.bus.subscribeUser('a', () => undefined))
  expect(other.channels.stats().subscriptions).toBe(3)
  for (const end of ends) end()
  await expect.poll(() => other.channels.stats().subscriptions).toBe(0)
})
