import { createTestCore, personOf, type TestCore } from '@parley/testkit/test-core'
import { describe, expect, test } from 'vitest'

const refusal = (code: string) => expect.objectContaining({ code })
const ann = personOf('ann')

async function openWithLobby(options: Parameters<typeof createTestCore>[0] = {}) {
  const core = createTestCore(options)
  const roomId = await core.openRoom({ hasLobby: true })
  core.forget()
  return { core, roomId }
}
const waitingIn = async (core: TestCore, roomId: string) =>
  (await core.settings(roomId)).waiting.map((one) => one.userId)

describe('somebody at the door of a lobby', () => {
  test('waits, seeing only what may be known before joining, and those who may admit are told', async () => {
    const { core, roomId } = await openWithLobby()
    const arrived = await core.arrive('bob', roomId)
    expect(arrived).toMatchObject({ status: 'waiting', preview: { participants: 1 } })
    expect(arrived).not.toHaveProperty('snapshot')
    expect(core.published).toMatchObject([
      { audience: { kind: 'moderators' }, event: { type: 'lobby.knocked', userId: 'bob', name: 'bob' } },
    ])
    await expect(core.say('bob', roomId, 'let me in')).rejects.toEqual(refusal('NOT_IN_ROOM'))
    await expect(core.members(personOf('bob'), roomId)).rejects.toEqual(refusal('NOT_IN_ROOM'))
  })

  test('knocks once, however often they ask', async () => {
    const { core, roomId } = await openWithLobby()
    await core.ask(roomId, { name: 'Bob', caller: personOf('bob') })
    await core.arrive('bob', roomId)
    await core.arrive('bob', roomId, '2')
    expect(core.eventsOf('lobby.knocked')).toHaveLength(1)
    expect(await waitingIn(core, roomId)).toEqual(['bob'])
  })

  test('needs a name that nobody inside or waiting has', async () => {
    const { core, roomId } = await openWithLobby()
    await core.ask(roomId, { name: 'Bob' })
    await expect(core.ask(roomId, { name: 'bob' })).rejects.toEqual(refusal('NAME_TAKEN'))
    await expect(core.ask(roomId, { name: 'Ann' })).rejects.toEqual(refusal('NAME_TAKEN'))
  })

  test('is refused when too many wait already', async () => {
    const { core, roomId } = await openWithLobby({ lobbyMaxWaiting: 1 })
    await core.arrive('bob', roomId)
    await expect(core.arrive('carl', roomId)).rejects.toEqual(refusal('ROOM_FULL'))
  })

  test('is seen by a moderator who comes in later, and by nobody else', async () => {
    const { core, roomId } = await openWithLobby()
    await core.arrive('bob', roomId)
    await expect(core.arrive('ann', roomId, '2')).resolves.toMatchObject({ knocking: [{ userId: 'bob', name: 'bob' }] })
    await core.admit(ann, { conversationId: roomId, userId: 'bob', admit: true })
    await core.arrive('carl', roomId)
    await expect(core.arrive('bob', roomId)).resolves.toMatchObject({ status: 'entered', knocking: [] })
  })
})

