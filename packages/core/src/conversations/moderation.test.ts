import { createTestCore, personOf } from '@parley/testkit/test-core'
import { describe, expect, test } from 'vitest'

const refusal = (code: string) => expect.objectContaining({ code })
const [ann, bob, carl, dora] = ['ann', 'bob', 'carl', 'dora'].map((userId) => personOf(userId)) as [
  ReturnType<typeof personOf>,
  ReturnType<typeof personOf>,
  ReturnType<typeof personOf>,
  ReturnType<typeof personOf>,
]

/** ann is host, bob and dora are moderators, carl is a speaker. */
async function openStaffed() {
  const core = createTestCore()
  const conversationId = await core.openRoom()
  for (const userId of ['bob', 'carl', 'dora']) await core.arrive(userId, conversationId)
  for (const userId of ['bob', 'dora']) await core.setRole(ann, { conversationId, userId, role: 'moderator' })
  core.forget()
  return { core, conversationId }
}

describe('the lock', () => {
  test('keeps out everybody new and nobody who is a member', async () => {
    const { core, conversationId } = await openStaffed()
    await core.exit(carl, conversationId)
    await core.lock(ann, { conversationId, isLocked: true })
    await expect(core.arrive('eve', conversationId)).rejects.toEqual(refusal('ROOM_LOCKED'))
    await expect(core.ask(conversationId)).rejects.toEqual(refusal('ROOM_LOCKED'))
    await expect(core.arrive('carl', conversationId)).resolves.toMatchObject({ status: 'entered' })
    await core.lock(ann, { conversationId, isLocked: false })
    await expect(core.arrive('eve', conversationId)).resolves.toMatchObject({ status: 'entered' })
  })

  test('is told of when it changes', async () => {
    const { core, conversationId } = await openStaffed()
    await core.lock(ann, { conversationId, isLocked: true })
    await core.lock(ann, { conversationId, isLocked: true })
    await core.lock(ann, { conversationId, isLocked: false })
    expect(core.published.map(({ event }) => event.type)).toEqual(['conversation.locked', 'conversation.unlocked'])
  })

  test('is the host’s alone', async () => {
    const { core, conversationId } = await openStaffed()
    await expect(core.lock(bob, { conversationId, isLocked: true })).rejects.toEqual(refusal('FORBIDDEN'))
    await expect(core.lock(personOf('eve'), { conversationId, isLocked: true })).rejects.toEqual(refusal('NOT_IN_ROOM'))
  })
})

