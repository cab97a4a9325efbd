import { setTimeout as pause } from 'node:timers/promises'
import type { admin } from '@parley/protocol'
import { spawnServer, startServer } from '@parley/testkit'
import { createFakeClock } from '@parley/testkit/fake-clock'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openMessengerClient } from '../clients/messenger-client.ts'
import { createRestClient } from '../clients/rest-client.ts'
import { openRoomsClient } from '../clients/rooms-client.ts'
import { openSiteClient } from '../clients/site-client.ts'
import { onMessenger, onSite } from './chat-line.ts'
import { byPoll, bySocket, type Correspondent } from './correspondent.ts'
import { openMessengerLine, openRoomsLine } from './line.ts'
import { openPerson, type Person } from './person.ts'
import { createGroups, storedMessages } from './site-chats.ts'
import { startTwoNodes, type TwoNodes } from './two-nodes.ts'

const MESSAGES = 20
const API_KEY = 'the-key-of-the-site'
const ADMIN_TOKEN = 'the-token-of-whoever-runs-them'

let nodes: TwoNodes
let urls: readonly [string, string]
beforeAll(async () => {
  nodes = await startTwoNodes({ adminToken: ADMIN_TOKEN, apiKeys: [{ key: API_KEY, scopes: ['revoke'] }] })
  urls = [nodes.one.url, nodes.other.url]
})
afterAll(() => nodes?.[Symbol.asyncDispose]())

const userOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string }).sub

/** Somebody's connection to a node, in the room. */
async function enter(url: string, token: string, chatId: string) {
  const client = await openMessengerClient(url, token)
  await client.ask('chat:join', { chatId })
  return Object.assign(client, { userId: userOf(token) })
}

/** A room of the one node, with its host on that, and a guest who came through the other and is there. */
async function openRoom(stack: DisposableStack, wish: { readonly duration?: 30 | 60 } = {}) {
  const { roomId, token } = await createRestClient(urls[0]).createRoom(wish)
  const host = stack.use(await enter(urls[0], token, roomId))
  const joined = await createRestClient(urls[1]).joinRoom(roomId, 'Guest')
  const guest = stack.use(await enter(urls[1], joined.token, roomId))
  return { roomId, host, guest, guestToken: joined.token }
}

