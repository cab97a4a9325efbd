import { createTestCore, personOf } from '@parley/testkit/test-core'
import { describe, expect, test } from 'vitest'
import { NO_VOICE } from '../voice/voice.ts'

const refusal = (code: string) => expect.objectContaining({ code })
const problem = (path: string) =>
  expect.objectContaining({
    code: 'VALIDATION_FAILED',
    details: { errors: [expect.objectContaining({ path })] },
  })

describe('opening a room', () => {
  test('its maker is the host, with a seat but not yet there', async () => {
    const core = createTestCore()
    const { self, snapshot } = await core.createRoom({
      name: '  Team\tmeeting ',
      hostName: 'Ann',
      host: null,
      maxParticipants: 5,
      minutes: 30,
      password: null,
      hasLobby: true,
      encrypted: false,
      address: '192.0.2.1',
    })
    expect(self).toMatchObject({ name: 'Ann', role: 'host', absentSince: core.clock.now() })
    expect(snapshot.conversation).toMatchObject({
      name: 'Team meeting',
      hostId: self.userId,
      expiresAt: core.clock.now() + 30 * 60_000,
      expiresAtMost: core.clock.now() + 240 * 60_000,
      hasPassword: false,
      hasLobby: true,
    })
    expect(snapshot.members).toEqual([{ member: self, online: false, status: 'offline', voice: NO_VOICE }])
    expect(snapshot.position.rev).toBe(0)
    expect(await core.count()).toEqual({ conversations: 1, members: 1 })
  })

  test.each([
    ['a name is needed', { name: ' ' }, 'name'],
    ['the host needs a name', { hostName: 'x' }, 'hostName'],
    ['only the lengths on offer', { minutes: 45 }, 'duration'],
    ['two people at least', { maxParticipants: 1 }, 'maxParticipants'],
    ['not more people than allowed', { maxParticipants: 101 }, 'maxParticipants'],
    ['whole people', { maxParticipants: 2.5 }, 'maxParticipants'],
  ])('%s', async (_rule, input, path) => {
    await expect(createTestCore().openRoom(input)).rejects.toEqual(problem(path))
  })

  test('limits are the deployment’s to say', async () => {
    const core = createTestCore({ roomDurationsMinutes: [7], roomMaxParticipants: 500 })
    await expect(core.openRoom({ minutes: 7, maxParticipants: 500 })).resolves.toBeDefined()
    await expect(core.openRoom({ minutes: 15 })).rejects.toEqual(problem('duration'))
  })

  test('one address has only so many open rooms, and a new one when one has ended', async () => {
    const core = createTestCore({ roomsPerAddress: 2 })
    await core.openRoom({ minutes: 15 })
    await core.openRoom()
    await expect(core.openRoom()).rejects.toEqual(refusal('RATE_LIMITED'))
    await expect(core.openRoom({ address: '192.0.2.9' })).resolves.toBeDefined()
    await core.clock.advance(15 * 60_000)
    await expect(core.openRoom()).resolves.toBeDefined()
  })
})

describe('asking for a seat', () => {
  test('a new guest gets an id and a seat, which the others see taken; they have not joined yet', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    const joined = await core.ask(roomId, { name: ' Bob ' })
    expect(joined).toMatchObject({ status: 'joined', self: { name: 'Bob', role: 'speaker' } })
    expect(core.eventsOf('member.joined')).toHaveLength(1)
    expect(core.eventsOf('seat.taken')).toMatchObject([{ userId: joined.status === 'joined' && joined.self.userId }])
    expect(core.eventsOf('presence.changed').filter(({ online }) => !online)).toEqual([])
  })

  test('the room id may be typed in any way', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    const typed = `${roomId.slice(0, 4)}-${roomId.slice(4, 8)}-${roomId.slice(8)}`.replaceAll('0', 'O')
    await expect(core.ask(typed)).resolves.toMatchObject({ status: 'joined' })
    await expect(core.preview(typed, '192.0.2.2')).resolves.toMatchObject({ participants: 2 })
  })

  test.each(['ANN', ' Ａnn', 'a\u200Bnn'])('%j is taken by ann', async (name) => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    await expect(core.ask(roomId, { name })).rejects.toEqual(refusal('NAME_TAKEN'))
  })

  test('a member who asks again keeps seat and name', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    core.forget()
    const joined = await core.ask(roomId, { name: 'Bob', caller: personOf('bob') })
    const again = await core.ask(roomId, { name: 'Robert', caller: personOf('bob') })
    expect(again).toEqual(joined)
    await core.arrive('bob', roomId)
    expect(core.eventsOf('member.joined')).toMatchObject([{ member: { name: 'Bob' } }])
  })

  test('a bad name is named as the input names it', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    await expect(core.ask(roomId, { name: 'x' })).rejects.toEqual(problem('participantName'))
  })

  test('a full room refuses', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ maxParticipants: 2 })
    await core.ask(roomId)
    await expect(core.ask(roomId, { name: 'late' })).rejects.toEqual(refusal('ROOM_FULL'))
  })

  test('a full room gives away the seat of whoever is absent the longest, after the grace', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ maxParticipants: 3 })
    await core.ask(roomId, { name: 'first', caller: personOf('first') })
    await core.clock.advance(1_000)
    await core.ask(roomId, { name: 'second', caller: personOf('second') })
    await core.clock.advance(58_999)
    await expect(core.ask(roomId, { name: 'late' })).rejects.toEqual(refusal('ROOM_FULL'))
    await core.clock.advance(1)
    await expect(core.ask(roomId, { name: 'late' })).resolves.toMatchObject({ status: 'joined' })
    expect(core.eventsOf('member.left')).toMatchObject([{ userId: 'first', reason: 'timeout' }])
    await expect(core.ask(roomId, { name: 'later' })).rejects.toEqual(refusal('ROOM_FULL'))
  })

  test('the host’s seat is not given away', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ maxParticipants: 2 })
    await core.arrive('bob', roomId)
    await core.exit(personOf('ann'), roomId)
    await core.clock.advance(59_999)
    await expect(core.ask(roomId)).rejects.toEqual(refusal('ROOM_FULL'))
  })
})

