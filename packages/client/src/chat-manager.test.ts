import type { Message } from '@parley/protocol/messenger'
import { IDBFactory } from 'fake-indexeddb'
import { expect, test } from 'vitest'
import { createChatManager } from './chat-manager.ts'
import { createIndexedDbOutbox } from './indexed-db-outbox.ts'
import { createMemoryOutbox } from './outbox-storage.ts'
import type { SiteApi } from './site-api.ts'
import { createFakeClock } from './testing/fake-clock.ts'
import { createModelNetwork } from './testing/model-network.ts'
import { createModelSite, type ModelSite } from './testing/model-site.ts'
import { createRandom } from './testing/random.ts'
import { createScriptedDevice } from './testing/scripted-device.ts'
import type { ChatHandle } from './types.ts'

/** Three conversations of ours, the first two with a handle. */
function setUp(seed: number) {
  const random = createRandom(seed)
  const clock = createFakeClock()
  const site = createModelSite(clock.now, { c1: ['u1', 'u2'], c2: ['u1', 'u2', 'u3'], c3: ['u1', 'u3'] })
  const network = createModelNetwork(site, clock, random, 'u1')
  const { openLine } = network
  let polls = 0
  const api: SiteApi = {
    ...network.api,
    poll(token, wish, signal) {
      if (wish.waitSeconds > 0) polls += 1
      return network.api.poll(token, wish, signal)
    },
  }
  const manager = createChatManager(
    { getToken: () => 'token', outbox: createMemoryOutbox() },
    { clock, random, openLine, socketApi: api, fallbackApi: api, device: createScriptedDevice() },
  )
  const heard: Message[] = []
  manager.on('message', (message) => heard.push(message))
  return { random, clock, site, network, manager, heard, /** Those that wait. */ polls: () => polls }
}

const messagesOf = (chat: ChatHandle): Message[] =>
  chat.getSnapshot().timeline.flatMap((item) => (item.kind === 'message' ? [item.message] : []))
const storedOf = (chat: ChatHandle): Message[] =>
  chat
    .getSnapshot()
    .timeline.flatMap((item) => (item.kind === 'message' && item.status === 'sent' ? [item.message] : []))
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
    if (dice < 0.3) site.send(pick(site.ids), pick(['u2', 'u3']), `other-${step}`, `said ${step}`)
    else if (dice < 0.36) {
      const chat = pick(chats)
      const message = pick(storedOf(chat).filter(({ senderId }) => senderId === 'u1'))
      // What goes out as a way breaks may fail, done or not done.
      if (message !== undefined && random() < 0.7) chat.edit(message.id, `edited ${step}`).catch(() => undefined)
      else if (message !== undefined) chat.delete(message.id).catch(() => undefined)
    } else if (dice < 0.4) {
      const chat = pick(chats)
      const message = pick(storedOf(chat))
      if (message !== undefined) chat.react(message.id, pick(['👍', '🎉']) ?? '', random() < 0.6).catch(() => undefined)
    } else if (dice < 0.42) {
      const [first] = manager.getSnapshot().notifications
      if (first !== undefined) manager.clearNotification(first.id).catch(() => undefined)
    } else if (dice < 0.6) {
      const chat = pick(chats)
      ours.push({ chatId: chat.chatId, tempId: chat.send({ content: `mine ${step}` }) })
    } else if (dice < 0.66) site.edit(pick(site.ids), Math.floor(random() * 5))
    else if (dice < 0.67) site.notify(`n${step}`)
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
    const plain = ({ id, encryptedContent, seq, reactions }: Message) => ({ id, seq, encryptedContent, reactions })
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
  const { conversations, transport, notifications } = manager.getSnapshot()
  expect(notifications, `seed ${seed}: what waits, ${JSON.stringify(transport)}`).toEqual(site.notifications)
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
})