describe('an answer from inside', () => {
  test('yes: the one who waits is told, and their next entrance makes them a member', async () => {
    const { core, roomId } = await openWithLobby()
    await core.arrive('bob', roomId)
    core.forget()
    await core.admit(ann, { conversationId: roomId, userId: 'bob', admit: true })
    expect(core.published).toMatchObject([
      { audience: { kind: 'user', userId: 'bob' }, event: { type: 'lobby.admitted', userId: 'bob' } },
      { audience: { kind: 'moderators' }, event: { type: 'lobby.answered', userId: 'bob' } },
    ])
    await expect(core.arrive('bob', roomId)).resolves.toMatchObject({ status: 'entered' })
    expect(await core.member(roomId, 'bob')).toMatchObject({ absentSince: null })
  })

  test('yes holds: they come back without asking, also into a locked room', async () => {
    const { core, roomId } = await openWithLobby()
    await core.arrive('bob', roomId)
    await core.admit(ann, { conversationId: roomId, userId: 'bob', admit: true })
    await core.arrive('bob', roomId)
    await core.leave(personOf('bob'), roomId)
    await core.lock(ann, { conversationId: roomId, isLocked: true })
    await expect(core.arrive('bob', roomId)).resolves.toMatchObject({ status: 'entered' })
  })

  test('no: they are told and may ask again', async () => {
    const { core, roomId } = await openWithLobby()
    await core.arrive('bob', roomId)
    core.forget()
    await core.admit(ann, { conversationId: roomId, userId: 'bob', admit: false })
    expect(core.published).toMatchObject([
      { audience: { kind: 'user', userId: 'bob' }, event: { type: 'lobby.refused' } },
      { audience: { kind: 'moderators' }, event: { type: 'lobby.answered' } },
    ])
    await expect(core.arrive('bob', roomId)).resolves.toMatchObject({ status: 'waiting' })
    expect(core.eventsOf('lobby.knocked')).toHaveLength(1)
  })

  test('comes from host and moderators only, and only to those who wait', async () => {
    const { core, roomId } = await openWithLobby()
    await core.arrive('bob', roomId)
    await core.admit(ann, { conversationId: roomId, userId: 'bob', admit: true })
    await core.arrive('bob', roomId)
    await core.arrive('carl', roomId)
    const answer = { conversationId: roomId, userId: 'carl', admit: true }
    await expect(core.admit(personOf('bob'), answer)).rejects.toEqual(refusal('FORBIDDEN'))
    await expect(core.admit(personOf('carl'), answer)).rejects.toEqual(refusal('NOT_IN_ROOM'))
    await core.setRole(ann, { conversationId: roomId, userId: 'bob', role: 'moderator' })
    await core.admit(personOf('bob'), answer)
    await expect(core.admit(ann, { ...answer, admit: false })).rejects.toEqual(refusal('USER_NOT_FOUND'))
    await core.arrive('carl', roomId)
    await expect(core.admit(ann, answer)).rejects.toEqual(refusal('USER_NOT_FOUND'))
  })

  test('yes may be said again until they are in: who said it first may not have heard that it holds', async () => {
    const { core, roomId } = await openWithLobby()
    await core.arrive('bob', roomId)
    await core.admit(ann, { conversationId: roomId, userId: 'bob', admit: true })
    core.forget()
    await core.admit(ann, { conversationId: roomId, userId: 'bob', admit: true })
    expect(core.published).toMatchObject([
      { audience: { kind: 'user', userId: 'bob' }, event: { type: 'lobby.admitted', userId: 'bob' } },
    ])
  })

  test('yes takes no seat: the room may be full when they come', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom({ hasLobby: true, maxParticipants: 2 })
    for (const userId of ['bob', 'carl']) {
      await core.arrive(userId, roomId)
      await core.admit(ann, { conversationId: roomId, userId, admit: true })
    }
    await core.arrive('bob', roomId)
    await expect(core.arrive('carl', roomId)).rejects.toEqual(refusal('ROOM_FULL'))
  })
})

describe('somebody who gives up waiting', () => {
  test.each([
    ['leaves', (core: TestCore, roomId: string) => core.leave(personOf('bob'), roomId)],
    ['is disconnected', (core: TestCore, roomId: string) => core.exit(personOf('bob'), roomId)],
  ])('and %s is off the list, and those who may admit are told', async (_how, go) => {
    const { core, roomId } = await openWithLobby()
    await core.arrive('bob', roomId)
    core.forget()
    await go(core, roomId)
    expect(await waitingIn(core, roomId)).toEqual([])
    expect(core.published).toMatchObject([
      { audience: { kind: 'moderators' }, event: { type: 'lobby.answered', userId: 'bob' } },
    ])
  })

  test('by never connecting is off the list after five minutes', async () => {
    const { core, roomId } = await openWithLobby()
    await core.ask(roomId, { name: 'Bob', caller: personOf('bob') })
    await core.ask(roomId, { name: 'Carl', caller: personOf('carl') })
    await core.arrive('carl', roomId)
    await core.clock.advance(300_000)
    expect(await waitingIn(core, roomId)).toEqual(['carl'])
  })
})
