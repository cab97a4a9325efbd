import type { TestServer } from '@parley/testkit'
import { type CuttableLine, openCuttableLine } from '@parley/testkit/cuttable-line'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openMessengerClient } from '../clients/messenger-client.ts'
import { createRestClient } from '../clients/rest-client.ts'
import { openSiteClient } from '../clients/site-client.ts'
import { createGroups, openDirect } from './site-chats.ts'
import { startTwoNodes, type TwoNodes } from './two-nodes.ts'

const RECOVERY = { timeout: 60_000, interval: 50 }

let nodes: TwoNodes
let line: CuttableLine
/** The node whose way to Redis can be cut. */
let far: TestServer
const redisOf = async (at: string) => (await createRestClient(at).call<{ redis: string }>('GET', '/health')).body.redis
const opened = new AsyncDisposableStack()
beforeAll(async () => {
  nodes = opened.use(await startTwoNodes())
  line = opened.use(await openCuttableLine(nodes.redis.port))
  const url = new URL(nodes.redis.url)
  url.port = String(line.port)
  far = opened.use(await nodes.startNode({ redisUrl: url.href }))
})
afterAll(() => opened.disposeAsync())

it('people of a node that alone was cut off from Redis are told what they missed: who came and went, calls, conversations', async () => {
  await using stack = new AsyncDisposableStack()
  const near = nodes.one.url
  const [chatId = ''] = await createGroups(near, nodes.token('ann'), ['ann', 'bob', 'cem'], 1, 'cut')
  const ann = await openMessengerClient(near, nodes.token('ann'))
  const cem = stack.use(await openMessengerClient(near, nodes.token('cem')))
  const bob = stack.use(await openMessengerClient(far.url, nodes.token('bob')))
  const onSite = stack.use(await openSiteClient(far.url, nodes.token('bob')))
  // Before that it is not known of them that they are there.
  for (const client of [ann, cem]) await client.next('connected')
  const followed = await bob.ask('presence:subscribe', { userIds: ['ann', 'cem'] })
  expect(followed.users.map(({ status }) => status)).toEqual(['online', 'online'])
  await onSite.ask('presence:request', {})
  const { roomId, token } = await createRestClient(near).createRoom()
  const host = stack.use(await openMessengerClient(near, token))
  await host.ask('chat:join', { chatId: roomId })
  const guest = await createRestClient(far.url).joinRoom(roomId, 'Guest')
  const watching = stack.use(await openMessengerClient(far.url, guest.token))
  const joined = await watching.ask('chat:join', { chatId: roomId })
  const hostId = 'members' in joined ? joined.chat.hostId : null

  line.cut()
  await expect.poll(() => redisOf(far.url), RECOVERY).toBe('disconnected')
  ann[Symbol.dispose]()
  await host.ask('chat:leave', { chatId: roomId })
  const { call } = await cem.ask('call:initiate', { chatId, type: 'audio' })
  const [added = ''] = await createGroups(near, nodes.token('cem'), ['cem', 'bob'], 1, 'meanwhile')
  await expect
    .poll(async () => (await cem.ask('presence:subscribe', { userIds: ['ann'] })).users[0]?.status, RECOVERY)
    .toBe('offline')

  line.mend()
  expect(await bob.next('call:incoming')).toMatchObject({ call: { id: call.id } })
  await bob.next('presence:update', ({ userId, status }) => userId === 'ann' && status === 'offline')
  await onSite.next('user:offline', ({ userId }) => userId === 'ann')
  await onSite.next('user:joined', ({ conversationId }) => conversationId === added)
  await watching.next('presence:update', ({ userId, status }) => userId === hostId && status === 'offline')
  expect(bob.received.filter(({ event, data }) => event === 'presence:update' && data.userId === 'cem')).toEqual([])
})

it('people of other nodes are told what a node could not tell them while it alone was cut off: that a call is over', async () => {
  using stack = new DisposableStack()
  const chatId = await openDirect(nodes.one.url, nodes.token('dan'), 'eve')
  const dan = stack.use(await openMessengerClient(nodes.one.url, nodes.token('dan')))
  const eve = stack.use(await openMessengerClient(far.url, nodes.token('eve')))
  for (const client of [dan, eve]) await client.next('connected')
  const { call } = await dan.ask('call:initiate', { chatId, type: 'audio' })
  await eve.next('call:incoming')
  await eve.ask('call:answer', { callId: call.id })
  await dan.next('call:answer')

  line.cut()
  await expect.poll(() => redisOf(far.url), RECOVERY).toBe('disconnected')
  await eve.ask('call:end', { callId: call.id })
  line.mend()
  expect(await dan.next('call:end')).toMatchObject({ callId: call.id })
})
