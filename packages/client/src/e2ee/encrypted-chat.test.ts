import { startServer } from '@parley/testkit'
import { afterEach, expect, test } from 'vitest'
import { createParleyClient } from '../parley-client.ts'
import { createRestApi } from '../rest-api.ts'
import { eventually } from '../testing/eventually.ts'
import type { ChatHandle, ReceivedMessage } from '../types.ts'
import { createRoomKey } from './room-key.ts'

const open: { close(): void }[] = []
afterEach(() => {
  for (const client of open.splice(0)) client.close()
})

async function encryptedRoom(url: string, names: readonly string[]) {
  const api = createRestApi({ url })
  const { roomId, token } = await api.createRoom({ name: 'Den', hostName: 'Ada', duration: 15, encrypted: true })
  const tokens = [token]
  for (const participantName of names) tokens.push((await api.joinRoom({ roomId, participantName })).token)
  return { roomId, tokens }
}
function chatOf(url: string, roomId: string, token: string | undefined, key?: string): ChatHandle {
  const client = createParleyClient({ url, getToken: () => token ?? '' })
  open.push(client)
  return client.openChat(roomId.replaceAll('-', ''), key === undefined ? {} : { key })
}
const messagesOf = (chat: ChatHandle): ReceivedMessage[] =>
  chat.getSnapshot().timeline.flatMap((item) => (item.kind === 'message' ? [item.message] : []))
const textsOf = (chat: ChatHandle): string[] => messagesOf(chat).map(({ encryptedContent }) => encryptedContent)
const shows = (chat: ChatHandle, ...texts: string[]): Promise<void> =>
  eventually(chat, () => textsOf(chat).join('|') === texts.join('|'), chat.getSnapshot)
const joined = (chat: ChatHandle): Promise<void> =>
  eventually(chat, () => chat.getSnapshot().phase === 'joined', chat.getSnapshot)
const isStored = (chat: ChatHandle): boolean =>
  chat.getSnapshot().timeline.every((item) => item.kind !== 'message' || item.status === 'sent')

test('people with the key read each other, also edits and history; the server and others see none of it', async () => {
  await using server = await startServer()
  const { roomId, tokens } = await encryptedRoom(server.url, ['Bo', 'Cy', 'Di'])
  const key = createRoomKey()
  const ada = chatOf(server.url, roomId, tokens[0], key)
  const bo = chatOf(server.url, roomId, tokens[1], key)
  const without = chatOf(server.url, roomId, tokens[2])
  await Promise.all([joined(ada), joined(bo), joined(without)])
  expect([ada, bo, without].map((chat) => chat.getSnapshot().encryption)).toEqual(['on', 'on', 'missing-key'])
  const heard: string[] = []
  bo.on('message', ({ encryptedContent }) => heard.push(encryptedContent))

  ada.send({ content: 'the harbour at nine' })
  await shows(bo, 'the harbour at nine')
  bo.send({ content: 'the other one', replyToId: messagesOf(bo)[0]?.id ?? '' })
  await shows(ada, 'the harbour at nine', 'the other one')
  await ada.edit(messagesOf(ada)[0]?.id ?? '', 'the harbour at ten')
  await shows(bo, 'the harbour at ten', 'the other one')
  await shows(ada, 'the harbour at ten', 'the other one')
  expect(heard).toEqual(['the harbour at nine'])
  expect((await bo.readAll()).map(({ encryptedContent }) => encryptedContent)).toEqual(textsOf(bo))

  // Who comes later, or reloads, reads what was said; with another key nobody does.
  const later = chatOf(server.url, roomId, tokens[0], key)
  await shows(later, 'the harbour at ten', 'the other one')
  const other = chatOf(server.url, roomId, tokens[3], createRoomKey())
  await shows(other, '', '')
  expect(other.getSnapshot().encryption).toBe('wrong-key')
  expect(messagesOf(other).map(({ unreadable }) => unreadable)).toEqual(['damaged', 'damaged'])

  await shows(without, '', '')
  expect(messagesOf(without).map(({ unreadable }) => unreadable)).toEqual(['missing-key', 'missing-key'])
  without.send({ content: 'in the clear' })
  await eventually(without, () => without.getSnapshot().timeline.some((item) => 'error' in item), without.getSnapshot)
  expect(without.getSnapshot().timeline.at(-1)).toMatchObject({ status: 'failed', error: { code: 'FORBIDDEN' } })
  await expect(without.edit(messagesOf(ada)[0]?.id ?? '', 'x')).rejects.toMatchObject({ code: 'FORBIDDEN' })

  await ada.delete(messagesOf(ada)[0]?.id ?? '')
  await eventually(bo, () => messagesOf(bo)[0]?.deletedAt !== undefined, bo.getSnapshot)
  expect(messagesOf(bo)[0]).not.toHaveProperty('unreadable')
})

test('with a key nothing leaves in plain text, and nothing plain is shown, even if the server says that it may', async () => {
  await using server = await startServer()
  const api = createRestApi({ url: server.url })
  const { roomId, token } = await api.createRoom({ name: 'Den', hostName: 'Ada', duration: 15 })
  const bo = await api.joinRoom({ roomId, participantName: 'Bo' })
  const ada = chatOf(server.url, roomId, token, createRoomKey())
  const plain = chatOf(server.url, roomId, bo.token)
  await Promise.all([joined(ada), joined(plain)])
  ada.send({ content: 'secret' })
  await eventually(plain, () => messagesOf(plain).length === 1, plain.getSnapshot)
  expect(textsOf(plain)[0]).toMatch(/^e1\.[\w-]+$/)
  plain.send({ content: 'put into her mouth' })
  await shows(ada, 'secret', '')
  expect(messagesOf(ada)[1]?.unreadable).toBe('damaged')
})

test('many messages, sent before the line was up, come in order and once', async () => {
  await using server = await startServer()
  const { roomId, tokens } = await encryptedRoom(server.url, ['Bo'])
  const key = createRoomKey()
  const ada = chatOf(server.url, roomId, tokens[0], key)
  const bo = chatOf(server.url, roomId, tokens[1], key)
  const texts = Array.from({ length: 20 }, (_, index) => `line ${index}`)
  for (const content of texts) ada.send({ content })
  await shows(bo, ...texts)
  await eventually(ada, () => isStored(ada), ada.getSnapshot)
  expect(textsOf(ada)).toEqual(texts)
})

test('half a key is refused before anything is opened', () => {
  expect(() => chatOf('http://127.0.0.1:1', 'room', 'token', createRoomKey().slice(1))).toThrow(RangeError)
})
