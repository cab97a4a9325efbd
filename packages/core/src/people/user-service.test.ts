import { DELETED_USER, type UserExport } from '@parley/core'
import { createTestCore, inviteeOf, personOf } from '@parley/testkit/test-core'
import { describe, expect, test } from 'vitest'

const ann = personOf('ann')
const bob = personOf('bob')

describe('deleting a user', () => {
  test('takes all that is theirs, everywhere, and leaves the rest', async () => {
    const core = createTestCore()
    await core.connect(bob, { avatar: null, roles: [] })
    const group = await core.openGroup(['bob', 'ann', 'carl'])
    const direct = await core.openDirect('ann', 'bob')
    const former = await core.openGroup(['ann', 'bob'])
    const { message } = await core.say('ann', group, 'of ann')
    for (const id of [group, direct, former]) await core.say('bob', id, 'of bob')
    await core.react(bob, { conversationId: group, messageId: message.id, emoji: '👍', on: true })
    await core.leave(bob, former)
    await core.say('ann', direct, 'to bob')
    core.forget()
    await core.deleteUser('bob')

    expect((await core.ports.users.get(['bob'])).size).toBe(0)
    expect(await core.ports.users.everIn('bob')).toEqual([])
    expect(await core.waiting('bob')).toEqual([])
    expect((await core.listConversations(bob, { limit: 10 })).conversations).toEqual([])
    const contents = async (id: string) =>
      (await core.history(ann, { conversationId: id, limit: 10 })).messages.map((one) => [one.senderId, one.content])
    expect(await contents(group)).toEqual([
      ['ann', 'of ann'],
      [DELETED_USER, ''],
    ])
    expect(await contents(direct)).toEqual([
      [DELETED_USER, ''],
      ['ann', 'to bob'],
    ])
    expect(await contents(former)).toEqual([[DELETED_USER, '']])
    expect(await core.findMessage(ann, group, message.id)).toMatchObject({ reactions: {} })
    expect((await core.settings(group)).hostId).toBe('ann')
    expect((await core.getConversation(ann, direct)).members).toHaveLength(1)
  })

  test('is told to those who are there, in order and without a hole', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['bob', 'ann'])
    for (let n = 0; n < 450; n += 1) await core.say(n % 9 === 0 ? 'ann' : 'bob', id, `${n}`)
    const { position } = await core.getConversation(ann, id)
    core.forget()
    await core.deleteUser('bob')
    const revs = core.published.flatMap(({ event }) => ('rev' in event ? [event.rev] : []))
    expect(revs).toEqual(revs.map((_, n) => position.rev + 1 + n))
    expect((await core.getConversation(ann, id)).position.rev).toBe(revs.at(-1))
    expect(core.eventsOf('member.left')).toMatchObject([{ userId: 'bob', reason: 'left' }])
    expect(core.eventsOf('member.removed')).toMatchObject([{ userId: 'bob' }])
    expect(core.eventsOf('message.deleted')).toHaveLength(400)
    expect(core.eventsOf('role.changed')).toMatchObject([{ userId: 'ann', role: 'host' }])
  })

  test('reaches rooms too', async () => {
    const core = createTestCore()
    const roomId = await core.openRoom()
    await core.arrive('bob', roomId)
    await core.say('bob', roomId, 'of bob')
    await core.deleteUser('bob')
    expect(await core.member(roomId, 'bob')).toBeUndefined()
    expect((await core.history(ann, { conversationId: roomId, limit: 10 })).messages).toMatchObject([
      { senderId: DELETED_USER, content: '' },
    ])
  })

  test('is harmless for one who is not known, and again', async () => {
    const core = createTestCore()
    await core.openGroup(['ann', 'bob'])
    await core.deleteUser('nobody')
    await core.deleteUser('bob')
    await core.deleteUser('bob')
    expect(core.reported).toEqual([])
  })

  test('one who comes back begins anew, also in a direct conversation', async () => {
    const core = createTestCore()
    const id = await core.openDirect('ann', 'bob')
    await core.say('bob', id, 'of bob')
    await core.deleteUser('bob')
    await expect(core.say('bob', id, 'hello?')).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    await core.say('ann', id, 'anybody?')
    expect(await core.openDirect('bob', 'ann')).toBe(id)
    expect((await core.getConversation(bob, id)).members).toHaveLength(2)
    await core.say('ann', id, 'welcome back')
    expect((await core.waiting('bob')).filter(({ kind }) => kind === 'message')).toHaveLength(1)
  })
})

describe('exporting a user', () => {
  async function taken<T>(items: AsyncIterable<T>): Promise<T[]> {
    const all: T[] = []
    for await (const item of items) all.push(item)
    return all
  }

  async function collect({ conversations }: UserExport) {
    const all = await taken(conversations)
    return Promise.all(
      all.map(async ({ pages, ...one }) => {
        const read = await taken(pages)
        const [messages, reactions] = [read.flatMap((page) => page.messages), read.flatMap((page) => page.reactions)]
        return { ...one, messages, reactions, largest: Math.max(...read.map((page) => page.messages.length)) }
      }),
    )
  }

  test('gives all that is theirs, and nothing of what others said', async () => {
    const core = createTestCore()
    await core.connect(bob, { avatar: 'a.png', roles: ['staff'] })
    const group = await core.openGroup(['ann', 'bob'])
    const former = await core.openGroup(['ann', 'bob'])
    for (let n = 0; n < 130; n += 1) await core.say('ann', group, 'of ann')
    const { message } = await core.say('ann', group, 'liked')
    const own = (await core.say('bob', group, 'of bob')).message
    await core.say('bob', former, 'earlier')
    await core.react(bob, { conversationId: group, messageId: message.id, emoji: '👍', on: true })
    await core.markRead(bob, { conversationId: group, messageId: message.id })
    await core.removeMember(ann, former, 'bob')

    const exported = await core.exportUser('bob')
    expect(exported.user).toMatchObject({ id: 'bob', avatar: 'a.png', roles: ['staff'] })
    expect(exported.notifications).toEqual(await core.waiting('bob'))
    const conversations = await collect(exported)
    expect(conversations).toMatchObject([
      {
        conversation: { id: group },
        self: { userId: 'bob' },
        cursor: { read: 131 },
        messages: [own],
        reactions: [{ messageId: message.id, emoji: '👍' }],
      },
      { conversation: { id: former }, self: null, cursor: null, messages: [{ content: 'earlier' }], reactions: [] },
    ])
    expect(JSON.stringify(conversations)).not.toContain('of ann')
  })

  test('reads no more at a time than a page of bytes', async () => {
    const core = createTestCore({ pageMaxBytes: 10_000 })
    const group = await core.openGroup(['bob'])
    for (let n = 0; n < 30; n += 1) await core.say('bob', group, `${n} ${'x'.repeat(2000)}`)
    const [exported] = await collect(await core.exportUser('bob'))
    expect(exported?.messages.map(({ content }) => Number.parseInt(content, 10))).toEqual([...Array(30).keys()])
    expect(exported?.largest).toBeLessThan(10)
  })

  test('is there for those who are known only by what they said, and for nobody else', async () => {
    const core = createTestCore()
    const id = await core.openGroup(['ann'])
    await core.addMembers(null, id, [inviteeOf('bob')])
    expect((await core.exportUser('bob')).user).toBeNull()
    await expect(core.exportUser('nobody')).rejects.toMatchObject({ code: 'USER_NOT_FOUND' })
  })
})
