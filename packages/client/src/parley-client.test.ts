import { spawnServer, startServer } from '@parley/testkit'
import { createFakeClock, type FakeClock } from '@parley/testkit/fake-clock'
import { afterEach, expect, test } from 'vitest'
import type { OpenLine } from './line.ts'
import { createParleyClient } from './parley-client.ts'
import { createRestApi } from './rest-api.ts'
import { openSocketIoLine } from './socket-io-line.ts'
import { eventually } from './testing/eventually.ts'
import { openNetwork } from './testing/network.ts'
import { createScriptedDevice, type ScriptedDevice } from './testing/scripted-device.ts'
import { DEFAULT_TIMINGS } from './timings.ts'
import type { ChatHandle, ParleyClient, TimelineMessage } from './types.ts'

const open: { close(): void }[] = []
afterEach(() => {
  for (const client of open.splice(0)) client.close()
})

/** A machine that stands still for seconds is no dead line. */
const timings = { ...DEFAULT_TIMINGS, actionWaitMs: 20_000 }
/** Where a line is dead, and it is waited for that this is noticed. */
const hasty = { ...timings, probeMs: 600 }

function clientOf(
  url: string,
  token: string,
  device = createScriptedDevice(),
  own = timings,
): ParleyClient & { device: ScriptedDevice } {
  const client = createParleyClient({ url, getToken: () => token }, { timings: own, device })
  open.push(client)
  return Object.assign(client, { device })
}

const messagesOf = (chat: ChatHandle): TimelineMessage[] =>
  chat.getSnapshot().timeline.filter((item) => item.kind === 'message')
const textsOf = (chat: ChatHandle): string[] => messagesOf(chat).map(({ message }) => message.encryptedContent)
const allSent = (chat: ChatHandle): boolean => messagesOf(chat).every(({ status }) => status === 'sent')
const joined = (chat: ChatHandle): Promise<void> =>
  eventually(chat, () => chat.getSnapshot().phase === 'joined', chat.getSnapshot)
const hasTexts = (chat: ChatHandle, texts: readonly string[]): Promise<void> =>
  eventually(chat, () => JSON.stringify(textsOf(chat)) === JSON.stringify(texts) && allSent(chat), chat.getSnapshot)

async function roomFor(url: string, guests: readonly string[], settings: { lobby?: boolean } = {}) {
  const api = createRestApi({ url })
  const { roomId, token } = await api.createRoom({ name: 'Den', hostName: 'Ada', duration: 15, ...settings })
  const tokens: string[] = []
  for (const participantName of guests) tokens.push((await api.joinRoom({ roomId, participantName })).token)
  return { roomId, host: token, guests: tokens, api }
}

/** A server whose time the test moves; also while it stops, since it waits for its clients by its own clock. */
async function startServerAt(clock: FakeClock) {
  const server = await startServer({ maxIdleTimeMs: 7_200_000 }, { clock })
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      const stopped = server[Symbol.asyncDispose]()
      await clock.advance(1000)
      await stopped
    },
  }
}

