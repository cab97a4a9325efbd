import { DELETED_USER } from '@parley/core'
import { createTestCore, inviteeOf, personOf } from '@parley/testkit/test-core'
import { describe, expect, test } from 'vitest'

const GROUP = { id: null, kind: 'group', name: 'Group', retentionDays: null, members: [] } as const
const DIRECT = { ...GROUP, kind: 'direct', name: null } as const
const ann = personOf('ann')
const bob = personOf('bob')
const eve = personOf('eve')

describe('making a conversation that lasts', () => {
  test('its maker is the host of a group, the others speak', async () => {
    const core = createTestCore()
    const { details, isNew } = await core.createConversation(ann, {
      ...GROUP,
      members: [
        { userId: 'bob', name: 'Bob B.', role: 'moderator' },
        inviteeOf('carl'),
        inviteeOf('bob'),
        inviteeOf('ann'),
      ],
    })
    expect(isNew).toBe(true)
    expect(details.conversation).toMatchObject({ kind: 'group', name: 'Group', hostId: 'ann', expiresAt: null })
    expect(details.conversation.expiresAtMost).toBeNull()
    expect(details.members.map(({ member: { userId, name, role } }) => [userId, name, role])).toEqual([
      ['ann', 'ann', 'host'],
      ['bob', 'Bob B.', 'moderator'],
      ['carl', 'carl', 'speaker'],
    ])
    expect(details.position.rev).toBe(0)
    expect([...details.cursors.values()]).toEqual(Array(3).fill({ delivered: 0, read: 0 }))
  })

  test('made by the site, the first who is invited is the host', async () => {
    const core = createTestCore()
    const { details } = await core.createConversation(null, {
      ...GROUP,
      members: [inviteeOf('bob'), inviteeOf('carl')],
    })
    expect(details.conversation.hostId).toBe('bob')
    await expect(core.createConversation(null, GROUP)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
  })

  test('one user brings so many people into conversations and no more; the site as many as it likes', async () => {
    const core = createTestCore()
    const crowd = (n: number) => Array.from({ length: 199 }, (_, place) => inviteeOf(`p${n}-${place}`))
    for (let n = 0; n < 24; n += 1) await core.createConversation(ann, { ...GROUP, members: crowd(n) })
    const { details } = await core.createConversation(ann, { ...GROUP, members: crowd(24) })
    const { id } = details.conversation
    await expect(core.addMembers(ann, id, [inviteeOf('one-more')])).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    await expect(core.createConversation(ann, GROUP)).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    await core.addMembers(null, id, [inviteeOf('one-more')])
    await core.createConversation(bob, { ...GROUP, members: [inviteeOf('ann')] })
    await core.clock.advance(3_600_000)
    await core.createConversation(ann, GROUP)
  })

  test('people are called as the site says, users as they are known', async () => {
    const core = createTestCore()
    await core.ports.users.put({ id: 'bob', name: 'Bob Known', avatar: null, roles: [] }, 0)
    const members = [
      { userId: 'bob', name: '  Boss ', role: null },
      { userId: 'carl', name: '\u202eCarl', role: null },
      { userId: 'dora', name: '\u200b', role: null },
    ]
    const names = async (by: typeof ann | null) => {
      const { details } = await core.createConversation(by, { ...GROUP, members })
      return details.members.map(({ member }) => member.name)
    }
    expect(await names(ann)).toEqual(['ann', 'Bob Known', 'Carl', 'dora'])
    expect(await names(null)).toEqual(['Boss', 'Carl', 'dora'])
  })

  test('a direct one is of two different people and has no host', async () => {
    const core = createTestCore()
    const { details } = await core.createConversation(ann, { ...DIRECT, members: [inviteeOf('bob')] })
    expect(details.conversation.id).toBe(core.ports.ids.directId('bob', 'ann'))
    expect(details.members.map(({ member }) => member.role)).toEqual(['speaker', 'speaker'])
    for (const members of [[], [inviteeOf('ann')], [inviteeOf('bob'), inviteeOf('carl')]])
      await expect(core.createConversation(ann, { ...DIRECT, members })).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
      })
  })

  test('a direct one is there once, whoever asks, also at the same time', async () => {
    const core = createTestCore()
    const asked = await Promise.all([
      core.createConversation(ann, { ...DIRECT, members: [inviteeOf('bob')] }),
      core.createConversation(bob, { ...DIRECT, members: [inviteeOf('ann')] }),
      core.createConversation(null, { ...DIRECT, members: [inviteeOf('ann'), inviteeOf('bob')] }),
    ])
    expect(new Set(asked.map(({ details }) => details.conversation.id)).size).toBe(1)
    expect(asked.filter(({ isNew }) => isNew)).toHaveLength(1)
  })

  test('one with an id that is there is that one for its members, and taken for others', async () => {
    const core = createTestCore()
    await core.createConversation(ann, { ...GROUP, id: 'project-alpha', members: [inviteeOf('bob')] })
    const again = { ...GROUP, id: 'project-alpha', name: 'Another' }
    expect(await core.createConversation(bob, again)).toMatchObject({
      isNew: false,
      details: { conversation: { id: 'project-alpha', name: 'Group' } },
    })
    expect(await core.createConversation(null, { ...again, members: [inviteeOf('eve')] })).toMatchObject({
      isNew: false,
    })
    await expect(core.createConversation(eve, again)).rejects.toMatchObject({ code: 'CONFLICT' })
    const roomId = await core.openRoom()
    await expect(core.createConversation(ann, { ...GROUP, id: roomId })).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('users can’t take the id of somebody’s direct conversation', async () => {
    const core = createTestCore()
    const id = `d_${'x'.repeat(43)}`
    await expect(core.createConversation(ann, { ...GROUP, id })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
    expect(await core.createConversation(null, { ...GROUP, id, members: [inviteeOf('bob')] })).toMatchObject({
      isNew: true,
    })
  })

  test.each([
    ['no id', { id: '' }],
    ['an id that is too long', { id: 'x'.repeat(129) }],
    ['an id that can’t be seen', { id: 'a\u0000b' }],
    ['a name that is too long', { name: 'x'.repeat(81) }],
    ['a host besides its maker', { members: [{ userId: 'bob', name: null, role: 'host' as const }] }],
    ['a member without an id', { members: [inviteeOf('')] }],
    ['a member with a long id', { members: [inviteeOf('x'.repeat(129))] }],
    ['a member who was deleted', { members: [inviteeOf(DELETED_USER)] }],
    ['too many members at a time', { members: Array.from({ length: 201 }, (_, n) => inviteeOf(`user-${n}`)) }],
    ['no days to keep', { retentionDays: 0 }],
    ['half a day', { retentionDays: 1.5 }],
  ])('%s is refused', async (_, input) => {
    const core = createTestCore()
    await expect(core.createConversation(ann, { ...GROUP, ...input })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    })
  })

  test('more members than a conversation holds are refused', async () => {
    const core = createTestCore({ conversationMaxMembers: 3 })
    const id = await core.openGroup(['ann', 'bob'])
    await expect(core.openGroup(['ann', 'bob', 'carl', 'dora'])).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
    await core.addMembers(ann, id, [inviteeOf('carl'), inviteeOf('bob')])
    await expect(core.addMembers(ann, id, [inviteeOf('dora')])).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
  })

  test('guests of a room can’t', async () => {
    const core = createTestCore()
    const guest = personOf('guest', '1', await core.openRoom())
    await expect(core.createConversation(guest, GROUP)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  test('a group needs no name', async () => {
    const core = createTestCore()
    for (const name of [null, '', ' \u200b ']) {
      const { details } = await core.createConversation(ann, { ...GROUP, name })
      expect(details.conversation.name).toBe('')
    }
  })

  test('all members are told on all of their devices, and those who were asked get a note', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann', 'bob'])
    for (const userId of ['ann', 'bob'])
      expect(core.toldTo(userId, 'conversation.added')).toMatchObject([{ conversationId: id, member: { userId } }])
    expect(await core.waiting('bob')).toMatchObject([
      {
        kind: 'event',
        conversationId: id,
        data: { what: 'added', byId: 'ann', byName: 'ann', conversationName: 'Group' },
      },
    ])
    expect(await core.waiting('ann')).toEqual([])
    expect(core.toldTo('bob', 'notification.created')).toHaveLength(1)
  })
})

describe('seeing conversations that last', () => {
  test('is for members and the site; to others they are not there', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann', 'bob'])
    expect((await core.getConversation(bob, id)).conversation.id).toBe(id)
    expect((await core.getConversation(null, id)).members).toHaveLength(2)
    const refusals = await Promise.all(
      [id, 'nowhere', await core.openRoom()].map((one) => core.getConversation(eve, one).catch((error) => error)),
    )
    expect(refusals.map(({ code, message }) => [code, message])).toEqual(
      Array(3).fill(['CONVERSATION_NOT_FOUND', refusals[0].message]),
    )
  })

  test('the list has them latest first, with what is unread and who is on the other side', async () => {
    const core = createTestCore()
    const direct = await core.openDirect('ann', 'bob')
    await core.connect(bob, { avatar: null, roles: [] })
    await core.clock.advance(1_000)
    const group = await core.openGroup(['bob', 'ann'])
    await core.clock.advance(1_000)
    await core.say('bob', direct, 'hello')
    const { conversations, hasMore } = await core.listConversations(ann, { limit: 10 })
    expect(hasMore).toBe(false)
    expect(conversations).toMatchObject([
      {
        conversation: { id: direct, kind: 'direct' },
        counterpart: { userId: 'bob', status: 'online' },
        lastMessage: { content: 'hello' },
        unread: 1,
        self: { userId: 'ann' },
      },
      { conversation: { id: group }, counterpart: null, lastMessage: null, unread: 0 },
    ])
    expect(conversations[0]?.conversation).not.toHaveProperty('passwordHash')
    const [first] = conversations
    const before = { activeAt: first?.activeAt ?? 0, id: direct }
    expect((await core.listConversations(ann, { limit: 1, before })).conversations).toMatchObject([
      { conversation: { id: group } },
    ])
  })
})

describe('changing a conversation that lasts', () => {
  test('renaming is told once, and only when it is another name', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann', 'bob'])
    expect((await core.updateConversation(ann, id, { name: '  New   name ' })).conversation.name).toBe('New name')
    await core.updateConversation(ann, id, { name: 'New name', retentionDays: 7 })
    await core.updateConversation(null, id, { name: '' })
    expect(core.eventsOf('conversation.renamed')).toMatchObject([
      { byId: 'ann', name: 'New name', rev: 1 },
      { byId: null, name: '', rev: 2 },
    ])
    expect((await core.getConversation(null, id)).conversation).toMatchObject({ name: '', retentionDays: 7 })
  })

  test('is for host, moderators and the site', async () => {
    const core = createTestCore()
    const group = await core.openGroup(['ann', 'bob'])
    const direct = await core.openDirect('ann', 'bob')
    const change = (by: typeof ann | null, id: string) => core.updateConversation(by, id, { retentionDays: 30 })
    await expect(change(bob, group)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(change(eve, group)).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    await expect(change(ann, direct)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await core.setRole(ann, { conversationId: group, userId: 'bob', role: 'moderator' })
    expect((await change(bob, group)).conversation.retentionDays).toBe(30)
    expect((await change(null, direct)).conversation.retentionDays).toBe(30)
    await expect(change(ann, await core.openRoom())).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
  })

  test('deleting takes everything and tells those who look at it; it is for the host and the site', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann', 'bob'])
    await core.say('ann', id, 'hello')
    await expect(core.deleteConversation(bob, id)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(core.deleteConversation(eve, id)).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    await core.deleteConversation(ann, id)
    expect(core.eventsOf('conversation.expired')).toMatchObject([{ conversationId: id }])
    await expect(core.getConversation(ann, id)).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    await expect(core.say('ann', id, 'more')).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    const direct = await core.openDirect('ann', 'bob')
    await expect(core.deleteConversation(ann, direct)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await core.deleteConversation(null, direct)
    expect((await core.listConversations(ann, { limit: 10 })).conversations).toEqual([])
  })

  test('what is a room is not touched', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    for (const by of [ann, null]) {
      await expect(core.deleteConversation(by, roomId)).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
      await expect(core.addMembers(by, roomId, [inviteeOf('bob')])).rejects.toMatchObject({
        code: 'CONVERSATION_NOT_FOUND',
      })
      await expect(core.removeMember(by, roomId, 'ann')).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    }
    expect(await core.member(roomId, 'ann')).toBeDefined()
  })
})

describe('members of a conversation that lasts', () => {
  test('are added by host and moderators, each once', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann', 'bob'])
    core.forget()
    const details = await core.addMembers(ann, id, [inviteeOf('carl'), inviteeOf('bob'), inviteeOf('dora')])
    expect(details.members).toHaveLength(4)
    expect(core.eventsOf('member.joined')).toMatchObject([
      { rev: 1, member: { userId: 'carl', role: 'speaker', hasEntered: true } },
      { rev: 2, member: { userId: 'dora' } },
    ])
    expect(core.toldTo('carl', 'conversation.added')).toHaveLength(1)
    expect(core.toldTo('bob', 'conversation.added')).toEqual([])
    expect(await core.waiting('carl')).toMatchObject([{ data: { what: 'added', byName: 'ann' } }])
    await expect(core.addMembers(bob, id, [inviteeOf('eve')])).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(core.addMembers(eve, id, [inviteeOf('eve')])).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    await core.addMembers(null, id, [{ userId: 'fay', name: 'Fay', role: 'moderator' }])
    expect(await core.member(id, 'fay')).toMatchObject({ name: 'Fay', role: 'moderator' })
  })

  test('to a locked group only the host and the site add any', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann', 'bob'])
    await core.setRole(ann, { conversationId: id, userId: 'bob', role: 'moderator' })
    await core.lock(ann, { conversationId: id, isLocked: true })
    await expect(core.addMembers(bob, id, [inviteeOf('carl')])).rejects.toMatchObject({ code: 'ROOM_LOCKED' })
    await core.addMembers(ann, id, [inviteeOf('carl')])
    await core.addMembers(null, id, [inviteeOf('dora')])
    expect((await core.getConversation(null, id)).members).toHaveLength(4)
  })

  test('who is removed is told on every session that looks at it, and is out for good', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann', 'bob', 'carl'])
    await core.removeMember(ann, id, 'bob')
    expect(core.eventsOf('member.left')).toMatchObject([{ userId: 'bob', reason: 'kicked' }])
    expect(core.published.find(({ event }) => event.type === 'member.removed')).toMatchObject({
      audience: { kind: 'user', userId: 'bob' },
      event: { userId: 'bob', banned: false },
    })
    await expect(core.say('bob', id, 'hello?')).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    await expect(core.removeMember(ann, id, 'bob')).rejects.toMatchObject({ code: 'USER_NOT_FOUND' })
    await expect(core.removeMember(personOf('carl'), id, 'ann')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await core.removeMember(null, id, 'carl')
    expect((await core.getConversation(ann, id)).members).toHaveLength(1)
  })

  test('kicking with a ban is kicking: the host may add them again', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann', 'bob'])
    await core.kick(ann, { conversationId: id, userId: 'bob', ban: true })
    expect((await core.settings(id)).banned).toEqual([])
    expect(core.eventsOf('member.removed')).toMatchObject([{ banned: false }])
    await core.addMembers(ann, id, [inviteeOf('bob')])
    expect(await core.member(id, 'bob')).toBeDefined()
  })

  test('one may go by oneself; the sessions are turned out all the same', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann', 'bob', 'carl'])
    await core.removeMember(bob, id, 'bob')
    await core.leave(personOf('carl', 'phone'), id)
    expect(core.eventsOf('member.left')).toMatchObject([
      { userId: 'bob', reason: 'left' },
      { userId: 'carl', reason: 'left' },
    ])
    const removed = core.published.filter(({ event }) => event.type === 'member.removed')
    expect(removed).toMatchObject([
      { audience: { userId: 'bob' }, exceptSession: null },
      { audience: { userId: 'carl' }, exceptSession: 'carl-phone' },
    ])
    await expect(core.leave(bob, id)).resolves.toBeUndefined()
    await expect(core.removeMember(bob, id, 'bob')).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
  })

  test('a host who goes passes the role on, and the next one gets a note', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann', 'bob', 'carl'])
    await core.setRole(ann, { conversationId: id, userId: 'carl', role: 'moderator' })
    await core.leave(ann, id)
    expect((await core.settings(id)).hostId).toBe('carl')
    expect(core.eventsOf('role.changed').at(-1)).toMatchObject({ userId: 'carl', role: 'host', byId: null })
    expect((await core.waiting('carl')).map(({ data }) => [data.what, data.role, data.byName])).toEqual([
      ['added', undefined, 'ann'],
      ['role', 'moderator', 'ann'],
      ['role', 'host', null],
    ])
  })

  test('in groups too large for presence to be told are told of as offline', async () => {
    const core = createTestCore({ presenceMaxMembers: 2 })
    const id = await core.openGroup(['ann'])
    for (const userId of ['bob', 'carl']) {
      await core.connect(personOf(userId), { avatar: null, roles: [] })
      await core.addMembers(ann, id, [inviteeOf(userId)])
    }
    expect(core.eventsOf('member.joined')).toMatchObject([{ status: 'online' }, { status: 'offline' }])
  })

  test('a group that everybody left has a host again when somebody is added', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann'])
    await core.leave(ann, id)
    await core.addMembers(null, id, [inviteeOf('bob')])
    expect(await core.member(id, 'bob')).toMatchObject({ role: 'host' })
    const other = await core.openGroup(['ann'])
    await core.leave(ann, other)
    await core.addMembers(null, other, [inviteeOf('bob'), inviteeOf('ann')])
    expect(await core.member(other, 'ann')).toMatchObject({ role: 'host' })
    expect(await core.member(other, 'bob')).toMatchObject({ role: 'speaker' })
  })

  test('a direct conversation stays one of its two', async () => {
    const core = createTestCore()
    const id = await core.openDirect('ann', 'bob')
    const attempts = [
      () => core.leave(ann, id),
      () => core.removeMember(ann, id, 'ann'),
      () => core.removeMember(ann, id, 'bob'),
      () => core.addMembers(ann, id, [inviteeOf('carl')]),
      () => core.addMembers(null, id, [inviteeOf('carl')]),
      () => core.kick(ann, { conversationId: id, userId: 'bob', ban: false }),
      () => core.lock(ann, { conversationId: id, isLocked: true }),
      () => core.setRole(ann, { conversationId: id, userId: 'bob', role: 'moderator' }),
      () => core.extend(ann, { conversationId: id, minutes: 5 }),
    ]
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect((await core.getConversation(ann, id)).members).toHaveLength(2)
    expect((await core.settings(id)).isLocked).toBe(false)
  })

  test('nobody who is not a member learns of a group by trying', async () => {
    const core = createTestCore()
    const group = await core.openGroup(['ann', 'bob'])
    for (const conversationId of [group, 'nowhere']) {
      const attempts = [
        () => core.kick(eve, { conversationId, userId: 'bob', ban: false }),
        () => core.lock(eve, { conversationId, isLocked: true }),
        () => core.setRole(eve, { conversationId, userId: 'eve', role: 'host' }),
        () => core.extend(eve, { conversationId, minutes: 5 }),
        () => core.admit(eve, { conversationId, userId: 'bob', admit: true }),
        () => core.members(eve, conversationId),
        () => core.history(eve, { conversationId, limit: 10 }),
        () => core.joinRoom({ roomId: conversationId, name: 'Eve', caller: eve, password: null, address: 'x' }),
        () => core.preview(conversationId, 'x'),
      ]
      for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    }
  })
})