describe('two nodes on one Redis and one database', () => {
  it('say what they run on, and know of each other', async () => {
    expect(nodes.one.app.runsOn).toMatch(/^rooms in Redis · conversations in PostgreSQL · bus Redis/)
    const { status, body } = await createRestClient(urls[1]).call('GET', '/health')
    expect({ status, body }).toMatchObject({ status: 200, body: { storage: 'redis', redis: 'connected' } })
  })

  it('refuse a third one that has another database, or another secret', async () => {
    await expect(nodes.startNode({ databaseUrl: null })).rejects.toThrow(/DATABASE_URL/)
    await expect(nodes.startNode({ jwtSecrets: ['another secret, which is long enough for this'] })).rejects.toThrow(
      /JWT_SECRET/,
    )
  })

  it('tell everybody in a room the same, on both wires, in one order', async () => {
    await using stack = new AsyncDisposableStack()
    const { roomId, token } = await createRestClient(urls[0]).createRoom({ hostName: 'Ann' })
    const people: Person[] = []
    for (const [index, openLine] of [openRoomsLine, openMessengerLine, openMessengerLine, openRoomsLine].entries()) {
      const url = urls[index % 2] as string
      const name = `Person ${index}`
      const own = index === 0 ? token : (await createRestClient(url).joinRoom(roomId, name)).token
      people.push(stack.use(await openPerson(name, openLine, { url, roomId, token: own })))
    }
    await Promise.all(
      people.map(async (person) => {
        for (let number = 1; number <= MESSAGES; number += 1) await person.say(`${person.name} ${number}`)
      }),
    )
    const { messages } = await createRestClient(urls[1]).history(roomId, token)
    expect(messages).toHaveLength(people.length * MESSAGES)
    await Promise.all(people.map((person) => person.caughtUp(messages.at(-1)?.seq ?? 0)))
    for (const person of people) {
      expect(person.said()).toEqual(messages.map(({ id }) => id))
      expect(person.doubles).toEqual([])
    }
  })

  it('tell everybody in a chat the same, on sockets and by poll, in one order', async () => {
    await using stack = new AsyncDisposableStack()
    const names = ['mel', 'mia', 'sam', 'sue', 'pam', 'pia']
    const ways = [bySocket(onMessenger('websocket')), bySocket(onSite('websocket')), byPoll]
    const conversationIds = await createGroups(urls[0], nodes.token('mel'), names, 1, 'order')
    const [id = ''] = conversationIds
    const people: Correspondent[] = []
    for (const [index, name] of names.entries()) {
      const open = ways[Math.floor(index / 2)] ?? byPoll
      people.push(
        stack.use(await open({ name, url: urls[index % 2] ?? '', token: nodes.token(name), conversationIds })),
      )
    }
    await Promise.all(
      people.map(async (person) => {
        for (let number = 1; number <= MESSAGES; number += 1) await person.say(id, `${person.name} ${number}`)
      }),
    )
    const stored = await storedMessages(urls[1], nodes.token('mel'), id)
    expect(stored).toHaveLength(people.length * MESSAGES)
    for (const { accounts } of people) {
      const account = accounts.get(id)
      await expect.poll(() => account?.position.rev).toBe(stored.at(-1)?.seq)
      expect(account?.faults()).toEqual([])
      expect(account?.said()).toEqual(stored.map(({ id, text }) => ({ id, text })))
    }
  })

  it('carry typing, and who comes and goes', async () => {
    using stack = new DisposableStack()
    const { roomId: chatId, host, guest } = await openRoom(stack)
    await guest.ask('message:typing', { chatId })
    expect(await host.next('message:typing')).toMatchObject({ userId: guest.userId, name: 'Guest' })
    await guest.ask('message:stop-typing', { chatId })
    await host.next('message:stop-typing', ({ userId }) => userId === guest.userId)
    guest.socket.close()
    await host.next('presence:update', ({ userId, status }) => userId === guest.userId && status === 'offline')
  })

  it('put out whoever is kicked, and keep a locked door locked, on whichever node they are', async () => {
    using stack = new DisposableStack()
    const { roomId: chatId, host, guest, guestToken } = await openRoom(stack)
    await host.ask('room:lock', { chatId, isLocked: true })
    expect(await guest.next('chat:updated')).toMatchObject({ change: 'locked', chat: { isLocked: true } })
    await expect(createRestClient(urls[1]).joinRoom(chatId, 'Late')).rejects.toThrow('ROOM_LOCKED')
    await host.ask('room:kick', { chatId, participantId: guest.userId, ban: true })
    expect(await guest.next('room:kicked')).toEqual({ chatId, banned: true })
    await expect(enter(urls[1], guestToken, chatId)).rejects.toThrow(/refused/)
  })

  it('end a room for everybody', async () => {
    using stack = new DisposableStack()
    const { roomId: chatId, host, guest } = await openRoom(stack)
    await host.ask('room:end', { chatId })
    expect(await guest.next('chat:expired')).toEqual({ chatId, endedBy: 'host' })
    const { status } = await createRestClient(urls[1]).call('GET', `/api/rooms/${chatId}`)
    expect(status).toBe(404)
  })

  it('ring on the other node, and stop there when it was taken', async () => {
    using stack = new DisposableStack()
    const [chatId = ''] = await createGroups(urls[0], nodes.token('ann'), ['ann', 'bob'], 1, 'call')
    const [ann, bob, bobToo] = [
      stack.use(await openMessengerClient(urls[0], nodes.token('ann'))),
      stack.use(await openMessengerClient(urls[1], nodes.token('bob'))),
      stack.use(await openMessengerClient(urls[0], nodes.token('bob'))),
    ]
    const { call } = await ann.ask('call:initiate', { chatId, type: 'audio', offer: { sdp: 'v=0' } })
    for (const device of [bob, bobToo]) expect(await device.next('call:incoming')).toMatchObject({ call })
    await bob.ask('call:answer', { callId: call.id, answer: { sdp: 'v=0' } })
    expect(await ann.next('call:answer')).toMatchObject({ callId: call.id, userId: 'bob' })
    expect(await bobToo.next('call:end')).toMatchObject({ reason: 'answered-elsewhere' })
    await bob.ask('call:end', { callId: call.id })
    await ann.next('call:end')
  })

  it('close the connections of those whose tokens were taken back, on every node', async () => {
    using stack = new DisposableStack()
    const devices = [
      stack.use(await openMessengerClient(urls[1], nodes.token('eve'))),
      stack.use(await openSiteClient(urls[0], nodes.token('eve'))),
    ]
    const answer = await fetch(`${urls[0]}/api/revoke`, {
      method: 'POST',
      headers: { 'X-Api-Key': API_KEY, 'Content-Type': 'application/json' },
      body: JSON.stringify({ userId: 'eve' }),
    })
    expect(answer.status).toBeLessThan(300)
    await Promise.all(devices.map(({ ended }) => ended))
  })

  it('show the operator all of them whichever answers, and do what the operator says to another', async () => {
    using stack = new DisposableStack()
    const left = Promise.withResolvers<void>()
    await using leaving = await startServer(nodes.one.config, { drain: left.resolve })
    const call = (url: string, method: string, path: string) =>
      fetch(`${url}/api/admin/${path}`, { method, headers: { Authorization: `Bearer ${ADMIN_TOKEN}` } })
    const look = async (url: string) => (await (await call(url, 'GET', 'overview')).json()) as admin.Overview
    const { roomId, host, guest } = await openRoom(stack)

    // Whoever does not answer within a second is passed over.
    for (const url of urls) await expect.poll(() => look(url)).toMatchObject({ isComplete: true })
    const [first, second] = [await look(urls[0]), await look(urls[1])]
    for (const seen of [first, second]) {
      expect(seen).toMatchObject({ isComplete: true, storage: 'redis', rooms: { open: expect.any(Number) } })
      expect(seen.nodes).toHaveLength(3)
      expect(seen.dependencies.map(({ name }) => name)).toEqual(expect.arrayContaining(['redis', 'database']))
    }
    expect(new Set(first.nodes.map(({ id }) => id))).toEqual(new Set(second.nodes.map(({ id }) => id)))
    expect(first.rooms).toEqual(second.rooms)

    const ended = Promise.all([host, guest].map((person) => person.next('chat:expired')))
    expect((await call(leaving.url, 'DELETE', `rooms/${roomId}`)).status).toBe(204)
    await ended

    const goner = (await look(leaving.url)).nodes.find(({ isThis }) => isThis)
    expect((await call(urls[0], 'POST', `nodes/${goner?.id}/drain`)).status).toBe(204)
    await left.promise
  })

  it('tell of what a process without sockets did', async () => {
    using stack = new DisposableStack()
    await using api = await nodes.startNode({ role: 'api' })
    const [chatId = ''] = await createGroups(api.url, nodes.token('ann'), ['ann', 'bob'], 1, 'api')
    const bob = stack.use(await openMessengerClient(urls[1], nodes.token('bob')))
    await bob.ask('chat:join', { chatId })
    const sent = { conversationId: chatId, text: 'by REST', messageId: 'one' }
    await createRestClient(api.url).call('POST', '/api/messenger/send', sent, nodes.token('ann'))
    expect(await bob.next('message:new')).toMatchObject({ encryptedContent: 'by REST' })
  })
})

it('the people of a node that died are gone when their leases end', async () => {
  using stack = new DisposableStack()
  const clock = createFakeClock(Date.now())
  await using watching = await startServer(nodes.one.config, { clock })
  await using dying = await spawnServer({
    REDIS_URL: nodes.redis.url,
    DATABASE_URL: String(nodes.one.config.databaseUrl),
    JWT_SECRET: String(nodes.one.config.jwtSecrets[0]),
    RATE_LIMITS: 'off',
  })
  const { roomId, token } = await createRestClient(dying.url).createRoom()
  const host = await openRoomsClient(dying.url, token)
  await host.ask('join_room', { roomId })
  const joined = await createRestClient(watching.url).joinRoom(roomId, 'Guest')
  const guest = stack.use(await enter(watching.url, joined.token, roomId))
  await dying.stop('SIGKILL')
  const offline = guest.next(
    'presence:update',
    ({ userId, status }) => userId === userOf(token) && status === 'offline',
  )
  let isOver = false
  void offline.finally(() => {
    isOver = true
  })
  // Time passes no faster than the stores can follow.
  while (!isOver) await Promise.all([clock.advance(500), pause(10)])
  await offline
})
