import { randomInt } from 'node:crypto'
import { areOfOneConversation, DomainError, type Message } from '@parley/core'
import {
  createRandom,
  loadState,
  mustSend,
  SAMPLE_EPOCH,
  sampleConversation,
  sampleMember,
  sampleMessage,
  storeConversation,
} from '@parley/testkit/contracts'
import { startRedis, startRedisCluster, startWatchedRedis } from '@parley/testkit/services'
import { expect, test } from 'vitest'
import { type OpenRedisRooms, openRoomsAt } from './redis-rooms-fixture.ts'

const CLIENTS = 6

/** Sends under one client id until it is said to be stored. */
async function sendUntilStored(
  { conversations }: OpenRedisRooms,
  id: string,
  senderId: string,
  clientId: string,
): Promise<Message> {
  for (;;) {
    try {
      const message = sampleMessage(id, { senderId, clientId, content: clientId })
      const appended = await conversations.append(id, { type: 'send', message })
      if (appended.status === 'appended' || appended.status === 'duplicate') return appended.message
      throw new Error(`not stored: ${appended.status}`)
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'UNAVAILABLE') throw error
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}

async function allMessages({ messages }: OpenRedisRooms, id: string): Promise<Message[]> {
  const all: Message[] = []
  for (let after = 0, hasMore = true; hasMore; after = all.at(-1)?.seq ?? 0) {
    const page = await messages.page(id, { after, limit: 100 })
    all.push(...page.messages)
    hasMore = page.hasMore
  }
  return all
}

const byPlace = (messages: readonly Message[]) => messages.toSorted((one, other) => one.seq - other.seq)

const seed = randomInt(2 ** 31)

test(`killed while people write, it has each acknowledged message once, where it was said to be (seed ${seed})`, async () => {
  const random = createRandom(seed)
  await using server = await startRedis()
  await using one = await openRoomsAt(server.url)
  await using two = await openRoomsAt(server.url)
  const { id } = await storeConversation(one.conversations)
  const acknowledged: Message[] = []
  let isOver = false
  let sent = 0
  const write = async (client: number): Promise<void> => {
    for (let n = 0; !isOver; n += 1) {
      const clientId = `${client}-${n}`
      sent += 1
      acknowledged.push(
        await sendUntilStored(client % 2 === 0 ? one : two, id, client % 3 === 0 ? 'ann' : 'bob', clientId),
      )
    }
  }
  const writing = Promise.all(Array.from({ length: CLIENTS }, (_, client) => write(client)))
  for (let kill = 0; kill < 3; kill += 1) {
    const enough = acknowledged.length + 50 + random.integer(200)
    await expect.poll(() => acknowledged.length, { interval: 1 }).toBeGreaterThan(enough)
    await server.kill()
    await server.start()
  }
  isOver = true
  await writing

  const kept = await allMessages(one, id)
  expect(kept).toHaveLength(sent)
  expect(kept).toEqual(byPlace(acknowledged))
  const { epoch, rev } = await loadState(two.conversations, id)
  expect({ epoch, rev }).toEqual({ epoch: SAMPLE_EPOCH, rev: kept.length })
  const told = await two.conversations.changesSince(id, { epoch, rev: rev - 100 })
  expect(told?.map((event) => 'message' in event && event.message)).toEqual(kept.slice(-100))
})

test('answers that are lost double nothing', async () => {
  await using server = await startRedis({ isDurable: false })
  await using rooms = await openRoomsAt(server.url)
  await using another = await openRoomsAt(server.url)
  const { id } = await storeConversation(rooms.conversations)
  const refused: unknown[] = []
  const acknowledged: Message[] = []
  for (let round = 0; round < 3; round += 1) {
    await expect.poll(rooms.link.isUp).toBe(true)
    const sends = Array.from({ length: 300 }, async (_, n) => {
      const clientId = `${round}-${n}`
      const message = sampleMessage(id, { clientId, content: clientId })
      await rooms.conversations.append(id, { type: 'send', message }).catch((error: unknown) => refused.push(error))
      return sendUntilStored(rooms, id, 'ann', clientId)
    })
    // In the middle of them: some are stored and nobody is told.
    await another.link.ask((redis) => redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'))
    acknowledged.push(...(await Promise.all(sends)))
  }
  expect(refused.length).toBeGreaterThan(0)
  expect(refused).toEqual(refused.map(() => expect.objectContaining({ code: 'UNAVAILABLE' })))
  const kept = await allMessages(rooms, id)
  expect(kept).toHaveLength(900)
  expect(kept).toEqual(byPlace(acknowledged))
})

test('one that forgets everything is never taken for what was before', async () => {
  await using server = await startRedis({ isDurable: false })
  await using rooms = await openRoomsAt(server.url)
  const { conversations, messages } = rooms
  const conversation = sampleConversation()
  const members = [sampleMember('ann'), sampleMember('bob')]
  await conversations.create(conversation, SAMPLE_EPOCH, members, 10)
  const { id } = conversation
  for (let n = 0; n < 5; n += 1) await mustSend(conversations, id)
  const before = await loadState(conversations, id)
  await server.kill()
  await server.start()
  await expect.poll(rooms.link.isUp).toBe(true)

  const since = { epoch: before.epoch, rev: 3 }
  expect(await conversations.load(id)).toBeNull()
  expect(await conversations.append(id, { type: 'send', message: sampleMessage(id) })).toEqual({ status: 'gone' })
  expect(await conversations.appendState(id, { ifVersion: before.version, events: [] })).toEqual({ status: 'gone' })
  expect(await conversations.changesSince(id, since)).toBeNull()
  expect(await messages.page(id, { limit: 10 })).toEqual({ messages: [], hasMore: false })
  // Another room may come to have its id. Nobody goes on there.
  await conversations.create(conversation, 'epoch-2', members, 10)
  for (let n = 0; n < 5; n += 1) await mustSend(conversations, id)
  expect(await conversations.changesSince(id, since)).toBeNull()
  expect(await conversations.appendState(id, { ifVersion: 0, conversation: { name: 'x' }, events: [] })).toMatchObject({
    status: 'appended',
    state: { epoch: 'epoch-2' },
  })
})

test('one that is back as it was a while ago goes on under a later epoch', async () => {
  await using server = await startRedis({ isDurable: false, settings: { dbfilename: 'snapshot.rdb' } })
  await using rooms = await openRoomsAt(server.url)
  const { conversations } = rooms
  const { id } = await storeConversation(conversations)
  for (let n = 0; n < 5; n += 1) await mustSend(conversations, id)
  await rooms.link.ask((redis) => redis.save())
  for (let n = 0; n < 5; n += 1) await mustSend(conversations, id, { content: 'is lost' })
  await server.kill()
  await server.start()
  await expect.poll(rooms.link.isUp).toBe(true)
  expect(await loadState(conversations, id)).toMatchObject({ epoch: SAMPLE_EPOCH, rev: 5 })

  // Of many at once, each is told under the new epoch.
  const sends = Array.from({ length: 10 }, () => sampleMessage(id, { content: 'new' }))
  const appended = await Promise.all(sends.map((message) => conversations.append(id, { type: 'send', message })))
  const { epoch, rev, version } = await loadState(conversations, id)
  expect(rev).toBe(15)
  expect(epoch).not.toBe(SAMPLE_EPOCH)
  expect(areOfOneConversation(epoch, SAMPLE_EPOCH)).toBe(true)
  expect(appended).toEqual(appended.map(() => expect.objectContaining({ status: 'appended', epoch })))
  for (let since = 0; since <= 15; since += 1) {
    expect(await conversations.changesSince(id, { epoch: SAMPLE_EPOCH, rev: since })).toBeNull()
  }
  expect(await conversations.changesSince(id, { epoch, rev: 5 })).toHaveLength(10)
  expect(await conversations.changesSince(id, { epoch, rev: 4 })).toBeNull()
  const write = { ifVersion: version, conversation: { isLocked: true }, events: [] }
  expect(await conversations.appendState(id, write)).toMatchObject({ status: 'appended', state: { epoch } })
})

test('behind Sentinels one that was started again may have taken over before that: it goes on under a later epoch', async () => {
  await using watched = await startWatchedRedis()
  await using rooms = await openRoomsAt(watched.url)
  const { conversations } = rooms
  const { id } = await storeConversation(conversations)
  await mustSend(conversations, id)
  const [master] = watched.servers
  await master.kill()
  await master.start()
  await expectLaterEpoch(rooms, id)
})

test('so does one of a Cluster', async () => {
  await using cluster = await startRedisCluster()
  await using rooms = await openRoomsAt(cluster.url)
  const { conversations } = rooms
  const { id } = await storeConversation(conversations)
  await mustSend(conversations, id)
  await Promise.all(cluster.servers.map((server) => server.kill()))
  await Promise.all(cluster.servers.map((server) => server.start()))
  await expectLaterEpoch(rooms, id)
})

/** Nothing is given a second place, and it is one that nobody takes for what it was before. */
async function expectLaterEpoch(rooms: Awaited<ReturnType<typeof openRoomsAt>>, id: string): Promise<void> {
  const { seq } = await sendUntilStored(rooms, id, 'ann', 'again')
  const { epoch } = await loadState(rooms.conversations, id)
  expect({ seq, isLater: epoch !== SAMPLE_EPOCH && areOfOneConversation(epoch, SAMPLE_EPOCH) }).toEqual({
    seq: 2,
    isLater: true,
  })
}

test('when it is out of memory nothing is stored, what is there can be read, and deleting makes room', async () => {
  await using server = await startRedis({ isDurable: false, settings: { maxmemory: '4mb' } })
  await using rooms = await openRoomsAt(server.url)
  const { conversations, messages } = rooms
  const [room, other] = [await storeConversation(conversations), await storeConversation(conversations)]
  const content = 'x'.repeat(4_000)
  const fill = async (): Promise<never> => {
    for (;;) await mustSend(conversations, other.id, { content })
  }
  const outOfMemory = expect.objectContaining({ code: 'UNAVAILABLE' })
  await expect(fill()).rejects.toEqual(outOfMemory)
  const before = await loadState(conversations, other.id)
  const { version } = await loadState(conversations, room.id)
  await expect(mustSend(conversations, other.id, { content })).rejects.toEqual(outOfMemory)
  const write = { ifVersion: version, conversation: { isLocked: true }, events: [] }
  await expect(conversations.appendState(room.id, write)).rejects.toEqual(outOfMemory)
  await expect(storeConversation(conversations)).rejects.toEqual(outOfMemory)
  expect(await loadState(conversations, other.id)).toEqual(before)
  expect(await loadState(conversations, room.id)).toMatchObject({ version, conversation: { isLocked: false } })
  expect((await messages.page(other.id, { limit: 1 })).messages[0]?.seq).toBe(before.rev)
  await conversations.delete(other.id)
  // It gives the memory back in its own time.
  await expect.poll(() => mustSend(conversations, room.id, { content })).toMatchObject({ seq: 1 })
})
