import type { Message } from '@parley/protocol/messenger'
import { expect, test } from 'vitest'
import { createChatManager } from './chat-manager.ts'
import { createMemoryOutbox } from './outbox-storage.ts'
import { createFakeClock } from './testing/fake-clock.ts'
import { createModelNetwork } from './testing/model-network.ts'
import { createModelSite } from './testing/model-site.ts'
import { createRandom } from './testing/random.ts'
import { createScriptedDevice } from './testing/scripted-device.ts'
import type { ChatHandle } from './types.ts'

/** Three conversations of ours, the first two with a handle. */
function setUp(seed: number) {
  const random = createRandom(seed)
  const clock = createFakeClock()
  const site = createModelSite(clock.now, { c1: ['u1', 'u2'], c2: ['u1', 'u2', 'u3'], c3: ['u1', 'u3'] })
  const network = createModelNetwork(site, clock, random, 'u1')
  const { openLine, api } = network
  const manager = createChatManager(
    { getToken: () => 'token', outbox: createMemoryOutbox() },
    { clock, random, openLine, socketApi: api, fallbackApi: api, device: createScriptedDevice() },
  )
  const heard: Message[] = []
  manager.on('message', (message) => heard.push(message))
  return { random, clock, site, network, manager, heard }
}

const messagesOf = (chat: ChatHandle): Message[] =>
  chat.getSnapshot().timeline.flatMap((item) => (item.kind === 'message' ? [item.message] : []))
const statusesOf = (chat: ChatHandle): string[] =>
  chat.getSnapshot().timeline.flatMap((item) => (item.kind === 'message' ? [item.status] : []))

/** Ways are cut and mended, people write, we write and read; in the end everything is as the site has it. */
async function wander(seed: number): Promise<ReadonlySet<string>> {
  const { random, clock, site, network, manager, heard } = setUp(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const chats = [manager.open('c1'), manager.open('c2')]
  const told = new Map(chats.map((chat) => [chat.chatId, [] as string[]]))
  for (const chat of chats) chat.on('message', ({ id }) => told.get(chat.chatId)?.push(id))
  const ways = new Set<string>()
  manager.on('transport', ({ transport }) => ways.add(transport))
  await clock.advance(2000)
  const known = new Set(site.ids.flatMap((id) => site.messages(id).map((message) => message.id)))
  const ours: { readonly chatId: string; readonly tempId: string }[] = []

  for (let step = 0; step < 70; step += 1) {
    const dice = random()
    if (dice < 0.4) site.send(pick(site.ids), pick(['u2', 'u3']), `other-${step}`, `said ${step}`)
    else if (dice < 0.6) {
      const chat = pick(chats)
      ours.push({ chatId: chat.chatId, tempId: chat.send({ content: `mine ${step}` }) })
    } else if (dice < 0.66) site.edit(pick(site.ids), Math.floor(random() * 5))
    else if (dice < 0.69) site.rename(pick(site.ids), `name ${step}`)
    else if (dice < 0.74) {
      const chat = pick(chats)
      const last = chat.getSnapshot().timeline.at(-1)
      if (last?.kind === 'message' && last.status === 'sent') chat.markRead(last.message.id)
    } else if (dice < 0.8) network.cutSocket()
    else if (dice < 0.86) network.setSockets(false)
    else if (dice < 0.92) network.setSockets(true)
    else if (dice < 0.95) network.setHttp(false)
    else network.setHttp(true)
    await clock.advance(Math.floor(random() ** 3 * 12_000))
  }
  network.setHttp(true)
  if (random() < 0.5) network.setSockets(true)
  await clock.advance(180_000)

  for (const chat of chats) {
    const seen = messagesOf(chat)
    const stored = site.messages(chat.chatId)
    const oldest = seen[0]?.seq ?? 0
    const plain = ({ id, encryptedContent, seq }: Message) => ({ id, seq, encryptedContent })
    expect(seen.map(plain), `seed ${seed}: ${chat.chatId}`).toEqual(
      stored.filter(({ seq }) => seq >= oldest).map(plain),
    )
    expect(new Set(statusesOf(chat)), `seed ${seed}: all is sent`).toEqual(new Set(stored.length > 0 ? ['sent'] : []))
    const others = stored.filter(({ senderId, id }) => senderId !== 'u1' && !known.has(id)).map(({ id }) => id)
    expect(told.get(chat.chatId), `seed ${seed}: each is told of once, in order`).toEqual(others)
    const mine = ours.filter(({ chatId }) => chatId === chat.chatId).map(({ tempId }) => tempId)
    const sent = stored.filter(({ senderId }) => senderId === 'u1').map(({ tempId }) => tempId)
    expect(sent, `seed ${seed}: what we sent, once and in order`).toEqual(mine)
  }
  const ids = heard.map(({ id }) => id)
  const others = site.ids.flatMap((id) => site.messages(id)).filter(({ senderId }) => senderId !== 'u1')
  const news = others.filter(({ id }) => !known.has(id)).map(({ id }) => id)
  expect(
    news.filter((id) => !ids.includes(id)),
    `seed ${seed}: the manager tells of all`,
  ).toEqual([])
  expect(new Set(ids).size, `seed ${seed}: the manager tells of none twice`).toBe(ids.length)
  const { conversations, transport } = manager.getSnapshot()
  for (const conversation of conversations) {
    const { unread, name, rev, lastMessage, read } = site.summary(conversation.id, 'u1')
    expect(conversation, `seed ${seed}: the list, ${JSON.stringify(transport)}`).toMatchObject({
      unread,
      name,
      rev,
      read,
    })
    expect(conversation.lastMessage?.text, `seed ${seed}`).toBe(lastMessage?.text)
  }
  expect(conversations).toHaveLength(3)
  manager.close()
  expect(manager.getSnapshot().transport).toEqual({ transport: 'ended', reason: 'closed' })
  await clock.advance(120_000)
  expect(clock.pending, `seed ${seed}: nothing goes on`).toBe(0)
  return ways
}

test('whichever way is cut when, each message is there once, in order, and the list is right', async () => {
  const ways = new Set<string>()
  for (let seed = 1; seed <= 80; seed += 1) {
    for (const way of await wander(seed)) ways.add(way)
  }
  expect([...ways].sort()).toEqual(['connecting', 'ended', 'http', 'offline', 'websocket'])
}, 60_000)