describe('removing somebody', () => {
  test('tells everybody, and the one removed', async () => {
    const { core, conversationId } = await openStaffed()
    await core.kick(ann, { conversationId, userId: 'carl', ban: false })
    expect(core.published).toMatchObject([
      { audience: { kind: 'topic' }, event: { type: 'member.left', userId: 'carl', reason: 'kicked' } },
      { audience: { kind: 'user', userId: 'carl' }, event: { type: 'member.removed', userId: 'carl', banned: false } },
    ])
    await expect(core.say('carl', conversationId, 'but')).rejects.toEqual(refusal('NOT_IN_ROOM'))
  })

  test.each([
    ['the host removes a moderator', ann, 'bob', null],
    ['the host removes a speaker', ann, 'carl', null],
    ['the host does not remove themselves', ann, 'ann', 'FORBIDDEN'],
    ['a moderator removes a speaker', bob, 'carl', null],
    ['a moderator does not remove a moderator', bob, 'dora', 'FORBIDDEN'],
    ['a moderator does not remove the host', bob, 'ann', 'FORBIDDEN'],
    ['a moderator does not remove themselves', bob, 'bob', 'FORBIDDEN'],
    ['a speaker removes nobody', carl, 'dora', 'FORBIDDEN'],
    ['nobody removes a stranger', ann, 'eve', 'USER_NOT_FOUND'],
  ])('%s', async (_rule, by, userId, code) => {
    const { core, conversationId } = await openStaffed()
    const kicked = core.kick(by, { conversationId, userId, ban: false })
    if (code) await expect(kicked).rejects.toEqual(refusal(code))
    else await expect(kicked).resolves.toBeUndefined()
  })

  test('without a ban they may come back as anybody may', async () => {
    const { core, conversationId } = await openStaffed()
    await core.kick(ann, { conversationId, userId: 'bob', ban: false })
    await expect(core.arrive('bob', conversationId)).resolves.toMatchObject({ self: { role: 'speaker' } })
  })

  test('without a ban they have to ask again where one has to ask', async () => {
    const core = createTestCore()
    const conversationId = await core.openRoom({ hasLobby: true })
    await core.arrive('bob', conversationId)
    await core.admit(ann, { conversationId, userId: 'bob', admit: true })
    await core.arrive('bob', conversationId)
    await core.kick(ann, { conversationId, userId: 'bob', ban: false })
    await expect(core.arrive('bob', conversationId)).resolves.toMatchObject({ status: 'waiting' })
  })

  test('with a ban they stay out, on both ways in', async () => {
    const { core, conversationId } = await openStaffed()
    await core.kick(ann, { conversationId, userId: 'carl', ban: true })
    expect(core.eventsOf('member.removed')).toMatchObject([{ banned: true }])
    await expect(core.arrive('carl', conversationId)).rejects.toEqual(refusal('KICKED'))
    await expect(core.ask(conversationId, { name: 'Karl', caller: carl })).rejects.toEqual(refusal('KICKED'))
  })

  test('works on somebody in the lobby too', async () => {
    const core = createTestCore()
    const conversationId = await core.openRoom({ hasLobby: true })
    await core.arrive('bob', conversationId)
    core.forget()
    await core.kick(ann, { conversationId, userId: 'bob', ban: true })
    expect(core.published.map(({ event }) => event.type)).toEqual(['member.removed', 'lobby.answered'])
    await expect(core.arrive('bob', conversationId)).rejects.toEqual(refusal('KICKED'))
  })
})

describe('roles', () => {
  test('are the host’s to give', async () => {
    const { core, conversationId } = await openStaffed()
    await core.setRole(ann, { conversationId, userId: 'carl', role: 'listener' })
    expect(core.eventsOf('role.changed')).toMatchObject([
      { userId: 'carl', role: 'listener', hostId: 'ann', former: null, byId: 'ann' },
    ])
    await expect(core.setRole(bob, { conversationId, userId: 'carl', role: 'speaker' })).rejects.toEqual(
      refusal('FORBIDDEN'),
    )
    await expect(core.setRole(ann, { conversationId, userId: 'eve', role: 'speaker' })).rejects.toEqual(
      refusal('USER_NOT_FOUND'),
    )
  })

  test('giving the same role again changes nothing', async () => {
    const { core, conversationId } = await openStaffed()
    await core.setRole(ann, { conversationId, userId: 'bob', role: 'moderator' })
    expect(core.published).toEqual([])
  })

  test('giving away the host’s makes the former host a moderator', async () => {
    const { core, conversationId } = await openStaffed()
    await core.setRole(ann, { conversationId, userId: 'carl', role: 'host' })
    expect(core.eventsOf('role.changed')).toMatchObject([
      { userId: 'carl', role: 'host', hostId: 'carl', former: { userId: 'ann', role: 'moderator' }, byId: 'ann' },
    ])
    await expect(core.lock(ann, { conversationId, isLocked: true })).rejects.toEqual(refusal('FORBIDDEN'))
    await expect(core.lock(carl, { conversationId, isLocked: true })).resolves.toBeUndefined()
  })

  test('the host’s cannot be taken, only given', async () => {
    const { core, conversationId } = await openStaffed()
    await expect(core.setRole(ann, { conversationId, userId: 'ann', role: 'speaker' })).rejects.toEqual(
      refusal('VALIDATION_FAILED'),
    )
    expect(await core.member(conversationId, dora.userId)).toMatchObject({ role: 'moderator' })
  })
})
