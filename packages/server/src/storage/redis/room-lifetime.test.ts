import {
  join,
  loadState,
  mustAppend,
  mustSend,
  SAMPLE_TIME,
  sampleMember,
  samplePeople,
  storeConversation,
} from '@parley/testkit/contracts'
import { sharedServerUrl } from '@parley/testkit/services'
import { Cluster, type Redis } from 'ioredis'
import { beforeAll, describe, expect, test } from 'vitest'
import { type OpenRedisRooms, openRooms, type RedisKind } from './redis-rooms-fixture.ts'

const HOUR_MS = 3_600_000
const GRACE_MS = 60_000

/** Every key whose name matches, on every server, with when it goes by itself. */
async function findKeys({ link }: OpenRedisRooms, pattern: string): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  await link.ask(async (redis) => {
    const servers: Redis[] = redis instanceof Cluster ? redis.nodes('master') : [redis]
    for (const server of servers) {
      for await (const names of server.scanStream({ match: pattern, count: 1000 })) {
        for (const name of names as string[]) found.set(name, await server.pexpiretime(name))
      }
    }
  })
  return found
}

const ofRoom = (rooms: OpenRedisRooms, id: string) => findKeys(rooms, `*room:${id}*`)
const ofLists = (rooms: OpenRedisRooms) => findKeys(rooms, `*${rooms.space}*`)

/** A room in which everything has happened that may bring a key about. */
async function storeBusyRoom(rooms: OpenRedisRooms, expiresAt: number) {
  const { conversations, receipts } = rooms
  const conversation = await storeConversation(conversations, { expiresAt, passwordHash: '$argon2id$secret' })
  const { id } = conversation
  await join(conversations, id, sampleMember('carl'))
  const sent = await mustSend(conversations, id, { clientId: 'c1' })
  await mustAppend(conversations, id, { type: 'edit', messageId: sent.id, content: 'edited', at: SAMPLE_TIME })
  const reaction = { messageId: sent.id, userId: 'bob', emoji: '👍', on: true, at: SAMPLE_TIME } as const
  await mustAppend(conversations, id, { type: 'react', ...reaction })
  await receipts.advance(id, 'bob', { read: 2 }, SAMPLE_TIME)
  return conversation
}

/** One whose last keys go soon, and how many there were before: one that went while it was looked at was too short. */
async function storeRoomThatEnds(rooms: OpenRedisRooms) {
  for (let lifeMs = 1_500; ; lifeMs *= 2) {
    const goesAt = Date.now() + lifeMs
    const { id } = await storeBusyRoom(rooms, goesAt - GRACE_MS)
    const [keys, lists] = [(await ofRoom(rooms, id)).size, (await ofLists(rooms)).size]
    if (Date.now() < goesAt) return { id, keys, lists }
  }
}

