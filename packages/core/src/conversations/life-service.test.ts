import { createTestCore, personOf } from '@parley/testkit/test-core'
import { describe, expect, test } from 'vitest'
import { DomainError } from '../errors.ts'

const MINUTE_MS = 60_000
const ann = personOf('ann')
const refusal = (code: string) => expect.objectContaining({ code })

describe('the end of a room', () => {
  test('is announced five minutes and one minute before, then told', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ minutes: 15 })
    const expiresAt = core.clock.now() + 15 * MINUTE_MS
    core.forget()
    await core.clock.advance(15 * MINUTE_MS)
    expect(core.published.map(({ event }) => event)).toEqual([
      {
        type: 'conversation.expiring',
        conversationId: roomId,
        at: expiresAt - 5 * MINUTE_MS,
        expiresAt,
        minutesLeft: 5,
      },
      { type: 'conversation.expiring', conversationId: roomId, at: expiresAt - MINUTE_MS, expiresAt, minutesLeft: 1 },
      { type: 'conversation.expired', conversationId: roomId, at: expiresAt },
    ])
    expect(core.reported).toEqual([])
  })

  test('is told when it is over: not when the store could not take it', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    const { conversations } = core.ports as { conversations: { delete: typeof core.ports.conversations.delete } }
    const { delete: remove } = conversations
    conversations.delete = () => Promise.reject(new DomainError('UNAVAILABLE', 'It is away.'))
    await expect(core.endRoom(ann, roomId)).rejects.toEqual(refusal('UNAVAILABLE'))
    expect(core.eventsOf('conversation.expired')).toEqual([])
    conversations.delete = remove
    await core.endRoom(ann, roomId)
    expect(core.eventsOf('conversation.expired')).toMatchObject([{ conversationId: roomId, endedBy: 'host' }])
  })

  test('leaves nothing behind', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ minutes: 15 })
    await core.arrive('bob', roomId)
    const { message } = await core.say('bob', roomId, 'hello', 'c1')
    await core.clock.advance(14 * MINUTE_MS)
    await core.exit(personOf('bob'), roomId)
    await core.exit(ann, roomId)
    await core.clock.advance(MINUTE_MS)
    const { conversations, messages, presence, deadlines } = core.ports
    expect(await conversations.load(roomId)).toBeNull()
    expect(await conversations.count()).toEqual({ conversations: 0, members: 0 })
    expect(await messages.get(roomId, message.id)).toBeNull()
    expect(await messages.findByClientId(roomId, 'bob', 'c1')).toBeNull()
    expect(await messages.page(roomId, { limit: 10 })).toEqual({ messages: [], hasMore: false })
    expect(await presence.online(roomId, core.clock.now())).toEqual(new Set())
    expect(await deadlines.claim(Number.MAX_SAFE_INTEGER, 1, 1)).toEqual([])
  })

  test('after it nothing is found', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ minutes: 15 })
    await core.clock.advance(15 * MINUTE_MS)
    for (const attempt of [
      core.arrive('bob', roomId),
      core.ask(roomId),
      core.say('ann', roomId, 'hello'),
      core.history(ann, { conversationId: roomId, limit: 10 }),
    ]) {
      await expect(attempt).rejects.toEqual(refusal('CONVERSATION_NOT_FOUND'))
    }
    await expect(core.leave(ann, roomId)).resolves.toBeUndefined()
  })

  test('a room whose time is up but which is not yet deleted has expired', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ minutes: 15 })
    core.close()
    await core.clock.advance(15 * MINUTE_MS)
    await expect(core.arrive('bob', roomId)).rejects.toEqual(refusal('ROOM_EXPIRED'))
    await expect(core.preview(roomId, '192.0.2.2')).rejects.toEqual(refusal('ROOM_EXPIRED'))
    await expect(core.lock(ann, { conversationId: roomId, isLocked: true })).rejects.toEqual(refusal('ROOM_EXPIRED'))
  })

  test('an empty room lives until its time is up', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ minutes: 60 })
    await core.leave(ann, roomId)
    await core.clock.advance(60 * MINUTE_MS - 1)
    await expect(core.preview(roomId, '192.0.2.2')).resolves.toMatchObject({ participants: 0 })
  })

  test('comes once, though several nodes look at the same stores', async () => {
    const first = createTestCore()
    const second = createTestCore({}, first.ports)
    await first.openRoom({ minutes: 15 })
    await first.clock.advance(15 * MINUTE_MS)
    expect(first.eventsOf('conversation.expiring')).toHaveLength(2)
    expect(first.eventsOf('conversation.expired')).toHaveLength(1)
    expect([...first.reported, ...second.reported]).toEqual([])
  })

  test('comes though the node that knew of it died', async () => {
    const first = createTestCore()
    createTestCore({}, first.ports)
    await first.openRoom({ minutes: 15 })
    first.close()
    await first.clock.advance(15 * MINUTE_MS + 5_000)
    expect(first.eventsOf('conversation.expired')).toHaveLength(1)
  })
})

describe('an extension', () => {
  test('moves the end and its warnings', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ minutes: 15 })
    const expiresAt = core.clock.now() + 45 * MINUTE_MS
    await core.clock.advance(11 * MINUTE_MS)
    core.forget()
    await expect(core.extend(ann, { conversationId: roomId, minutes: 30 })).resolves.toEqual({ expiresAt })
    expect(core.eventsOf('conversation.extended')).toMatchObject([{ byId: 'ann', expiresAt }])
    await core.clock.advance(28 * MINUTE_MS)
    expect(core.eventsOf('conversation.expiring')).toEqual([])
    await core.clock.advance(6 * MINUTE_MS)
    expect(core.eventsOf('conversation.expiring')).toMatchObject([
      { minutesLeft: 5, at: expiresAt - 5 * MINUTE_MS },
      { minutesLeft: 1, at: expiresAt - MINUTE_MS },
    ])
    expect(core.eventsOf('conversation.expired')).toMatchObject([{ at: expiresAt }])
  })

  test('reaches as far as the longest life of a room, and says how far', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ minutes: 120 })
    await expect(core.extend(ann, { conversationId: roomId, minutes: 121 })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: { errors: [{ path: 'minutes', message: 'must be from 1 to 120' }] },
    })
    await core.extend(ann, { conversationId: roomId, minutes: 120 })
    await expect(core.extend(ann, { conversationId: roomId, minutes: 1 })).rejects.toMatchObject({
      details: { errors: [{ message: 'cannot be added: this room has reached its longest life' }] },
    })
  })

  test('is the host’s alone', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    await core.arrive('bob', roomId)
    const input = { conversationId: roomId, minutes: 5 }
    await expect(core.extend(personOf('bob'), input)).rejects.toEqual(refusal('FORBIDDEN'))
  })
})