test('two people chat: messages, edits, deletions, reactions and roles reach the other', async () => {
  await using server = await startServer()
  const { roomId, host, guests } = await roomFor(server.url, ['Bo'])
  const ada = clientOf(server.url, host).openChat(roomId)
  // Otherwise Bo might be told that she came.
  await joined(ada)
  const bo = clientOf(server.url, guests[0] ?? '').openChat(roomId)
  await joined(bo)

  const heard: string[] = []
  bo.on('message', ({ encryptedContent }) => heard.push(encryptedContent))
  const tempId = ada.send({ content: 'hello' })
  expect(messagesOf(ada)).toMatchObject([{ key: tempId, status: 'sending', own: true }])
  await hasTexts(ada, ['hello'])
  expect(messagesOf(ada)).toMatchObject([{ key: tempId, status: 'sent', own: true }])
  await hasTexts(bo, ['hello'])
  bo.send({ content: 'hi', replyToId: messagesOf(bo)[0]?.message.id ?? '' })
  await hasTexts(ada, ['hello', 'hi'])
  expect(heard).toEqual(['hello'])

  const id = messagesOf(ada)[0]?.message.id ?? ''
  expect(ada.getMessage(messagesOf(ada)[1]?.message.replyToId ?? '')?.encryptedContent).toBe('hello')
  await ada.edit(id, 'hello!')
  expect(textsOf(ada)).toEqual(['hello!', 'hi'])
  await bo.react(id, '👍', true)
  await eventually(ada, () => ada.getMessage(id)?.reactions['👍']?.length === 1, ada.getSnapshot)
  await bo.react(id, '👍', false)
  await ada.delete(id)
  await eventually(bo, () => bo.getMessage(id)?.deletedAt !== undefined, bo.getSnapshot)
  await hasTexts(bo, ['', 'hi'])
  expect(ada.getMessage(id)?.reactions).toEqual({})

  const boId = bo.getSnapshot().selfId ?? ''
  await ada.lock(true)
  await ada.setRole(boId, 'moderator')
  await eventually(bo, () => bo.getSnapshot().members.find(({ userId }) => userId === boId)?.role === 'moderator')
  await eventually(bo, () => bo.getSnapshot().chat?.isLocked === true)
  const before = ada.getSnapshot().chat?.expiresAt ?? 0
  await ada.extend(15)
  await eventually(bo, () => (bo.getSnapshot().chat?.expiresAt ?? 0) > before)
  const kinds = bo
    .getSnapshot()
    .timeline.filter((item) => item.kind === 'notice')
    .map(({ notice }) => notice.type)
  expect(kinds).toEqual(['locked', 'role', 'extended'])

  bo.setTyping(true)
  await eventually(ada, () => ada.getSnapshot().typing.length === 1, ada.getSnapshot)
  expect(ada.getSnapshot().typing).toEqual([{ userId: boId, name: 'Bo' }])
  bo.send({ content: 'done' })
  await eventually(ada, () => ada.getSnapshot().typing.length === 0, ada.getSnapshot)
  expect(await ada.readAll()).toMatchObject([{ encryptedContent: '' }, { encryptedContent: 'hi' }, {}])
  await bo.leave()
  expect(bo.getSnapshot().phase).toBe('left')
  await eventually(ada, () => ada.getSnapshot().members.length === 1, ada.getSnapshot)
})

test('what is sent while the network is cut goes out once and in order, and what was missed arrives', async () => {
  await using server = await startServer()
  const { roomId, host, guests } = await roomFor(server.url, ['Bo'])
  await using network = await openNetwork(server.url)
  const client = clientOf(network.url, host)
  const ada = client.openChat(roomId)
  const bo = clientOf(server.url, guests[0] ?? '').openChat(roomId)
  await Promise.all([joined(ada), joined(bo)])
  ada.send({ content: '1' })
  await Promise.all([hasTexts(ada, ['1']), hasTexts(bo, ['1'])])

  network.cut()
  await eventually(client, () => client.getState().status !== 'online', client.getState)
  for (const content of ['3', '4', '5']) ada.send({ content })
  expect(messagesOf(ada).map(({ status }) => status)).toEqual(['sent', 'queued', 'queued', 'queued'])
  expect(ada.getSnapshot().phase).toBe('joined')
  bo.send({ content: '2' })
  await hasTexts(bo, ['1', '2'])
  network.mend()
  client.connect()
  await hasTexts(ada, ['1', '2', '3', '4', '5'])
  await hasTexts(bo, ['1', '2', '3', '4', '5'])
})

