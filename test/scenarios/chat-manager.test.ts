import { randomBytes } from 'node:crypto'
import { type ChatHandle, ChatManager, createMemoryOutbox } from '@parley/client'
import { startServer } from '@parley/testkit'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import { afterEach, expect, test } from 'vitest'
import { openSeverableProxy } from '../clients/severable-proxy.ts'

const open: { close(): void }[] = []
afterEach(() => {
  for (const each of open.splice(0)) each.close()
})

const SECRET = randomBytes(36).toString('base64')

function managerOf(url: string, userId: string, siteUrl = url) {
  const manager = ChatManager({
    wsServer: url,
    mainSiteUrl: siteUrl,
    getToken: () => signSiteToken(SECRET, userId),
    outbox: createMemoryOutbox(),
  })
  open.push(manager)
  return manager
}

const textsOf = (chat: ChatHandle): string[] =>
  chat.getSnapshot().timeline.flatMap((item) => (item.kind === 'message' ? [item.message.encryptedContent] : []))

test('two people of a site talk: the list, unread counts, receipts and presence follow', async () => {
  await using server = await startServer({ jwtSecrets: [SECRET] })
  const ada = managerOf(server.url, 'ada')
  const bo = managerOf(server.url, 'bo')
  await expect.poll(() => ada.getSnapshot().transport).toMatchObject({ transport: 'websocket' })
  await expect.poll(() => bo.getSnapshot().loaded).toBe(true)
  const { id } = await ada.createConversation({ kind: 'direct', members: [{ userId: 'bo', name: 'Bo' }] })
  await expect.poll(() => bo.getSnapshot().conversations.map((each) => each.id)).toEqual([id])
  const heard: string[] = []
  bo.on('message', ({ encryptedContent }) => heard.push(encryptedContent))
  const chat = ada.open(id)
  chat.send({ content: 'hello' })
  await expect
    .poll(() => bo.getSnapshot().conversations[0])
    .toMatchObject({ unread: 1, lastMessage: { text: 'hello' } })
  await expect.poll(() => heard).toEqual(['hello'])
  await expect
    .poll(() => chat.getSnapshot().timeline.at(-1))
    .toMatchObject({ receipts: { delivered: 1, read: 0, of: 1 } })
  const theirs = bo.open(id)
  await expect.poll(() => textsOf(theirs)).toEqual(['hello'])
  expect(theirs.getSnapshot().unread).toBe(1)
  const last = theirs.getSnapshot().timeline.at(-1)
  theirs.markRead(last?.kind === 'message' ? last.message.id : '')
  expect(theirs.getSnapshot().unread).toBe(0)
  expect(bo.getSnapshot().conversations[0]?.unread).toBe(0)
  await expect
    .poll(() => chat.getSnapshot().timeline.at(-1))
    .toMatchObject({ receipts: { delivered: 1, read: 1, of: 1 } })
  await expect.poll(() => ada.getSnapshot().people.get('bo')).toMatchObject({ status: 'online' })
  expect(heard).toEqual(['hello'])
})

