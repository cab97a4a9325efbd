import { setTimeout as pause } from 'node:timers/promises'
import { createParleyClient } from '@parley/client'
import type { TestServer } from '@parley/testkit'
import { openRoundRobinProxy } from '@parley/testkit/round-robin-proxy'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type MessengerClient, openMessengerClient } from '../clients/messenger-client.ts'
import { createRestClient } from '../clients/rest-client.ts'
import { openRoomsClient } from '../clients/rooms-client.ts'
import { startTwoNodes, type TwoNodes } from './two-nodes.ts'

const DRAINING = 4503

let nodes: TwoNodes
beforeAll(async () => {
  nodes = await startTwoNodes({ shutdownTimeoutMs: 3000 })
})
afterAll(() => nodes?.[Symbol.asyncDispose]())

let stack: AsyncDisposableStack
/** One more, which people are on when it stops. */
let leaving: TestServer
beforeEach(async () => {
  stack = new AsyncDisposableStack()
  leaving = stack.use(await nodes.startNode())
})
afterEach(() => stack.disposeAsync())

/** A room, with Ann in it on a node that stays, and a token for Bob. */
async function openRoom() {
  const { roomId: chatId, token } = await createRestClient(nodes.other.url).createRoom({ hostName: 'Ann' })
  const ann = stack.use(await openMessengerClient(nodes.other.url, token))
  await ann.ask('chat:join', { chatId })
  const bobs = await createRestClient(leaving.url).joinRoom(chatId, 'Bob')
  return { chatId, ann, token: bobs.token, bob: subjectOf(bobs.token) }
}

const subjectOf = (token: string): string =>
  (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string }).sub

/** All that Ann was told of somebody as not being there any more, from that event on. */
function departures({ received }: MessengerClient, userId: string, from: number): readonly object[] {
  const isInVoice = ({ event, data }: (typeof received)[number]): boolean =>
    event === 'voice:state' && JSON.stringify(data.participants).includes(userId)
  // Whoever has just begun to look at a room is told that nobody is in voice.
  const wasInVoice = received.slice(0, from).some(isInVoice)
  return received
    .slice(from)
    .filter(
      (told) =>
        told.event === 'chat:member-left' ||
        (told.event === 'presence:update' && told.data.userId === userId && told.data.status === 'offline') ||
        (wasInVoice && told.event === 'voice:state' && !isInVoice(told)),
    )
}

