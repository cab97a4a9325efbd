import { createTestCore, inviteeOf, personOf } from '@parley/testkit/test-core'
import { describe, expect, test } from 'vitest'

const LONG_MS = 3_600_000

describe('coming into a conversation that lasts', () => {
  test('shows members with how they are seen, cursors and the latest messages', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann', 'bob', 'carl'])
    const { message } = await core.say('ann', id, 'hello')
    await core.markRead(personOf('bob'), { conversationId: id, messageId: message.id })
    await core.connect(personOf('carl'), { avatar: null, roles: [] })
    await core.setStatus(personOf('carl'), { status: 'busy' })
    const entered = await core.arrive('bob', id)
    expect(entered).toMatchObject({
      status: 'entered',
      self: { userId: 'bob' },
      recovered: false,
      knocking: [],
      snapshot: { messages: [{ content: 'hello' }], position: { rev: 1 } },
    })
    if (entered.status !== 'entered') throw new Error('bob waits')
    expect(entered.cursors).toEqual(
      new Map([
        ['ann', { delivered: 0, read: 0 }],
        ['bob', { delivered: 1, read: 1 }],
        ['carl', { delivered: 0, read: 0 }],
      ]),
    )
    expect(entered.snapshot.members.map(({ member, online, status }) => [member.userId, online, status])).toEqual([
      ['ann', false, 'offline'],
      ['bob', false, 'offline'],
      ['carl', true, 'busy'],
    ])
    const members = await core.members(personOf('ann'), id)
    expect(members.map(({ status }) => status)).toEqual(['offline', 'offline', 'busy'])
  })

  test('is told once for all of somebody’s connections, and so is going; whoever was removed does not go again', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann', 'bob'])
    await core.arrive('bob', id, '1')
    await core.arrive('bob', id, '2')
    await core.exit(personOf('bob', '1'), id)
    expect(core.eventsOf('attendance.changed')).toMatchObject([{ userId: 'bob', name: 'bob', isHere: true }])
    await core.exit(personOf('bob', '2'), id)
    expect(core.eventsOf('attendance.changed')).toMatchObject([{ isHere: true }, { userId: 'bob', isHere: false }])
    await core.arrive('bob', id)
    core.forget()
    await core.removeMember(personOf('ann'), id, 'bob')
    await core.exit(personOf('bob'), id)
    expect(core.eventsOf('attendance.changed')).toEqual([])
  })

  test('is for members: to others it is not there, and looking does not count as guessing', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann'])
    for (let n = 0; n < 50; n += 1)
      for (const conversationId of [id, 'nowhere', 'c_0000'])
        await expect(core.arrive('eve', conversationId)).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
  })

  test('one with an id in the form of a room’s can’t be told from a room that is not there', async () => {
    const core = createTestCore()
    const id = 'abcdefgh1234'
    await core.createConversation(personOf('ann'), {
      ...{ id, kind: 'group', name: null, retentionDays: null },
      members: [],
    })
    const answers = async (conversationId: string, address: string) => {
      const codes: string[] = []
      for (let n = 0; n < 25; n += 1) {
        const input = { conversationId, name: null, since: null, address }
        codes.push(
          await core.enter(personOf('eve'), input).then(
            () => 'in',
            (error) => error.code,
          ),
        )
      }
      return codes
    }
    const ofChat = await answers(id, 'one')
    expect(ofChat).toEqual(await answers('zzzzzzzz9999', 'other'))
    expect(ofChat).toContain('RATE_LIMITED')
    expect(await core.arrive('ann', id)).toMatchObject({ status: 'entered' })
  })

  test('ids are taken exactly, and only what is not found that way as a typed room id', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    const typed = `${roomId.slice(0, 4)}-${roomId.slice(4, 8)}-${roomId.slice(8)}`.toUpperCase()
    await core.arrive('bob', typed)
    await core.say('bob', typed, 'in the room')
    await core.createConversation(personOf('ann'), {
      ...{ id: typed, kind: 'group', name: null, retentionDays: null },
      members: [],
    })
    const chat = createTestCore({}, core.ports)
    await expect(chat.arrive('bob', typed)).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    expect(await chat.arrive('ann', typed)).toMatchObject({ snapshot: { conversation: { id: typed, kind: 'group' } } })
    expect((await chat.say('ann', typed, 'in the chat')).message).toMatchObject({ conversationId: typed, seq: 1 })
    expect((await chat.history(personOf('bob'), { conversationId: roomId, limit: 9 })).messages).toMatchObject([
      { content: 'in the room' },
    ])
  })

  test('with a position brings exactly what was missed', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann', 'bob'])
    await core.say('ann', id, 'one')
    const { position } = await core.getConversation(null, id)
    await core.say('ann', id, 'two')
    await core.addMembers(personOf('ann'), id, [inviteeOf('carl')])
    const input = { conversationId: id, name: null, since: position, address: 'x' }
    expect(await core.enter(personOf('bob'), input)).toMatchObject({
      recovered: true,
      missed: [
        { type: 'message.sent', rev: 2 },
        { type: 'member.joined', rev: 3 },
      ],
    })
    const other = { ...input, since: { epoch: 'another', rev: 1 } }
    expect(await core.enter(personOf('bob'), other)).toMatchObject({ recovered: false, missed: [] })
  })
})

