import { createTestCore, personOf, type TestCore } from '@parley/testkit/test-core'
import { describe, expect, test } from 'vitest'

const GRACE_MS = 60_000
const hostId = async (core: TestCore, roomId: string) => (await core.settings(roomId)).hostId

async function openWithGuests(...guests: string[]) {
  const core = createTestCore()
  const roomId = await core.openRoom()
  for (const guest of guests) {
    await core.clock.advance(1_000)
    await core.arrive(guest, roomId)
  }
  core.forget()
  return { core, roomId }
}

describe('a host who is disconnected', () => {
  test('keeps the role when back within the grace', async () => {
    const { core, roomId } = await openWithGuests('bob')
    await core.exit(personOf('ann'), roomId)
    await core.clock.advance(GRACE_MS - 1)
    await core.arrive('ann', roomId)
    await core.clock.advance(GRACE_MS)
    expect(core.eventsOf('role.changed')).toEqual([])
    expect(await core.member(roomId, 'ann')).toMatchObject({ role: 'host' })
  })

  test('passes it to the longest-present participant after the grace, and becomes a moderator', async () => {
    const { core, roomId } = await openWithGuests('bob', 'carl')
    await core.exit(personOf('ann'), roomId)
    await core.clock.advance(GRACE_MS - 1)
    expect(core.eventsOf('role.changed')).toEqual([])
    await core.clock.advance(1)
    expect(core.eventsOf('role.changed')).toMatchObject([
      { userId: 'bob', role: 'host', hostId: 'bob', former: { userId: 'ann', role: 'moderator' }, byId: null },
    ])
    await core.arrive('ann', roomId)
    expect(await core.member(roomId, 'ann')).toMatchObject({ role: 'moderator' })
    expect(await hostId(core, roomId)).toBe('bob')
  })

  test('passes it to a moderator before anybody else', async () => {
    const { core, roomId } = await openWithGuests('bob', 'carl', 'dora')
    for (const userId of ['dora', 'carl']) {
      await core.setRole(personOf('ann'), { conversationId: roomId, userId, role: 'moderator' })
    }
    await core.exit(personOf('ann'), roomId)
    await core.clock.advance(GRACE_MS)
    expect(await hostId(core, roomId)).toBe('carl')
  })

  test('does not pass it to somebody absent', async () => {
    const { core, roomId } = await openWithGuests('bob', 'carl')
    await core.exit(personOf('bob'), roomId)
    await core.exit(personOf('ann'), roomId)
    await core.clock.advance(GRACE_MS)
    expect(await hostId(core, roomId)).toBe('carl')
  })

  test('with nobody else there keeps it until somebody comes after the grace', async () => {
    const { core, roomId } = await openWithGuests()
    await core.exit(personOf('ann'), roomId)
    await core.clock.advance(GRACE_MS)
    expect(await hostId(core, roomId)).toBe('ann')
    await core.arrive('bob', roomId)
    expect(await hostId(core, roomId)).toBe('bob')
  })

  test('is followed by an absent member who comes back after the grace', async () => {
    const { core, roomId } = await openWithGuests('bob')
    await core.exit(personOf('bob'), roomId)
    await core.exit(personOf('ann'), roomId)
    await core.clock.advance(GRACE_MS)
    expect(await hostId(core, roomId)).toBe('ann')
    await core.arrive('bob', roomId)
    expect(await hostId(core, roomId)).toBe('bob')
  })

  test('is host again when nobody took over, even after the seat was lost', async () => {
    const { core, roomId } = await openWithGuests()
    await core.exit(personOf('ann'), roomId)
    await core.clock.advance(600_000)
    expect(await core.member(roomId, 'ann')).toBeUndefined()
    await core.arrive('ann', roomId)
    expect(await core.member(roomId, 'ann')).toMatchObject({ role: 'host' })
    await core.clock.advance(10_000)
    await core.arrive('bob', roomId)
    expect(await hostId(core, roomId)).toBe('ann')
  })

  test('gets past lock, lobby and password of their own room', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ password: 'secret', hasLobby: true })
    await core.lock(personOf('ann'), { conversationId: roomId, isLocked: true })
    await core.exit(personOf('ann'), roomId)
    await core.clock.advance(600_000)
    await expect(core.arrive('ann', roomId)).resolves.toMatchObject({ status: 'entered', self: { role: 'host' } })
  })
})

describe('a host who leaves', () => {
  test('passes the role on at once', async () => {
    const { core, roomId } = await openWithGuests('bob', 'carl')
    await core.leave(personOf('ann'), roomId)
    expect(core.published.map(({ event }) => event)).toMatchObject([
      { type: 'member.left', userId: 'ann', reason: 'left' },
      { type: 'role.changed', userId: 'bob', role: 'host', hostId: 'bob', former: null, byId: null },
    ])
    await core.arrive('ann', roomId)
    expect(await core.member(roomId, 'ann')).toMatchObject({ role: 'speaker' })
  })

  test('an empty room is taken over by whoever comes, but only after the grace', async () => {
    const { core, roomId } = await openWithGuests()
    await core.leave(personOf('ann'), roomId)
    await core.clock.advance(GRACE_MS - 1_000)
    await core.arrive('bob', roomId)
    expect(await hostId(core, roomId)).toBe('ann')
    await core.clock.advance(1_000)
    expect(await hostId(core, roomId)).toBe('bob')
  })

  test('and comes back to an empty room within the grace is host again', async () => {
    const { core, roomId } = await openWithGuests()
    await core.leave(personOf('ann'), roomId)
    await core.arrive('bob', roomId)
    await core.arrive('ann', roomId)
    await core.clock.advance(GRACE_MS * 2)
    expect(await core.member(roomId, 'ann')).toMatchObject({ role: 'host' })
    expect(core.eventsOf('role.changed')).toEqual([])
  })
})

test('a host who has not come yet keeps the role for as long as any seat is kept', async () => {
  const core = createTestCore()
  const { snapshot } = await core.createRoom({
    name: 'Room',
    hostName: 'ann',
    host: 'ann',
    maxParticipants: 10,
    minutes: 60,
    password: null,
    hasLobby: false,
    encrypted: false,
    address: '192.0.2.1',
  })
  const { id } = snapshot.conversation
  await core.arrive('bob', id)
  await core.clock.advance(299_999)
  expect(await hostId(core, id)).toBe('ann')
  await core.clock.advance(1)
  expect(await hostId(core, id)).toBe('bob')
  expect(core.eventsOf('member.left')).toMatchObject([{ userId: 'ann', reason: 'timeout' }])
})

test('a role given to somebody absent passes on when their own grace is over', async () => {
  const { core, roomId } = await openWithGuests('bob')
  await core.exit(personOf('bob'), roomId)
  await core.clock.advance(10_000)
  await core.setRole(personOf('ann'), { conversationId: roomId, userId: 'bob', role: 'host' })
  await core.clock.advance(49_999)
  expect(await hostId(core, roomId)).toBe('bob')
  await core.clock.advance(1)
  expect(await hostId(core, roomId)).toBe('ann')
})
