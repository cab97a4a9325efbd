import { randomUUID } from 'node:crypto'
import type { Message } from '@parley/core'
import { mustSend, SAMPLE_EPOCH, sampleConversation, storeConversation } from '@parley/testkit/contracts'
import { expect, test } from 'vitest'
import { openRooms } from './redis-rooms-fixture.ts'
import { createRoomIndex } from './room-index.ts'

test('what a node held that died on the way is free again by itself', async () => {
  await using rooms = await openRooms('redis-cluster')
  const dying = createRoomIndex(rooms.link, rooms.space, 2000)
  const quotaKey = randomUUID()
  const listed = { id: randomUUID(), quotaKey, userIds: ['ann'], goesAt: Date.now() + 3_600_000 }
  expect(await dying.reserve(listed, 10, 1)).toMatchObject({ status: 'reserved' })
  const create = () => rooms.conversations.create(sampleConversation({ quotaKey }), SAMPLE_EPOCH, [], 1)
  expect(await create()).toBe('quota')
  await expect.poll(create).toBe('created')
  expect(await create()).toBe('quota')
})

test('a room whose id is taken frees what was held for it, and leaves the one that has it listed', async () => {
  await using rooms = await openRooms('redis')
  const taken = await storeConversation(rooms.conversations, { quotaKey: 'one' })
  const again = sampleConversation({ id: taken.id, quotaKey: 'two' })
  for (let n = 0; n < 3; n += 1) {
    expect(await rooms.conversations.create(again, SAMPLE_EPOCH, [], 1)).toBe('exists')
  }
  expect(await rooms.conversations.count()).toEqual({ conversations: 1, members: 2 })
  expect(await rooms.conversations.create(sampleConversation({ quotaKey: 'two' }), SAMPLE_EPOCH, [], 1)).toBe('created')
  expect(await rooms.conversations.create(sampleConversation({ quotaKey: 'one' }), SAMPLE_EPOCH, [], 1)).toBe('quota')
})

test('a quota holds against two nodes at once', async () => {
  await using one = await openRooms('redis-cluster')
  await using two = await openRooms('redis-cluster', { space: one.space })
  const quotaKey = randomUUID()
  const created = await Promise.all(
    Array.from({ length: 24 }, (_, n) =>
      (n % 2 === 0 ? one : two).conversations.create(sampleConversation({ quotaKey }), SAMPLE_EPOCH, [], 7),
    ),
  )
  expect(created.filter((status) => status === 'created')).toHaveLength(7)
})

test('large messages are kept for less long than small ones, the newest always, and edits like sends', async () => {
  const KIB = 1024
  const large = 'x'.repeat(32 * KIB)
  await using rooms = await openRooms('redis', { bounds: { maxBytes: 100 * KIB } })
  const { conversations, messages } = rooms
  const { id } = await storeConversation(conversations)
  const sent: Message[] = []
  for (let n = 0; n < 10; n += 1)
    sent.push(await mustSend(conversations, id, { content: `${n}${large}`, clientId: `c${n}` }))
  const kept = async () => (await messages.page(id, { limit: 100 })).messages.map(({ content }) => content[0])
  expect(await kept()).toEqual(['7', '8', '9'])
  expect(await messages.findByClientId(id, 'ann', 'c0')).toBeNull()
  expect(await messages.findByClientId(id, null, 'c0')).toBeNull()
  expect(await conversations.changesSince(id, { epoch: SAMPLE_EPOCH, rev: 0 })).toBeNull()
  expect(await conversations.changesSince(id, { epoch: SAMPLE_EPOCH, rev: 7 })).toHaveLength(3)
  const messageId = sent[9]?.id ?? ''
  for (let n = 0; n < 10; n += 1) {
    await conversations.append(id, { type: 'edit', messageId, content: `${n}${large}`, at: 1 })
  }
  expect(await conversations.changesSince(id, { epoch: SAMPLE_EPOCH, rev: 16 })).toBeNull()
  const last = await conversations.changesSince(id, { epoch: SAMPLE_EPOCH, rev: 18 })
  expect(last?.map((event) => 'message' in event && event.message.content[0])).toEqual(['8', '9'])
  await mustSend(conversations, id, { content: `a${large.repeat(10)}` })
  expect(await kept()).toEqual(['a'])
})