test('a chat that is closed and opened again at any moment sends each message once, in order, and shows it once', async () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const random = createRandom(seed)
    const clock = createFakeClock()
    const site = createModelSite(clock.now, { c1: ['u1', 'u2'] })
    const { openLine, api, ...network } = createModelNetwork(site, clock, random, 'u1')
    const parts = { clock, random, openLine, socketApi: api, fallbackApi: api, device: createScriptedDevice() }
    const life = Promise.withResolvers<void>()
    const page = { indexedDB: new IDBFactory(), locks: navigator.locks, until: life.promise, page: {} }
    const none = { localStorage: undefined, sessionStorage: undefined }
    const open = () => {
      const outbox = createIndexedDbOutbox({ name: `manager-${seed}` }, { ...page, ...none })
      const manager = createChatManager({ getToken: () => 'token', outbox }, parts)
      return { manager, chat: manager.open('c1') }
    }
    let { manager, chat } = open()
    await clock.advance(2000)
    const written: string[] = []
    for (let step = 0; step < 40; step += 1) {
      const dice = random()
      if (dice < 0.4) written.push(chat.send({ content: `mine ${step}` }))
      else if (dice < 0.6) {
        chat.close()
        if (random() < 0.5) await clock.advance(Math.floor(random() * 500))
        chat = manager.open('c1')
      } else if (dice < 0.7) {
        manager.close()
        const next = open()
        manager = next.manager
        chat = next.chat
      } else if (dice < 0.8) network.cutSocket()
      else if (dice < 0.9) {
        const isUp = random() < 0.5
        network.setSockets(isUp)
        network.setHttp(isUp)
      }
      await clock.advance(Math.floor(random() ** 3 * 5000))
    }
    network.setSockets(true)
    network.setHttp(true)
    await clock.advance(120_000)
    const own = site.messages('c1').filter(({ senderId }) => senderId === 'u1')
    expect(
      own.map(({ tempId }) => tempId),
      `seed ${seed}: sent`,
    ).toEqual(written)
    const shown = chat.getSnapshot().timeline.flatMap((item) => (item.kind === 'message' ? [item] : []))
    expect(
      shown.map(({ message }) => message.id),
      `seed ${seed}: shown`,
    ).toEqual(own.map(({ id }) => id))
    expect(shown.every(({ status }) => status === 'sent')).toBe(true)
    manager.close()
    life.resolve()
  }
})

/** Tells of being taken into a conversation, or put out of it, as the site does. */
function setOutside(site: ModelSite, chatId: string, isOutside: boolean): void {
  if (isOutside) site.outside.add(chatId)
  else site.outside.delete(chatId)
  const about = isOutside ? 'elsewhere' : chatId
  const notification = { id: `${chatId} ${isOutside}`, kind: 'event' as const, chatId: about, data: {}, createdAt: 1 }
  site.onNews({ kind: 'notification', notification })
}

test('a conversation that was opened too early is followed when it is ours, and joined by opening it again', async () => {
  const { clock, site, manager, heard } = setUp(1)
  site.outside.add('c1')
  const early = manager.open('c1')
  await clock.advance(2000)
  expect(early.getSnapshot().phase).toBe('failed')
  setOutside(site, 'c1', false)
  await clock.advance(2000)
  site.send('c1', 'u2', 't1', 'welcome')
  await clock.advance(500)
  expect(heard.map(({ encryptedContent }) => encryptedContent)).toEqual(['welcome'])
  const chat = manager.open('c1')
  await clock.advance(1000)
  expect([manager.open('c1') === chat, chat.getSnapshot().phase]).toEqual([true, 'joined'])
  expect(messagesOf(chat).map(({ encryptedContent }) => encryptedContent)).toEqual(['welcome'])
  manager.close()
})

test('a conversation that nobody has opened is followed again when we are taken into it again', async () => {
  const { clock, site, manager, heard } = setUp(1)
  await clock.advance(2000)
  const isListed = (): boolean => manager.getSnapshot().conversations.some(({ id }) => id === 'c1')
  for (const isOutside of [true, false]) {
    setOutside(site, 'c1', isOutside)
    site.send('c1', 'u2', `t ${isOutside}`, isOutside ? 'not for us' : 'welcome back')
    await clock.advance(2000)
    expect(isListed()).toBe(!isOutside)
  }
  site.send('c1', 'u2', 't2', 'at once')
  await clock.advance(200)
  expect(heard.at(-1)?.encryptedContent).toBe('at once')
  manager.close()
})