describe('when a node stops', () => {
  it('whoever moves in time keeps what was said and their place in voice, and nobody sees them go', async () => {
    const { chatId, ann, token, bob } = await openRoom()
    const old = stack.use(await openMessengerClient(leaving.url, token))
    const joined = await old.ask('chat:join', { chatId })
    if ('waiting' in joined) throw new Error('The room has no lobby')
    const { epoch, rev } = joined
    await old.ask('voice:join', { chatId, muted: true })
    await ann.next('voice:state', ({ participants }) => participants.some(({ userId }) => userId === bob))

    const before = ann.received.length
    const stopping = leaving[Symbol.asyncDispose]()
    const { reconnectAfterMs } = await old.next('server:draining')
    expect(reconnectAfterMs).toBeLessThanOrEqual(3000)
    const sent = await old.ask('message:new', { chatId, encryptedContent: 'until the end', messageType: 'text' })
    await old.ended
    await ann.ask('message:new', { chatId, encryptedContent: 'meanwhile', messageType: 'text' })
    const next = stack.use(await openMessengerClient(nodes.one.url, token))
    const back = await next.ask('chat:join', { chatId, since: { epoch, rev } })
    expect(back).toMatchObject({ recovered: true })
    expect(JSON.stringify(back)).toContain('meanwhile')
    const voice = await next.ask('voice:join', { chatId })
    expect(voice.self).toMatchObject({ userId: bob, muted: true })
    await stopping

    expect(await ann.next('message:new')).toMatchObject({ encryptedContent: 'until the end', seq: sent.message.seq })
    expect(departures(ann, bob, before)).toEqual([])
    const { members } = await ann.ask('chat:get-active-members', { chatId })
    expect(members.map(({ userId }) => userId)).toContain(bob)
  })

  it('the SDK moves by itself, and says everything once', async () => {
    const { chatId, ann, token, bob } = await openRoom()
    const proxy = stack.use(await openRoundRobinProxy([leaving.url]))
    const client = createParleyClient({ url: proxy.url, getToken: () => token })
    stack.defer(client.close)
    const chat = client.openChat(chatId)
    await expect.poll(() => chat.getSnapshot().phase).toBe('joined')
    const resets: unknown[] = []
    chat.on('reset', (why) => void resets.push(why))
    const away: string[] = []
    client.subscribe(() => {
      const state = client.getState()
      const now = state.status === 'connecting' ? `attempt ${state.attempt}` : state.status
      if (now !== 'online' && now !== away.at(-1)) away.push(now)
    })

    const before = ann.received.length
    proxy.setServers([nodes.one.url, nodes.other.url])
    const stopping = leaving[Symbol.asyncDispose]()
    const texts: string[] = []
    for (let number = 1; number <= 60; number += 1) {
      texts.push(`${number}`)
      chat.send({ content: `${number}` })
      await pause(20)
    }
    await stopping
    const own = (): readonly string[] =>
      ann.received.flatMap(({ event, data }) => (event === 'message:new' ? [String(data.encryptedContent)] : []))
    await expect.poll(() => own().length).toBe(texts.length)
    expect(own()).toEqual(texts)
    expect(client.getState().status).toBe('online')
    expect(resets).toEqual([])
    // Once, and back at the first attempt.
    expect(away).toEqual(['waiting', 'attempt 1'])
    expect(departures(ann, bob, before)).toEqual([])
  })

  it('the rooms wire is told by its close code, after its answers', async () => {
    const { chatId: roomId, token } = await openRoom()
    const bob = stack.use(await openRoomsClient(leaving.url, token))
    await bob.ask('join_room', { roomId }).catch(() => undefined)
    const stopping = leaving[Symbol.asyncDispose]()
    expect(await bob.ask('send_message', { text: 'last words', clientId: 'c-1' })).toMatchObject({ duplicate: false })
    expect(await bob.ended).toBe(DRAINING)
    await stopping
    const next = stack.use(await openRoomsClient(nodes.one.url, token))
    next.ask('join_room', { roomId }).catch(() => undefined)
    await next.event('joined')
    expect(await next.ask('send_message', { text: 'last words', clientId: 'c-1' })).toMatchObject({ duplicate: true })
  })

  it('what polls goes on by another node until it is sent away', async () => {
    const { chatId, ann, token } = await openRoom()
    const proxy = stack.use(await openRoundRobinProxy([leaving.url]))
    const bob = stack.use(await openMessengerClient(proxy.url, token, 'polling'))
    await bob.ask('chat:join', { chatId })
    proxy.setServers([nodes.one.url, nodes.other.url])
    const stopping = leaving[Symbol.asyncDispose]()
    await bob.next('server:draining')
    const sent = await bob.ask('message:new', { chatId, encryptedContent: 'by another way', messageType: 'text' })
    expect(sent.message).toMatchObject({ encryptedContent: 'by another way' })
    // Told so by the node itself, and not by a line that broke.
    expect(await bob.ended).toBe('transport close')
    await stopping
    const next = stack.use(await openMessengerClient(nodes.one.url, token, 'polling'))
    await next.ask('chat:join', { chatId })
    await ann.ask('message:new', { chatId, encryptedContent: 'still there', messageType: 'text' })
    expect(await next.next('message:new')).toMatchObject({ encryptedContent: 'still there' })
  })
})

it('stock clients poll and move up to WebSockets through any node', async () => {
  const { chatId, ann } = await openRoom()
  const proxy = stack.use(await openRoundRobinProxy([nodes.one.url, nodes.other.url, leaving.url]))
  const rest = createRestClient(nodes.one.url)
  const people = await Promise.all(
    (['polling', 'upgrading'] as const).map(async (transport) => {
      const { token } = await rest.joinRoom(chatId, `By ${transport}`)
      const client = stack.use(await openMessengerClient(proxy.url, token, transport))
      await client.ask('chat:join', { chatId })
      return client
    }),
  )
  for (let number = 1; number <= 12; number += 1) {
    await ann.ask('message:new', { chatId, encryptedContent: `${number}`, messageType: 'text' })
    for (const client of people) {
      expect(await client.next('message:new')).toMatchObject({ encryptedContent: `${number}` })
    }
  }
  for (const count of proxy.counts.values()) expect(count).toBeGreaterThan(2)
})
