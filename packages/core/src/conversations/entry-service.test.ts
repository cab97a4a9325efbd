import { createTestCore, personOf } from '@parley/testkit/test-core'
import { describe, expect, test } from 'vitest'

const refusal = (code: string) => expect.objectContaining({ code })

describe('coming in', () => {
  test('somebody new joins and sees who and what is there', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    await core.say('ann', roomId, 'hello')
    const entered = await core.arrive('bob', roomId)
    expect(entered).toMatchObject({
      status: 'entered',
      self: { userId: 'bob', role: 'speaker', absentSince: null },
      recovered: false,
      missed: [],
      snapshot: {
        messages: [{ content: 'hello', seq: 2 }],
        members: [
          { member: { userId: 'ann' }, online: true },
          { member: { userId: 'bob' }, online: true },
        ],
        position: { rev: 3 },
      },
    })
  })

  test('a snapshot holds the latest 50 messages, ascending, and never the password', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ password: 'secret' })
    for (let i = 1; i <= 60; i += 1) await core.say('ann', roomId, `${i}`)
    const entered = await core.arrive('ann', roomId, '2')
    if (entered.status !== 'entered') throw new Error('expected to be in')
    expect(entered.snapshot.messages.map((message) => message.content)).toEqual(
      Array.from({ length: 50 }, (_, i) => `${i + 11}`),
    )
    expect(JSON.stringify(entered)).not.toContain('argon2')
  })

  test('whoever took a seat before has joined when they come in, and not again when they come back', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    await core.ask(roomId, { name: 'Bob', caller: personOf('bob') })
    core.forget()
    await expect(core.arrive('bob', roomId)).resolves.toMatchObject({ self: { name: 'Bob' } })
    expect(core.published.map(({ event }) => event)).toMatchObject([
      { type: 'member.joined', member: { userId: 'bob', absentSince: null, hasEntered: true } },
      { type: 'presence.changed', userId: 'bob', online: true },
    ])
    await core.exit(personOf('bob'), roomId)
    core.forget()
    await core.arrive('bob', roomId)
    expect(core.eventsOf('member.joined')).toEqual([])
  })

  test('whoever comes back sees how far everybody has got', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    await core.arrive('bob', roomId)
    const { message } = await core.say('ann', roomId, 'hello')
    await core.markRead(personOf('bob'), { conversationId: roomId, messageId: message.id })
    const entered = await core.arrive('ann', roomId, '2')
    if (entered.status !== 'entered') throw new Error('expected to be in')
    expect(Object.fromEntries(entered.cursors)).toMatchObject({
      ann: { read: 0 },
      bob: { delivered: message.seq, read: message.seq },
    })
  })

  test('many at once all come in', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ maxParticipants: 100 })
    core.forget()
    await Promise.all(Array.from({ length: 64 }, (_, i) => core.arrive(`user-${i}`, roomId)))
    expect(core.eventsOf('member.joined').map((event) => event.rev)).toEqual(
      Array.from({ length: 64 }, (_, i) => i + 2),
    )
  })

  test('never more than there are seats, however many come at once', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ maxParticipants: 10 })
    const arrivals = await Promise.allSettled(Array.from({ length: 30 }, (_, i) => core.arrive(`user-${i}`, roomId)))
    expect(arrivals.filter((arrival) => arrival.status === 'fulfilled')).toHaveLength(9)
    expect(await core.count()).toEqual({ conversations: 1, members: 10 })
  })

  test('a password room lets in who has a token for it', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ password: 'secret' })
    const input = { conversationId: roomId, name: 'Bob', since: null, address: '192.0.2.2' }
    await expect(core.enter(personOf('bob'), input)).rejects.toEqual(refusal('WRONG_PASSWORD'))
    await expect(core.enter(personOf('bob', '1', roomId), input)).resolves.toMatchObject({ self: { name: 'Bob' } })
  })

  test('whoever was refused does not count as present', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ maxParticipants: 2 })
    await core.arrive('bob', roomId)
    await expect(core.arrive('carl', roomId)).rejects.toEqual(refusal('ROOM_FULL'))
    expect(await core.ports.presence.online(roomId, core.clock.now())).toEqual(new Set(['ann', 'bob']))
  })
})

