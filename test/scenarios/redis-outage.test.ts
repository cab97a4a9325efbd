import { execFileSync } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { startRedis } from '@parley/testkit/services'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MessengerClient, openMessengerClient } from '../clients/messenger-client.ts'
import { createRestClient } from '../clients/rest-client.ts'
import { answeredAtOnce } from './answered-at-once.ts'
import { onMessenger, type Said } from './chat-line.ts'
import { bySocket } from './correspondent.ts'
import { openMessengerLine, openRoomsLine } from './line.ts'
import { allMessages, openPerson } from './person.ts'
import { createGroups, openDirect, storedMessages } from './site-chats.ts'
import { startTwoNodesOn, type TwoNodes } from './two-nodes.ts'

/** A Redis that does not answer is given up long before. */
const ANSWER_WAIT_MS = 20_000
/** Between the messages of somebody who writes without end. */
const PAUSE_MS = 5
const RECOVERY = { timeout: 60_000, interval: 50 }

let nodes: TwoNodes
let urls: readonly [string, string]
beforeAll(async () => {
  nodes = await startTwoNodesOn(startRedis)
  urls = [nodes.one.url, nodes.other.url]
})
afterAll(() => nodes?.[Symbol.asyncDispose]())

type Answer = { ok: boolean; error?: { code: string } }

const ask = (client: MessengerClient, event: string, data: object): Promise<Answer> =>
  client.socket.timeout(ANSWER_WAIT_MS).emitWithAck(event, data)

async function healthOf(url: string) {
  const { status, body } = await createRestClient(url).call<Record<string, unknown>>('GET', '/health')
  return { status, redis: body.redis, failing: body.failing }
}
const WELL = { status: 200, redis: 'connected' }

/** People in a room on both nodes, who write without a pause. */
async function startTalkingRoom(stack: AsyncDisposableStack) {
  const { roomId, token } = await createRestClient(urls[0]).createRoom()
  const other = await createRestClient(urls[1]).joinRoom(roomId, 'Guest')
  const people = await Promise.all([
    openPerson('Host', openMessengerLine, { url: urls[0], roomId, token }),
    openPerson('Guest', openRoomsLine, { url: urls[1], roomId, token: other.token }),
  ])
  for (const person of people) stack.use(person)
  let isOver = false
  let count = 0
  const talks = people.map(async (person) => {
    while (!isOver) {
      await person.say(`${person.name} says ${++count}`)
      await pause(PAUSE_MS)
    }
  })
  stack.defer(() => {
    isOver = true
  })
  void Promise.allSettled(talks)
  return {
    roomId,
    token,
    guestToken: other.token,
    /** Said and acknowledged so far. */
    count: () => count,
    /** Throws unless both were told everything, once and in one order. */
    async stop() {
      isOver = true
      await Promise.all(talks)
      const messages = await allMessages({ url: urls[0], roomId, token })
      expect(messages.map(({ text }) => text).sort()).toEqual([...new Set(messages.map(({ text }) => text))].sort())
      expect(messages).toHaveLength(count)
      for (const person of people) {
        await person.caughtUp(messages.at(-1)?.seq ?? 0)
        expect(person.said()).toEqual(messages.map(({ id }) => id))
        expect(person.doubles).toEqual([])
      }
    },
  }
}

/** One who writes in a chat without a pause on one node, and one who reads on the other. */
async function startTalkingChat(stack: AsyncDisposableStack, kind: 'direct' | 'group', name: string) {
  const names = [`${name}-${kind}-ann`, `${name}-${kind}-bob`] as const
  const token = nodes.token(names[0])
  const conversationIds =
    kind === 'direct'
      ? [await openDirect(urls[0], token, names[1])]
      : await createGroups(urls[0], token, names, 1, name)
  const [id = ''] = conversationIds
  const open = bySocket(onMessenger('websocket'))
  const [writing, reading] = await Promise.all(
    names.map((person, index) =>
      open({ name: person, url: urls[index] ?? '', token: nodes.token(person), conversationIds }),
    ),
  )
  if (writing === undefined || reading === undefined) throw new Error('it takes two')
  stack.use(writing)
  stack.use(reading)
  const said: Said[] = []
  let isOver = false
  const talking = (async () => {
    while (!isOver) {
      said.push(await writing.say(id, `${said.length + 1}`))
      await pause(PAUSE_MS)
    }
  })()
  stack.defer(() => {
    isOver = true
  })
  talking.catch(() => undefined)
  return {
    count: () => said.length,
    /** How much the reader on the other node has heard of. */
    heard: () => reading.accounts.get(id)?.said().length ?? 0,
    async stop() {
      isOver = true
      await talking
      const stored = await storedMessages(urls[1], nodes.token(names[0]), id)
      expect(stored.map(({ id, text }) => ({ id, text }))).toEqual(said)
      const account = reading.accounts.get(id)
      await expect.poll(() => account?.position.rev, RECOVERY).toBe(stored.at(-1)?.seq)
      expect({ faults: account?.faults(), said: account?.said() }).toEqual({ faults: [], said })
    },
  }
}