describe('a password', () => {
  test('is not guessed more often by asking for all at once', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ password: 'secret' })
    const ask = (n: number, address: string) => core.ask(roomId, { name: `eve-${n}`, password: `${n}`, address })
    const codes = async (tries: Promise<unknown>[]): Promise<unknown[]> =>
      (await Promise.allSettled(tries)).map((one) => (one.status === 'rejected' ? one.reason.code : null))
    const fromOne = await codes(Array.from({ length: 8 }, (_, n) => ask(n, '192.0.2.66')))
    expect(fromOne).toEqual([...Array(5).fill('WRONG_PASSWORD'), ...Array(3).fill('RATE_LIMITED')])
    const fromMany = await codes(Array.from({ length: 30 }, (_, n) => ask(n, `198.51.100.${n}`)))
    expect(fromMany.filter((code) => code === 'WRONG_PASSWORD')).toHaveLength(25)
  })

  test('lets in who knows it, however its letters are composed', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ password: 'caf\u00e9' })
    expect((await core.settings(roomId)).passwordHash).toMatch(/^\$argon2id\$/)
    await expect(core.ask(roomId, { password: 'cafe' })).rejects.toEqual(refusal('WRONG_PASSWORD'))
    await expect(core.ask(roomId)).rejects.toEqual(refusal('WRONG_PASSWORD'))
    await expect(core.ask(roomId, { password: 'cafe\u0301' })).resolves.toMatchObject({ status: 'joined' })
  })

  test('is not asked of somebody whose token is for the room', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ password: 'secret' })
    await expect(core.ask(roomId, { caller: personOf('bob', '1', roomId) })).resolves.toMatchObject({
      status: 'joined',
    })
    await expect(core.ask(roomId, { name: 'carl', caller: personOf('carl', '1', 'elsewhere') })).rejects.toEqual(
      refusal('WRONG_PASSWORD'),
    )
  })

  test('that was given once need not be given again, even when the room is locked', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ password: 'secret' })
    await core.ask(roomId, { name: 'bob', caller: personOf('bob'), password: 'secret' })
    await core.leave(personOf('bob'), roomId)
    await core.lock(personOf('ann'), { conversationId: roomId, isLocked: true })
    await expect(core.arrive('bob', roomId)).resolves.toMatchObject({ status: 'entered' })
  })

  test('cannot be guessed at: five tries by address, then nothing is hashed any more', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ password: 'secret' })
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await expect(core.ask(roomId, { password: `wrong${attempt}` })).rejects.toEqual(refusal('WRONG_PASSWORD'))
    }
    await expect(core.ask(roomId, { password: 'secret' })).rejects.toEqual(
      expect.objectContaining({ code: 'RATE_LIMITED', details: { retryAfterMs: 900_000 } }),
    )
    await expect(core.ask(roomId, { password: 'secret', address: '192.0.2.77' })).resolves.toMatchObject({
      status: 'joined',
    })
    await core.clock.advance(900_000)
    await expect(core.ask(roomId, { name: 'other', password: 'secret' })).resolves.toMatchObject({ status: 'joined' })
  })

  test('cannot be guessed at from many addresses: thirty tries by room', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ password: 'secret' })
    await expect(core.ask(roomId, { password: 'wrong' })).rejects.toEqual(refusal('WRONG_PASSWORD'))
    expect(await core.ports.limiter.peek('passwordPerRoom', roomId)).toMatchObject({ remaining: 29 })
    await core.ports.limiter.take('passwordPerRoom', roomId, 29)
    await expect(core.ask(roomId, { password: 'secret' })).rejects.toEqual(refusal('RATE_LIMITED'))
  })
})

describe('a room that is not there', () => {
  test('is not found, and looking for such rooms is throttled by address, for every way to look', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    for (let guess = 0; guess < 20; guess += 1) {
      await expect(core.preview('zzzzzzzzzzzz', '192.0.2.2')).rejects.toEqual(refusal('CONVERSATION_NOT_FOUND'))
    }
    await expect(core.preview(roomId, '192.0.2.2')).rejects.toEqual(refusal('RATE_LIMITED'))
    await expect(core.ask(roomId)).rejects.toEqual(refusal('RATE_LIMITED'))
    await expect(core.arrive('bob', roomId)).rejects.toEqual(refusal('RATE_LIMITED'))
    await expect(core.preview(roomId, '192.0.2.3')).resolves.toMatchObject({ participants: 1 })
  })

  test('is no guess of those who have a token for it: a crowd from one address may come back and miss', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    for (let i = 0; i < 50; i += 1) {
      const caller = personOf(`user-${i}`, '1', 'zzzzzzzzzzzz')
      const input = { conversationId: 'zzzz-zzzz-zzzz', name: null, since: null, address: '192.0.2.2' }
      await expect(core.enter(caller, input)).rejects.toEqual(refusal('CONVERSATION_NOT_FOUND'))
    }
    await expect(core.arrive('bob', roomId)).resolves.toMatchObject({ status: 'entered' })
  })
})