test('the list knows what is read also where one’s own word came after it', async () => {
  const { clock, site, manager } = setUp(1)
  const chat = manager.open('c1')
  await clock.advance(2000)
  const unread = () => manager.getSnapshot().conversations.find(({ id }) => id === 'c1')?.unread
  site.send('c1', 'u2', 't1', 'one')
  site.send('c1', 'u2', 't2', 'two')
  await clock.advance(500)
  chat.send({ content: 'mine' })
  await clock.advance(500)
  const [one, two] = messagesOf(chat)
  // Whatever was looked at before.
  expect([unread(), chat.getSnapshot().unread]).toEqual([2, 2])
  chat.markRead(one?.id ?? '')
  expect([unread(), chat.getSnapshot().unread]).toEqual([1, 1])
  chat.markRead(two?.id ?? '')
  expect([unread(), chat.getSnapshot().unread]).toEqual([0, 0])
  manager.close()
})

test('a chat that is over keeps no poll going beside the socket', async () => {
  const { clock, site, network, manager, polls } = setUp(1)
  site.outside.add('c1')
  network.setSockets(false)
  const chat = manager.open('c1')
  await clock.advance(30_000)
  expect([manager.getSnapshot().transport.transport, chat.getSnapshot().phase]).toEqual(['http', 'failed'])
  network.setSockets(true)
  manager.connect()
  await clock.advance(60_000)
  expect(manager.getSnapshot().transport.transport).toBe('websocket')
  const before = polls()
  await clock.advance(100_000)
  expect(polls()).toBe(before)
  manager.close()
})

test('over HTTP alone messages are changed, deleted and reacted to, and what waits is shown and cleared', async () => {
  const { clock, site, network, manager, heard } = setUp(1)
  const told: string[] = []
  manager.on('notification', ({ id }) => told.push(id))
  site.notify('n1')
  network.setSockets(false)
  const chat = manager.open('c1')
  await clock.advance(20_000)
  expect(manager.getSnapshot().transport).toMatchObject({ transport: 'http' })
  const waiting = (): string[] => manager.getSnapshot().notifications.map(({ id }) => id)
  expect(waiting()).toEqual(['n1'])
  const settled = async (action: Promise<unknown>): Promise<void> => {
    await Promise.all([action, clock.advance(2000)])
  }

  chat.send({ content: 'helo' })
  await clock.advance(5000)
  site.send('c1', 'u2', 'other', 'hi')
  await clock.advance(5000)
  const [mine, theirs] = messagesOf(chat)
  await settled(chat.edit(mine?.id ?? '', 'hello'))
  expect(messagesOf(chat)[0]).toMatchObject({ encryptedContent: 'hello', editedAt: expect.any(Number) })
  await settled(chat.react(theirs?.id ?? '', '👍', true))
  expect(messagesOf(chat)[1]?.reactions).toEqual({ '👍': ['u1'] })
  await settled(chat.react(theirs?.id ?? '', '👍', false))
  expect(messagesOf(chat)[1]?.reactions).toEqual({})
  await settled(chat.delete(mine?.id ?? ''))
  expect(messagesOf(chat)[0]).toMatchObject({ encryptedContent: '', deletedAt: expect.any(Number) })
  expect(site.messages('c1').map(({ encryptedContent }) => encryptedContent)).toEqual(['', 'hi'])
  expect(heard).toHaveLength(1)

  // Comes with what happens, and where nothing does, a little later.
  site.notify('n2')
  site.send('c3', 'u3', 'more', 'look')
  await clock.advance(5000)
  expect(waiting()).toEqual(['n1', 'n2'])
  site.notify('n3')
  await clock.advance(61_000)
  expect(waiting()).toEqual(['n1', 'n2', 'n3'])
  expect(told).toEqual(['n2', 'n3'])
  await settled(manager.clearNotification('n2'))
  expect(waiting()).toEqual(['n1', 'n3'])
  await settled(manager.clearNotifications())
  expect([waiting(), site.notifications]).toEqual([[], []])
  await expect(settled(manager.startCall('c1', 'audio'))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  manager.close()
  await clock.advance(120_000)
  expect(clock.pending).toBe(0)
})