test('a frozen line is noticed on waking; what was under way arrives once even when the old line thaws', async () => {
  await using server = await startServer()
  const { roomId, host, guests } = await roomFor(server.url, ['Bo'])
  await using network = await openNetwork(server.url)
  const client = clientOf(network.url, host, createScriptedDevice(), hasty)
  const ada = client.openChat(roomId)
  const bo = clientOf(server.url, guests[0] ?? '').openChat(roomId)
  await Promise.all([joined(ada), joined(bo)])

  network.freeze()
  for (const content of ['a', 'b', 'c']) ada.send({ content })
  client.device.signal('online')
  await eventually(client, () => client.getState().status === 'waiting', client.getState)
  expect(client.getState()).toMatchObject({ reason: 'lost' })
  network.mend()
  client.connect()
  await hasTexts(ada, ['a', 'b', 'c'])
  await hasTexts(bo, ['a', 'b', 'c'])
  expect((await bo.readAll()).map(({ encryptedContent }) => encryptedContent)).toEqual(['a', 'b', 'c'])
})

test('an event that got lost on the way is noticed and asked for', async () => {
  await using server = await startServer()
  const { roomId, host, guests } = await roomFor(server.url, ['Bo'])
  let toLose = 0
  const openLine: OpenLine = (options, listener) =>
    openSocketIoLine(options, {
      ...listener,
      event(event, data) {
        if (event === 'message:new' && toLose > 0) toLose -= 1
        else listener.event(event, data)
      },
    })
  const client = createParleyClient({ url: server.url, getToken: () => host }, { timings, openLine })
  open.push(client)
  const ada = client.openChat(roomId)
  const bo = clientOf(server.url, guests[0] ?? '').openChat(roomId)
  await Promise.all([joined(ada), joined(bo)])
  const heard: string[] = []
  ada.on('message', ({ encryptedContent }) => heard.push(encryptedContent))
  toLose = 2
  for (const content of ['lost', 'lost too', 'seen', 'seen too']) bo.send({ content })
  await hasTexts(ada, ['lost', 'lost too', 'seen', 'seen too'])
  expect(heard).toEqual(['lost', 'lost too', 'seen', 'seen too'])
})

test('a server that restarts asks its clients to come back; one that lost the room ends it', async () => {
  const secret = { jwtSecrets: ['a-secret-for-two-servers-long-enough-to-be-one'] }
  const first = await startServer(secret)
  const { roomId, host } = await roomFor(first.url, [])
  await using network = await openNetwork(first.url)
  const client = clientOf(network.url, host)
  const ada = client.openChat(roomId)
  await joined(ada)
  ada.send({ content: 'stored' })
  await hasTexts(ada, ['stored'])
  const reasons = new Set<string>()
  client.subscribe(() => {
    const state = client.getState()
    if (state.status === 'waiting') reasons.add(state.reason)
  })
  await first[Symbol.asyncDispose]()
  await eventually(client, () => client.getState().status !== 'online', client.getState)
  expect(reasons).toContain('draining')
  ada.send({ content: 'never' })
  await using second = await startServer(secret)
  network.leadTo(second.url)
  client.connect()
  await eventually(ada, () => ada.getSnapshot().phase === 'failed', ada.getSnapshot)
  expect(client.getState().status).toBe('online')
  expect(ada.getSnapshot().error?.code).toBe('CONVERSATION_NOT_FOUND')
  expect(messagesOf(ada).map(({ status }) => status)).toEqual(['sent', 'failed'])
  await expect(ada.lock(true)).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
})

test('a killed server is missed until it is back', async () => {
  const env = { JWT_SECRET: 'a-secret-for-two-servers-long-enough-to-be-one', NODE_ENV: 'test' }
  const first = await spawnServer(env)
  const { roomId, host } = await roomFor(first.url, [])
  await using network = await openNetwork(first.url)
  const client = clientOf(network.url, host)
  const ada = client.openChat(roomId)
  await joined(ada)
  const reasons: string[] = []
  client.subscribe(() => {
    const state = client.getState()
    if (state.status === 'waiting') reasons.push(state.reason)
  })
  await first.stop('SIGKILL')
  await eventually(client, () => client.getState().status === 'waiting', client.getState)
  expect(reasons[0]).toBe('lost')
  client.connect()
  const isUnreachable = (): boolean => JSON.stringify(client.getState()).includes('unreachable')
  await eventually(client, isUnreachable, client.getState)
  await using second = await startServer({ jwtSecrets: [env.JWT_SECRET] })
  network.leadTo(second.url)
  await eventually(client, () => client.getState().status === 'online', client.getState)
})