describe('moving to another node', () => {
  const MOVE_MS = 10_000

  test('is seen by nobody when they are there in time', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    await core.arrive('bob', roomId, '1')
    core.forget()
    await core.exit(personOf('bob', '1'), roomId, 'moves')
    await core.clock.advance(MOVE_MS - 1)
    await core.arrive('bob', roomId, '2')
    await core.clock.advance(2 * MOVE_MS)
    expect(await core.ports.presence.expire(core.clock.now())).toEqual([])
    expect(core.published).toEqual([])
    expect(await core.member(roomId, 'bob')).toMatchObject({ absentSince: null })
    await core.exit(personOf('bob', '2'), roomId)
    expect(core.eventsOf('presence.changed')).toMatchObject([{ userId: 'bob', online: false }])
  })

  test('is going when they are not', async () => {
    const core = createTestCore({ presenceLeaseMs: 30_000 })
    const roomId = await core.openRoom()
    await core.arrive('bob', roomId, '1')
    core.forget()
    await core.exit(personOf('bob', '1'), roomId, 'moves')
    await core.clock.advance(MOVE_MS + 15_000)
    expect(core.eventsOf('presence.changed')).toContainEqual(expect.objectContaining({ userId: 'bob', online: false }))
  })
})

describe('going out', () => {
  test('the last session of somebody leaves them absent, with their seat', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    await core.arrive('bob', roomId, '1')
    await core.arrive('bob', roomId, '2')
    core.forget()
    await core.exit(personOf('bob', '1'), roomId)
    expect(core.published).toEqual([])
    await core.exit(personOf('bob', '2'), roomId)
    expect(core.eventsOf('presence.changed')).toMatchObject([{ userId: 'bob', online: false }])
    expect(await core.member(roomId, 'bob')).toMatchObject({ absentSince: core.clock.now() })
    await core.exit(personOf('bob', '2'), roomId)
    expect(core.published).toHaveLength(1)
  })

  test('an absent member loses the seat after five minutes, and no sooner when they were back in between', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    await core.arrive('bob', roomId)
    await core.exit(personOf('bob'), roomId)
    await core.clock.advance(200_000)
    await core.arrive('bob', roomId)
    await core.exit(personOf('bob'), roomId)
    await core.clock.advance(299_999)
    expect(await core.member(roomId, 'bob')).toBeDefined()
    await core.clock.advance(1)
    expect(core.eventsOf('member.left')).toMatchObject([{ userId: 'bob', name: 'bob', reason: 'timeout' }])
    expect(core.reported).toEqual([])
  })

  test('whoever took a seat and never came loses it as well', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    await core.ask(roomId, { name: 'bob', caller: personOf('bob') })
    await core.clock.advance(300_000)
    expect(core.eventsOf('member.left')).toMatchObject([{ userId: 'bob', reason: 'timeout' }])
  })

  test('going out of a room that is gone is harmless', async () => {
    const core = createTestCore()
    await expect(core.exit(personOf('bob'), 'nowhere')).resolves.toBeUndefined()
  })

  test('a session coming in while another one goes out leaves them present', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    await core.arrive('bob', roomId, 'old')
    await Promise.all([core.exit(personOf('bob', 'old'), roomId), core.arrive('bob', roomId, 'new')])
    expect(await core.member(roomId, 'bob')).toMatchObject({ absentSince: null })
    await Promise.all([core.arrive('bob', roomId, 'third'), core.exit(personOf('bob', 'new'), roomId)])
    expect(await core.member(roomId, 'bob')).toMatchObject({ absentSince: null })
  })
})