const outages = {
  killed: { begin: () => nodes.redis.kill(), end: () => nodes.redis.start() },
  frozen: { begin: () => nodes.redis.pause(), end: async () => nodes.redis.resume() },
}

describe('people on two nodes, while Redis is away', () => {
  it.each(Object.keys(outages) as (keyof typeof outages)[])(
    '%s: are told so at once, lose nothing, and go on by themselves',
    { timeout: 120_000 },
    async (kind) => {
      const { begin, end } = outages[kind]
      await using stack = new AsyncDisposableStack()
      const room = await startTalkingRoom(stack)
      const chats = [await startTalkingChat(stack, 'group', kind), await startTalkingChat(stack, 'direct', kind)]
      for (const { count } of [room, ...chats]) await expect.poll(count, RECOVERY).toBeGreaterThan(20)
      const device = stack.use(await openMessengerClient(urls[0], room.guestToken))
      await device.ask('chat:join', { chatId: room.roomId })
      const say = () => ask(device, 'message:new', { chatId: room.roomId, encryptedContent: 'x', tempId: 'never' })

      await begin()
      await expect
        .poll(() => ask(device, 'chat:history', { chatId: room.roomId }), RECOVERY)
        .toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } })
      expect(await say()).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } })
      for (const url of urls) {
        await expect
          .poll(() => healthOf(url), RECOVERY)
          .toEqual({ status: 503, redis: 'disconnected', failing: ['redis'] })
        expect((await fetch(`${url}/readyz`)).status).toBe(503)
        expect((await fetch(`${url}/healthz`)).status).toBe(200)
      }
      const refusals = await answeredAtOnce(urls[0], Array.from({ length: 20 }, say))
      expect(refusals).toHaveLength(20)
      for (const refusal of refusals) expect(refusal).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE' } })
      // What is in the database goes on, and reaches the other node.
      for (const { count, heard } of chats) {
        const before = count()
        await expect.poll(heard, RECOVERY).toBeGreaterThan(before)
      }

      await end()
      for (const url of urls) await expect.poll(() => healthOf(url), RECOVERY).toMatchObject(WELL)
      const untilNow = room.count()
      await expect.poll(room.count, RECOVERY).toBeGreaterThan(untilNow + 20)
      await room.stop()
      for (const chat of chats) await chat.stop()
    },
  )
})

it('tells people that their room is over when Redis has forgotten it', async () => {
  using stack = new DisposableStack()
  const { roomId: chatId, token } = await createRestClient(urls[0]).createRoom()
  const guest = await createRestClient(urls[1]).joinRoom(chatId, 'Guest')
  const people = [
    stack.use(await openMessengerClient(urls[0], token)),
    stack.use(await openMessengerClient(urls[1], guest.token)),
  ]
  for (const client of people) await client.ask('chat:join', { chatId })
  execFileSync('redis-cli', ['-p', String(nodes.redis.port), 'flushall'])
  for (const client of people) expect(await client.next('chat:expired', undefined)).toEqual({ chatId })
})

it('tells people of what was left for them while nodes could not hear each other', async () => {
  using stack = new DisposableStack()
  const [one, other] = urls
  const names = ['outage-ann', 'outage-bob'] as const
  const [chatId = ''] = await createGroups(one, nodes.token(names[0]), names, 1, 'outage')
  const bob = stack.use(await openMessengerClient(other, nodes.token(names[1])))
  const ann = stack.use(await openMessengerClient(one, nodes.token(names[0])))
  await ann.ask('chat:join', { chatId })
  const mention = (encryptedContent: string) =>
    ask(ann, 'message:new', { chatId, encryptedContent, tempId: encryptedContent, metadata: { mentions: [names[1]] } })
  await mention('before')
  await bob.next('notification:new', ({ chatId: id, kind }) => id === chatId && kind === 'mention')

  await nodes.redis.kill()
  await expect.poll(() => mention('meanwhile'), RECOVERY).toMatchObject({ ok: true })
  // Done and answered at once: whoever were refused would make another.
  await createGroups(one, nodes.token(names[0]), names, 1, 'outage-meanwhile')
  await nodes.redis.start()
  await bob.next('notification:new', ({ chatId: id, kind }) => id === chatId && kind === 'mention')
  await mention('after')
  await bob.next('notification:new', ({ chatId: id, kind }) => id === chatId && kind === 'mention')
  const told = bob.received.filter(({ event, data }) => event === 'notification:new' && data.kind === 'mention')
  expect(new Set(told.map(({ data }) => data.id)).size).toBe(3)
  expect(told).toHaveLength(3)
})