test('the lobby: a knock is heard, one is let in and one is not', async () => {
  await using server = await startServer()
  const { roomId, host, guests } = await roomFor(server.url, ['Bo', 'Cy'], { lobby: true })
  const bo = clientOf(server.url, guests[0] ?? '').openChat(roomId)
  const waits = (chat: ChatHandle): Promise<void> =>
    eventually(chat, () => chat.getSnapshot().phase === 'waiting', chat.getSnapshot)
  await waits(bo)
  expect(bo.getSnapshot().chat?.name).toBe('Den')
  const ada = clientOf(server.url, host).openChat(roomId)
  const knocks: string[] = []
  ada.on('knock', ({ name }) => knocks.push(name))
  await joined(ada)
  const cy = clientOf(server.url, guests[1] ?? '').openChat(roomId)
  await waits(cy)
  await eventually(ada, () => ada.getSnapshot().knocking.length === 2, ada.getSnapshot)
  const idOf = (name: string): string =>
    ada.getSnapshot().knocking.find((knock) => knock.name === name)?.userId ?? `nobody called ${name}`
  const cyId = idOf('Cy')
  await ada.admit(idOf('Bo'), true)
  await joined(bo)
  await ada.admit(cyId, false)
  await eventually(cy, () => cy.getSnapshot().phase === 'refused', cy.getSnapshot)
  await eventually(ada, () => ada.getSnapshot().knocking.length === 0, ada.getSnapshot)
  await eventually(ada, () => ada.getSnapshot().members.length === 2, ada.getSnapshot)
  expect([...knocks].sort()).toEqual(['Bo', 'Cy'])
  await expect(cy.lock(true)).rejects.toMatchObject({ code: 'FORBIDDEN' })
})

test('somebody who is removed is told so, and what they had not sent has failed', async () => {
  await using server = await startServer()
  const { roomId, host, guests } = await roomFor(server.url, ['Bo'])
  const ada = clientOf(server.url, host).openChat(roomId)
  const client = clientOf(server.url, guests[0] ?? '')
  const bo = client.openChat(roomId)
  await Promise.all([joined(ada), joined(bo)])
  await ada.kick(bo.getSnapshot().selfId ?? '', true)
  await eventually(bo, () => bo.getSnapshot().phase === 'kicked', bo.getSnapshot)
  bo.send({ content: 'but' })
  expect(messagesOf(bo)).toMatchObject([{ status: 'failed', error: { code: 'KICKED' } }])
  await expect(bo.react('m', '👍', true)).rejects.toMatchObject({ code: 'KICKED' })
  bo.close()
  const again = client.openChat(roomId)
  expect(again).not.toBe(bo)
  await eventually(again, () => again.getSnapshot().phase === 'kicked', again.getSnapshot)
})

test('a room ends at its time by the server’s clock, with warnings before', async () => {
  const clock = createFakeClock()
  await using server = await startServerAt(clock)
  const { roomId, host } = await roomFor(server.url, [])
  const client = clientOf(server.url, host)
  const ada = client.openChat(roomId)
  await joined(ada)
  expect(Math.abs(Date.now() + client.clockOffsetMs - clock.now())).toBeLessThan(60_000)
  const warnings: number[] = []
  ada.on('expiring', ({ minutesLeft }) => warnings.push(minutesLeft))
  for (let minute = 0; minute < 15; minute += 1) await clock.advance(60_000)
  await eventually(ada, () => ada.getSnapshot().phase === 'expired', ada.getSnapshot)
  expect(warnings).toEqual([5, 1])
})