describe('going out of a conversation that lasts', () => {
  test('a session that goes leaves the membership as it is, for good', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann', 'bob'])
    const before = await core.ports.conversations.load(id)
    await core.arrive('ann', id)
    await core.exit(personOf('ann'), id)
    await core.clock.advance(10 * LONG_MS)
    expect(await core.ports.conversations.load(id)).toEqual(before)
    expect(await core.ports.presence.online(id, core.clock.now())).toEqual(new Set())
    expect(core.eventsOf('presence.changed')).toEqual([])
    expect(await core.ports.deadlines.claim(Number.MAX_SAFE_INTEGER, 1, 1)).toEqual([])
  })

  test('a node that died takes nobody’s membership or role', async () => {
    const core = createTestCore({ presenceLeaseMs: 30_000 })
    const id = await core.openGroup(['ann', 'bob'], { id: 'abcdefgh1234' })
    await core.arrive('ann', id)
    await core.clock.advance(LONG_MS)
    expect(await core.ports.presence.online(id, core.clock.now())).toEqual(new Set())
    expect(await core.member(id, 'ann')).toMatchObject({ role: 'host', absentSince: null })
    await core.renew([{ conversationId: id, userId: 'ann', sessionId: 'ann-1' }])
    expect(await core.ports.presence.online(id, core.clock.now())).toEqual(new Set(['ann']))
    expect(core.reported).toEqual([])
  })

  test('what is said stops being typed', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann', 'bob'])
    await core.typing(personOf('ann'), { conversationId: id, isTyping: true })
    await core.exit(personOf('ann'), id)
    expect(core.eventsOf('typing.stopped')).toMatchObject([{ userId: 'ann' }])
  })
})

describe('talking in a conversation that lasts', () => {
  test('members may without having come in', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann', 'bob'])
    const { message } = await core.send(
      { userId: 'ann', name: 'ann', room: null, sessionId: null },
      { conversationId: id, content: 'by post', type: 'text', clientId: 'c1', replyTo: null, metadata: null },
    )
    expect(message).toMatchObject({ seq: 1, senderName: 'ann' })
    expect(await core.say('ann', id, 'again', 'c1')).toMatchObject({ duplicate: true, message: { id: message.id } })
    await core.react(personOf('bob'), { conversationId: id, messageId: message.id, emoji: '👍', on: null })
    await core.edit(personOf('ann'), { conversationId: id, messageId: message.id, content: 'by hand' })
    await core.typing(personOf('bob'), { conversationId: id, isTyping: true })
    expect((await core.history(personOf('bob'), { conversationId: id, limit: 10 })).messages).toMatchObject([
      { content: 'by hand', reactions: { '👍': ['bob'] } },
    ])
  })

  test('to all others there is no such conversation', async () => {
    const core = createTestCore()
    const group = await core.openGroup(['ann', 'bob'])
    const { message } = await core.say('ann', group, 'hello')
    const eve = personOf('eve')
    for (const conversationId of [group, 'nowhere']) {
      const about = { conversationId, messageId: message.id }
      const input = { conversationId, content: 'x', type: 'text', clientId: null, metadata: null } as const
      const attempts = [
        () => core.send(eve, { ...input, replyTo: null }),
        () => core.send(eve, { ...input, replyTo: message.id }),
        () => core.send(eve, { ...input, replyTo: 'none' }),
        () => core.send(eve, { ...input, replyTo: null, metadata: { mentions: ['bob'] } }),
        () => core.edit(eve, { ...about, content: 'x' }),
        () => core.deleteMessage(eve, about),
        () => core.react(eve, { ...about, emoji: '👍', on: true }),
        () => core.typing(eve, { conversationId, isTyping: true }),
        () => core.markRead(eve, about),
        () => core.markDelivered(eve, { conversationId, messageId: 'none' }),
        () => core.findMessage(eve, conversationId, message.id),
      ]
      for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    }
    expect(await core.waiting('bob')).toMatchObject([{ data: { what: 'added' } }])
  })

  test('in a direct one each deletes only their own', async () => {
    const core = createTestCore()
    const id = await core.openDirect('ann', 'bob')
    const { message } = await core.say('bob', id, 'mine')
    const about = { conversationId: id, messageId: message.id }
    await expect(core.deleteMessage(personOf('ann'), about)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(await core.deleteMessage(personOf('bob'), about)).toMatchObject({ content: '' })
  })
})