test('whoever is added to a group is followed: its list of members shows them come and go', async () => {
  await using server = await startServer({ jwtSecrets: [SECRET] })
  const ada = managerOf(server.url, 'ada')
  const bo = managerOf(server.url, 'bo')
  await expect.poll(() => ada.getSnapshot().transport).toMatchObject({ transport: 'websocket' })
  await expect.poll(() => bo.getSnapshot().transport).toMatchObject({ transport: 'websocket' })
  const { id } = await ada.createConversation({ kind: 'group', name: 'Tea', members: [] })
  const chat = ada.open(id)
  await expect.poll(() => chat.getSnapshot().phase).toBe('joined')
  const statuses = () =>
    chat
      .getSnapshot()
      .members.filter(({ userId }) => userId !== 'ada')
      .map(({ userId, status }) => [userId, status])
  const added = await fetch(`${server.url}/api/conversations/${id}/members`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await signSiteToken(SECRET, 'ada')}` },
    body: JSON.stringify({ members: [{ userId: 'bo' }, { userId: 'cleo' }] }),
  })
  expect(added.ok).toBe(true)
  await expect.poll(statuses).toEqual([
    ['bo', 'online'],
    ['cleo', 'offline'],
  ])
  await expect.poll(() => ada.getSnapshot().people.get('bo')).toMatchObject({ status: 'online' })
  bo.close()
  await expect.poll(statuses).toEqual([
    ['bo', 'offline'],
    ['cleo', 'offline'],
  ])
})

test('where sockets are blocked the poll takes over, and gives back when they are not: each message once, in order', async () => {
  await using server = await startServer({ jwtSecrets: [SECRET] })
  await using proxy = await openSeverableProxy(server.url)
  const ada = managerOf(proxy.url, 'ada', server.url)
  const bo = managerOf(server.url, 'bo')
  await expect.poll(() => ada.getSnapshot().loaded).toBe(true)
  await expect.poll(() => bo.getSnapshot().loaded).toBe(true)
  const { id } = await bo.createConversation({ id: 'project-alpha', name: 'Alpha', members: [{ userId: 'ada' }] })
  const [hers, his] = [ada.open(id), bo.open(id)]
  await expect.poll(() => hers.getSnapshot().phase).toBe('joined')
  await expect.poll(() => his.getSnapshot().phase).toBe('joined')
  const heard: string[] = []
  const resets: number[] = []
  ada.on('message', ({ encryptedContent }) => heard.push(encryptedContent))
  hers.on('reset', () => resets.push(1))
  const ways: string[] = []
  ada.on('transport', ({ transport }) => ways.push(transport))

  his.send({ content: '1' })
  await expect.poll(() => textsOf(hers)).toEqual(['1'])
  proxy.block()
  await expect.poll(() => ways.at(-1)).not.toBe('websocket')
  his.send({ content: '2' })
  hers.send({ content: '3' })
  await expect.poll(() => ways.at(-1)).toBe('http')
  await expect.poll(() => [...textsOf(his)].sort()).toEqual(['1', '2', '3'])
  await expect.poll(() => textsOf(hers)).toEqual(textsOf(his))
  for (const content of ['4', '5', '6']) his.send({ content })
  await expect.poll(() => textsOf(hers)).toHaveLength(6)
  const last = hers.getSnapshot().timeline.at(-1)
  hers.markRead(last?.kind === 'message' ? last.message.id : '')
  await expect
    .poll(() => his.getSnapshot().timeline.findLast((item) => item.kind === 'message' && item.own))
    .toMatchObject({ receipts: { delivered: 1, read: 1, of: 1 } })
  await expect.poll(() => ada.getSnapshot().conversations[0]).toMatchObject({ id, unread: 0 })
  await expect(ada.startCall(id, 'audio')).rejects.toMatchObject({ code: 'UNAVAILABLE' })

  proxy.unblock()
  ada.connect()
  await expect.poll(() => ways.at(-1)).toBe('websocket')
  for (const content of ['7', '8']) his.send({ content })
  hers.send({ content: '9' })
  await expect.poll(() => textsOf(his)).toHaveLength(9)
  await expect.poll(() => textsOf(hers)).toEqual(textsOf(his))
  await expect.poll(() => heard).toEqual(['1', '2', '4', '5', '6', '7', '8'])
  expect(resets).toEqual([])
  const stored = (await hers.readAll()).map(({ encryptedContent }) => encryptedContent)
  expect(stored).toEqual(textsOf(hers))
})

test('without sockets messages are changed, deleted and reacted to, and what waits is shown and cleared', async () => {
  await using server = await startServer({ jwtSecrets: [SECRET] })
  await using proxy = await openSeverableProxy(server.url)
  proxy.block()
  const ada = managerOf(proxy.url, 'ada', server.url)
  const bo = managerOf(server.url, 'bo')
  await expect.poll(() => bo.getSnapshot().loaded).toBe(true)
  const { id } = await bo.createConversation({ kind: 'direct', members: [{ userId: 'ada', name: 'Ada' }] })
  const [hers, his] = [ada.open(id), bo.open(id)]
  await expect.poll(() => his.getSnapshot().phase).toBe('joined')
  his.send({ content: 'helo' })
  await expect.poll(() => textsOf(hers)).toEqual(['helo'])
  expect(ada.getSnapshot().transport).toMatchObject({ transport: 'http' })
  const shown = (chat: ChatHandle) =>
    chat.getSnapshot().timeline.flatMap((item) => (item.kind === 'message' ? [item.message] : []))
  const said = shown(hers)[0]?.id ?? ''
  await hers.react(said, '👍', true)
  hers.send({ content: 'helllo' })
  await expect.poll(() => textsOf(his)).toEqual(['helo', 'helllo'])
  const [, own] = shown(hers)
  await hers.edit(own?.id ?? '', 'hello')
  await expect(hers.edit(said, 'not mine')).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await expect.poll(() => textsOf(his)).toEqual(['helo', 'hello'])
  await hers.delete(own?.id ?? '')
  await expect.poll(() => textsOf(his)).toEqual(['helo', ''])
  await expect.poll(() => shown(his)[0]?.reactions).toEqual({ '👍': ['ada'] })
  await hers.react(said, '👍', false)
  await expect.poll(() => shown(his)).toMatchObject([{ reactions: {} }, { deletedAt: expect.any(Number) }])
  await expect.poll(() => shown(hers)).toEqual(shown(his))

  const waiting = () =>
    ada.getSnapshot().notifications.filter(({ chatId, kind }) => chatId === id && kind === 'message')
  await expect.poll(waiting).toHaveLength(1)
  his.send({ content: 'are you there?' })
  await expect.poll(waiting).toHaveLength(2)
  await ada.clearNotification(waiting()[0]?.id ?? '')
  expect(waiting()).toHaveLength(1)
  await ada.clearNotifications()
  expect(ada.getSnapshot().notifications).toEqual([])
  const headers = { Authorization: `Bearer ${signSiteToken(SECRET, 'ada')}` }
  const stored = await fetch(`${server.url}/api/notifications`, { headers })
  expect(await stored.json()).toEqual({ notifications: [] })
})

test('without sockets, too, somebody who is deleted is gone with what they said and how they reacted', async () => {
  const key = randomBytes(18).toString('hex')
  await using server = await startServer({ jwtSecrets: [SECRET], apiKeys: [{ key, scopes: ['users'] }] })
  await using proxy = await openSeverableProxy(server.url)
  proxy.block()
  const ada = managerOf(proxy.url, 'ada', server.url)
  const bo = managerOf(server.url, 'bo')
  await expect.poll(() => [ada, bo].every((each) => each.getSnapshot().loaded)).toBe(true)
  const start = (members: readonly string[]) =>
    bo.createConversation({ members: members.map((userId) => ({ userId, name: `Name of ${userId}` })) })
  const [quiet, loud] = [await start(['ada']), await start(['ada'])]
  const [silent, chat] = [ada.open(quiet.id), ada.open(loud.id)]
  await expect.poll(() => [silent.getSnapshot().members.length, chat.getSnapshot().members.length]).toEqual([2, 2])
  chat.send({ content: 'hello' })
  const his = bo.open(loud.id)
  await expect.poll(() => textsOf(his)).toEqual(['hello'])
  const first = his.getSnapshot().timeline.find((item) => item.kind === 'message')
  await his.react(first?.key ?? '', '👍', true)
  his.send({ content: 'of Bo' })
  await expect.poll(() => textsOf(chat)).toEqual(['hello', 'of Bo'])
  await expect.poll(() => JSON.stringify(chat.getSnapshot().timeline)).toContain('👍')
  bo.close()

  const deleted = await fetch(`${server.url}/api/users/bo`, { method: 'DELETE', headers: { 'X-Api-Key': key } })
  expect(deleted.status).toBe(204)
  for (const each of [silent, chat]) {
    await expect.poll(() => each.getSnapshot().members.map(({ userId }) => userId)).toEqual(['ada'])
  }
  await expect.poll(() => textsOf(chat)).toEqual(['hello', ''])
  // A poll that is answered at the very moment tells of their leaving by name, as sockets do.
  const messagesOf = (each: ChatHandle) => each.getSnapshot().timeline.filter(({ kind }) => kind === 'message')
  await expect.poll(() => JSON.stringify(messagesOf(chat))).not.toMatch(/👍|of Bo|"bo"/)
  expect(messagesOf(silent)).toEqual([])
  await expect
    .poll(() => ada.getSnapshot().conversations.find(({ id }) => id === loud.id))
    .toMatchObject({ unread: 0, hostId: 'ada', lastMessage: { text: 'hello' } })
})

test('a call rings, is answered and ended, and a notification waits for who was away', async () => {
  await using server = await startServer({ jwtSecrets: [SECRET] })
  const ada = managerOf(server.url, 'ada')
  const bo = managerOf(server.url, 'bo')
  await expect.poll(() => [ada, bo].every((each) => each.getSnapshot().loaded)).toBe(true)
  const { id } = await ada.createConversation({ kind: 'direct', members: [{ userId: 'bo', name: 'Bo' }] })
  await expect.poll(() => bo.getSnapshot().conversations).toHaveLength(1)
  const signals: unknown[] = []
  for (const each of [ada, bo]) each.on('signal', ({ kind, from, data }) => signals.push([kind, from, data]))
  const { call } = await ada.startCall(id, 'video', { sdp: 'offer' })
  expect(ada.getSnapshot().call?.phase).toBe('outgoing')
  await expect.poll(() => bo.getSnapshot().call).toMatchObject({ phase: 'incoming', from: { userId: 'ada' } })
  await bo.answerCall(call.id, { sdp: 'answer' })
  await expect.poll(() => ada.getSnapshot().call?.phase).toBe('active')
  await ada.sendCandidate(call.id, { candidate: 'c' })
  await expect
    .poll(() => signals)
    .toEqual([
      ['offer', 'ada', { sdp: 'offer' }],
      ['answer', 'bo', { sdp: 'answer' }],
      ['candidate', 'ada', { candidate: 'c' }],
    ])
  await bo.endCall(call.id)
  await expect.poll(() => ada.getSnapshot().call).toMatchObject({ phase: 'ended', call: { state: 'ended' } })

  bo.close()
  ada.open(id).send({ content: 'are you there?' })
  const again = managerOf(server.url, 'bo')
  await expect.poll(() => again.getSnapshot().notifications.some(({ chatId }) => chatId === id)).toBe(true)
  await again.clearNotifications()
  expect(again.getSnapshot().notifications).toEqual([])
})