test('a token is renewed before it ends, and one that is no good ends the connection', async () => {
  const clock = createFakeClock()
  await using server = await startServerAt(clock)
  const api = createRestApi({ url: server.url })
  const { roomId, token } = await api.createRoom({ name: 'Den', hostName: 'Ada', duration: 120 })
  const fresh: string[] = []
  const client = createParleyClient(
    { url: server.url, getToken: () => token, onToken: (each) => fresh.push(each) },
    { timings },
  )
  open.push(client)
  const ada = client.openChat(roomId)
  await joined(ada)
  await clock.advance(59.5 * 60_000)
  await expect.poll(() => fresh.length).toBe(1)
  await clock.advance(60_000)
  ada.send({ content: 'still here' })
  await hasTexts(ada, ['still here'])

  const stranger = clientOf(server.url, 'nonsense')
  stranger.connect()
  await eventually(stranger, () => stranger.getState().status === 'ended', stranger.getState)
  expect(stranger.getState()).toEqual({ status: 'ended', reason: 'unauthorized' })
})

test('where WebSockets do not pass, long polling does', async () => {
  await using server = await startServer()
  const { roomId, host, guests } = await roomFor(server.url, ['Bo'])
  await using network = await openNetwork(server.url, { refusesWebSockets: true })
  const client = clientOf(network.url, host)
  const ada = client.openChat(roomId)
  await joined(ada)
  expect(client.getState()).toMatchObject({ status: 'online', transport: 'polling' })
  const bo = clientOf(server.url, guests[0] ?? '').openChat(roomId)
  await joined(bo)
  ada.send({ content: 'by polling' })
  await hasTexts(bo, ['by polling'])
  bo.send({ content: 'heard' })
  await hasTexts(ada, ['by polling', 'heard'])
})

test('older messages come page by page, the whole history for an export', async () => {
  await using server = await startServer({ rateLimits: 'off' })
  const { roomId, host, guests } = await roomFor(server.url, ['Bo'])
  const ada = clientOf(server.url, host).openChat(roomId)
  await joined(ada)
  const texts = Array.from({ length: 120 }, (_, index) => `message ${index}`)
  for (const content of texts) ada.send({ content })
  await hasTexts(ada, texts)
  const bo = clientOf(server.url, guests[0] ?? '').openChat(roomId)
  await joined(bo)
  expect(textsOf(bo)).toEqual(texts.slice(-50))
  expect(bo.getSnapshot().hasOlder).toBe(true)
  const first = bo.loadOlder()
  expect(bo.getSnapshot().loadingOlder).toBe(true)
  expect(bo.loadOlder()).toBe(first)
  await first
  await bo.loadOlder()
  await bo.loadOlder()
  expect(textsOf(bo)).toEqual(texts)
  expect(bo.getSnapshot()).toMatchObject({ hasOlder: false, loadingOlder: false })
  expect((await bo.readAll()).map(({ encryptedContent }) => encryptedContent)).toEqual(texts)
})

test('a chat that is closed and opened again is followed again; closing does not give up the seat', async () => {
  await using server = await startServer()
  const { roomId, host, guests } = await roomFor(server.url, ['Bo'])
  const ada = clientOf(server.url, host).openChat(roomId)
  const client = clientOf(server.url, guests[0] ?? '')
  const bo = client.openChat(roomId)
  expect(client.openChat(roomId)).toBe(bo)
  await Promise.all([joined(ada), joined(bo)])
  bo.close()
  const isOnline = (): boolean | undefined => ada.getSnapshot().members.find(({ name }) => name === 'Bo')?.online
  await eventually(ada, () => isOnline() === false, ada.getSnapshot)
  const again = client.openChat(roomId)
  await joined(again)
  await eventually(ada, () => isOnline() === true, ada.getSnapshot)
})