describe('leaving', () => {
  test('gives up the seat at once', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    await core.arrive('bob', roomId)
    await core.leave(personOf('bob'), roomId)
    expect(core.eventsOf('member.left')).toMatchObject([{ userId: 'bob', reason: 'left' }])
    await expect(core.say('bob', roomId, 'still here')).rejects.toEqual(refusal('NOT_IN_ROOM'))
    await expect(core.history(personOf('bob'), { conversationId: roomId, limit: 10 })).rejects.toEqual(
      refusal('CONVERSATION_NOT_FOUND'),
    )
    await expect(core.leave(personOf('bob'), roomId)).resolves.toBeUndefined()
  })

  test('whoever left may come back while the room is open', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    await core.arrive('bob', roomId)
    await core.leave(personOf('bob'), roomId)
    await expect(core.arrive('bob', roomId)).resolves.toMatchObject({ status: 'entered' })
    await core.leave(personOf('bob'), roomId)
    await core.lock(personOf('ann'), { conversationId: roomId, isLocked: true })
    await expect(core.arrive('bob', roomId)).rejects.toEqual(refusal('ROOM_LOCKED'))
  })
})

describe('leases', () => {
  test('somebody whose node died is absent when the lease has ended', async () => {
    const core = createTestCore({ presenceLeaseMs: 30_000 })
    const roomId = await core.openRoom()
    await core.arrive('bob', roomId)
    const annLives = { sessionId: 'ann-1', userId: 'ann', conversationId: roomId }
    for (let i = 0; i < 4; i += 1) {
      await core.clock.advance(10_000)
      await core.renew([annLives])
    }
    await core.clock.advance(5_000)
    expect(core.eventsOf('presence.changed')).toMatchObject([
      { userId: 'ann', online: true },
      { userId: 'bob', online: false },
    ])
    expect(await core.member(roomId, 'ann')).toMatchObject({ absentSince: null })
  })

  test('somebody taken for gone while the node stood still is back with the next renewal', async () => {
    const core = createTestCore({ presenceLeaseMs: 30_000 })
    const roomId = await core.openRoom()
    await core.arrive('bob', roomId)
    await core.clock.advance(45_000)
    expect(await core.member(roomId, 'bob')).toMatchObject({ absentSince: expect.any(Number) })
    await core.renew([{ sessionId: 'bob-1', userId: 'bob', conversationId: roomId }])
    expect(await core.member(roomId, 'bob')).toMatchObject({ absentSince: null })
    expect(core.eventsOf('presence.changed').at(-1)).toMatchObject({ userId: 'bob', online: true })
  })
})

describe('coming back with a position', () => {
  test('brings exactly what was missed, once, up to the snapshot', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    const entered = await core.arrive('bob', roomId)
    if (entered.status !== 'entered') throw new Error('expected to be in')
    const since = entered.snapshot.position
    await core.exit(personOf('bob'), roomId)
    core.forget()
    await core.say('ann', roomId, 'one')
    await core.arrive('carl', roomId)
    await core.say('carl', roomId, 'two')
    const told = core.published.map(({ event }) => event).filter((event) => 'rev' in event)
    const back = await core.enter(personOf('bob'), { conversationId: roomId, name: null, since, address: '192.0.2.2' })
    expect(back).toMatchObject({ recovered: true, missed: told, snapshot: { position: { rev: since.rev + 3 } } })
  })

  test('nothing missed is recovered too', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    const entered = await core.arrive('bob', roomId)
    if (entered.status !== 'entered') throw new Error('expected to be in')
    const input = { conversationId: roomId, name: null, since: entered.snapshot.position, address: '192.0.2.2' }
    await expect(core.enter(personOf('bob', '2'), input)).resolves.toMatchObject({ recovered: true, missed: [] })
  })

  test.each([
    ['another epoch', { epoch: 'another', rev: 0 }],
    ['a future', { epoch: 'epoch-0002', rev: 99 }],
  ])('of %s brings a fresh snapshot that says so', async (_what, since) => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    await core.arrive('bob', roomId)
    await expect(
      core.enter(personOf('bob', '2'), { conversationId: roomId, name: null, since, address: '192.0.2.2' }),
    ).resolves.toMatchObject({ recovered: false, missed: [], snapshot: { position: { epoch: 'epoch-0002', rev: 2 } } })
  })
})
