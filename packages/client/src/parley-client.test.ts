import { startServer } from '@parley/testkit'
import { afterEach, expect, test } from 'vitest'
import { createParleyClient } from './parley-client.ts'
import { createRestApi } from './rest-api.ts'
import { eventually } from './testing/eventually.ts'
import { openNetwork } from './testing/network.ts'
import { createScriptedDevice, type ScriptedDevice } from './testing/scripted-device.ts'
import { DEFAULT_TIMINGS } from './timings.ts'
import type { ChatHandle, ParleyClient, TimelineMessage } from './types.ts'

const open: { close(): void }[] = []
afterEach(() => {
  for (const client of open.splice(0)) client.close()
})

/** Fast enough for a test, slow enough for a busy machine. */
const timings = { ...DEFAULT_TIMINGS, requestMs: 1500, probeMs: 600, attemptMs: 1500, actionWaitMs: 5000 }

function clientOf(
  url: string,
  token: string,
  device = createScriptedDevice(),
): ParleyClient & { device: ScriptedDevice } {
  const client = createParleyClient({ url, getToken: () => token }, { timings, device })
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

test('two people chat: messages, edits, deletions, reactions and roles reach the other', async () => {
  await using server = await startServer()
  const { roomId, host, guests } = await roomFor(server.url, ['Bo'])
  const ada = clientOf(server.url, host).openChat(roomId)
  const bo = clientOf(server.url, guests[0] ?? '').openChat(roomId)
  await Promise.all([joined(ada), joined(bo)])

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
  const client = clientOf(network.url, host)
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
