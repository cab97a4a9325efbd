import { randomBytes } from 'node:crypto'
import { ChatManager, type ChatHandle, createChatManager, createMemoryOutbox } from '@parley/client'
import { startServer } from '@parley/testkit'
import { afterEach, expect, test } from 'vitest'
import { signSiteToken } from '../clients/site-token.ts'

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
  await expect.poll(() => bo.getSnapshot().conversations[0]).toMatchObject({ unread: 1, lastMessage: { text: 'hello' } })
  expect(heard).toEqual(['hello'])
  await expect.poll(() => chat.getSnapshot().timeline.at(-1)).toMatchObject({ receipts: { delivered: 1, read: 0, of: 1 } })
  const theirs = bo.open(id)
  await expect.poll(() => textsOf(theirs)).toEqual(['hello'])
  expect(theirs.getSnapshot().unread).toBe(1)
  const last = theirs.getSnapshot().timeline.at(-1)
  theirs.markRead(last?.kind === 'message' ? last.message.id : '')
  expect(theirs.getSnapshot().unread).toBe(0)
  expect(bo.getSnapshot().conversations[0]?.unread).toBe(0)
  await expect.poll(() => chat.getSnapshot().timeline.at(-1)).toMatchObject({ receipts: { delivered: 1, read: 1, of: 1 } })
  await expect.poll(() => ada.getSnapshot().people.get('bo')).toMatchObject({ status: 'online' })
})