describe.each(['redis', 'redis-cluster'] satisfies RedisKind[])('the life of rooms in %s', (kind) => {
  beforeAll(() => sharedServerUrl(kind))

  test('every key of a room goes a minute after its end, from the first moment on, also when the end is moved', async () => {
    await using rooms = await openRooms(kind)
    const empty = await storeConversation(rooms.conversations)
    const until = SAMPLE_TIME + HOUR_MS + GRACE_MS
    const names = [...(await ofRoom(rooms, empty.id)).keys()].map((name) => name.replaceAll(empty.id, 'ID'))
    expect(names.sort()).toEqual([
      'room:ID',
      '{room:ID}:changes',
      '{room:ID}:clients',
      '{room:ID}:cursors',
      '{room:ID}:head',
      '{room:ID}:messages',
      '{room:ID}:names',
      '{room:ID}:order',
    ])
    expect(new Set((await ofRoom(rooms, empty.id)).values())).toEqual(new Set([until]))

    const { id } = await storeBusyRoom(rooms, SAMPLE_TIME + HOUR_MS)
    expect((await ofRoom(rooms, id)).size).toBe(names.length)
    expect(new Set((await ofRoom(rooms, id)).values())).toEqual(new Set([until]))
    const { version } = await loadState(rooms.conversations, id)
    const expiresAt = SAMPLE_TIME + 2 * HOUR_MS
    await rooms.conversations.appendState(id, { ifVersion: version, conversation: { expiresAt }, events: [] })
    expect(new Set((await ofRoom(rooms, id)).values())).toEqual(new Set([expiresAt + GRACE_MS]))
    // Of the rooms, the places, the quotas and of each of the people: as long as the last of their rooms.
    const lists = await ofLists(rooms)
    expect([...lists.keys()].length).toBeGreaterThan(6)
    for (const [name, goesAt] of lists)
      expect([name, [until, expiresAt + GRACE_MS].includes(goesAt)]).toEqual([name, true])
  })

  test('when its time is up nothing is left of it, nor in any list', async () => {
    await using rooms = await openRooms(kind)
    const { id, keys, lists } = await storeRoomThatEnds(rooms)
    expect([keys, lists]).toEqual([8, 7])
    await expect.poll(() => ofRoom(rooms, id)).toEqual(new Map())
    await expect.poll(() => ofLists(rooms), { timeout: 40_000 }).toEqual(new Map())
    expect(await rooms.conversations.load(id)).toBeNull()
    expect(await rooms.conversations.count()).toEqual({ conversations: 0, members: 0 })
  })

  test('a deleted one leaves nothing either, and one that ended leaves the lists with the next one', async () => {
    await using rooms = await openRooms(kind)
    const [ann] = samplePeople('ann')
    const { id } = await storeBusyRoom(rooms, SAMPLE_TIME + HOUR_MS)
    await rooms.conversations.delete(id)
    expect(await ofRoom(rooms, id)).toEqual(new Map())
    expect(await ofLists(rooms)).toEqual(new Map())

    const lasting = await storeConversation(rooms.conversations, { quotaKey: 'one' })
    const short = await storeConversation(rooms.conversations, {
      quotaKey: 'one',
      expiresAt: Date.now() - GRACE_MS + 500,
    })
    await expect.poll(() => rooms.conversations.load(short.id)).toBeNull()
    await expect.poll(async () => (await rooms.conversations.count()).conversations).toBe(1)
    expect([...(await rooms.users.everIn('ann'))]).toEqual([lasting.id])
    const next = await storeConversation(rooms.conversations, { quotaKey: 'one', hostId: ann })
    const listed = await rooms.conversations.listRooms(10, null)
    expect(listed.rooms.map(({ conversation }) => conversation.id).sort()).toEqual([lasting.id, next.id].sort())
  })

  test('its state is there to read, without the password', async () => {
    await using rooms = await openRooms(kind)
    const { id, name } = await storeBusyRoom(rooms, SAMPLE_TIME + HOUR_MS)
    const text = (await rooms.link.ask((redis) => redis.get(`room:${id}`))) ?? ''
    expect(JSON.parse(text)).toMatchObject({
      id,
      name,
      hasPassword: true,
      members: [{ userId: 'ann', role: 'host' }, { userId: 'bob' }, { userId: 'carl' }],
    })
    expect(text).not.toContain('argon2')
  })

  test('what somebody else has written in its place is refused in words', async () => {
    await using rooms = await openRooms(kind)
    const { id } = await storeBusyRoom(rooms, SAMPLE_TIME + HOUR_MS)
    await rooms.link.ask((redis) => redis.set(`room:${id}`, '{"id":1}', 'KEEPTTL'))
    await using another = await openRooms(kind)
    await expect(another.conversations.load(id)).rejects.toThrow(`what Redis keeps of room ${id} can't be read`)
  })
})

test('in a Cluster all of a room is in one slot', async () => {
  await using rooms = await openRooms('redis-cluster')
  const { id } = await storeBusyRoom(rooms, SAMPLE_TIME + HOUR_MS)
  const names = [...(await ofRoom(rooms, id)).keys()]
  const slots = await Promise.all(names.map((name) => rooms.link.ask((redis) => redis.cluster('KEYSLOT', name))))
  expect(slots).toHaveLength(8)
  expect(new Set(slots).size).toBe(1)
})
