import { createTestCore, personOf, type TestCore } from '@parley/testkit/test-core'
import { describe, expect, test } from 'vitest'

const ann = personOf('ann')
const bob = personOf('bob')

const tell = (core: TestCore, conversationId: string, mentions: unknown, clientId: string | null = null) =>
  core.send(ann, {
    ...{ conversationId, content: 'a secret', type: 'text', clientId, replyTo: null },
    metadata: { mentions },
  })

/** A group in which nothing waits for anybody. */
async function quietGroup(core: TestCore, ...userIds: readonly string[]) {
  const id = await core.openGroup(['ann', ...userIds])
  for (const userId of userIds) await core.clearNotifications(personOf(userId))
  core.forget()
  return id
}

describe('messages in direct conversations', () => {
  test('leave a note for the other one, without a word of what was said', async () => {
    const core = createTestCore()
    const conversationId = await core.openDirect('ann', 'bob')
    await core.clearNotifications(bob)
    core.forget()
    const { message } = await core.say('ann', conversationId, 'a secret')
    const waiting = await core.waiting('bob')
    expect(waiting).toMatchObject([
      {
        ...{ kind: 'message', conversationId, messageId: message.id, seq: 1, userId: 'bob' },
        data: { senderId: 'ann', senderName: 'ann', conversationKind: 'direct', conversationName: '' },
      },
    ])
    expect(JSON.stringify(waiting)).not.toContain('secret')
    expect(core.toldTo('bob', 'notification.created').map(({ notification }) => notification)).toEqual(waiting)
    expect(await core.waiting('ann')).toEqual([])
    await core.say('bob', conversationId, 'answer')
    expect(await core.waiting('ann')).toMatchObject([{ kind: 'message', data: { senderId: 'bob' } }])
  })

  test('leave none while the other one looks at it', async () => {
    const core = createTestCore()
    const conversationId = await core.openDirect('ann', 'bob')
    await core.clearNotifications(bob)
    await core.arrive('bob', conversationId)
    await core.say('ann', conversationId, 'seen')
    expect(await core.waiting('bob')).toEqual([])
    await core.exit(bob, conversationId)
    await core.connect(bob, { avatar: null, roles: [] })
    await core.say('ann', conversationId, 'not seen')
    expect(await core.waiting('bob')).toMatchObject([{ seq: 2 }])
  })

  test('sent twice leave one', async () => {
    const core = createTestCore()
    const conversationId = await core.openDirect('ann', 'bob')
    await core.clearNotifications(bob)
    core.forget()
    for (let n = 0; n < 3; n += 1) await core.say('ann', conversationId, 'hello', 'c1')
    expect(await core.waiting('bob')).toHaveLength(1)
    expect(core.toldTo('bob', 'notification.created')).toHaveLength(1)
  })
})

describe('messages in groups', () => {
  test('leave a note for members whom they mention', async () => {
    const core = createTestCore()
    const id = await quietGroup(core, 'bob', 'carl')
    const { message } = await tell(core, id, ['bob', 'ann', 'eve', 'bob', 7, null, { bob: true }])
    expect(await core.waiting('bob')).toMatchObject([
      { kind: 'mention', messageId: message.id, seq: 1, data: { senderName: 'ann', conversationName: 'Group' } },
    ])
    for (const userId of ['ann', 'carl', 'eve']) expect(await core.waiting(userId)).toEqual([])
    expect(core.addressed).toHaveLength(1)
  })

  test('and for nobody else', async () => {
    const core = createTestCore()
    const id = await quietGroup(core, 'bob')
    await core.say('ann', id, '@bob')
    for (const mentions of ['bob', { 0: 'bob' }, [], null, ['nobody']]) await tell(core, id, mentions)
    expect(await core.waiting('bob')).toEqual([])
  })

  test('a mention waits also for those who look at it, and in a direct one instead of the message', async () => {
    const core = createTestCore()
    const id = await quietGroup(core, 'bob')
    await core.arrive('bob', id)
    await tell(core, id, ['bob'])
    expect(await core.waiting('bob')).toMatchObject([{ kind: 'mention' }])
    const direct = await core.openDirect('ann', 'bob')
    await core.clearNotifications(bob)
    await tell(core, direct, ['bob'])
    expect(await core.waiting('bob')).toMatchObject([{ kind: 'mention', conversationId: direct }])
  })

  test('rooms leave nothing for anybody', async () => {
    const core = createTestCore()
    const id = await core.openRoom()
    await core.arrive('bob', id)
    await tell(core, id, ['bob'])
    expect(await core.waiting('bob')).toEqual([])
  })

  test('are sent without reading the whole conversation each time', async () => {
    const core = createTestCore()
    const id = await quietGroup(core, 'bob')
    let loads = 0
    const counting = createTestCore(
      {},
      {
        ...core.ports,
        conversations: {
          ...core.ports.conversations,
          load(one) {
            loads += 1
            return core.ports.conversations.load(one)
          },
        },
      },
    )
    for (let n = 0; n < 20; n += 1) await counting.say('ann', id, `${n}`)
    expect(loads).toBe(1)
  })
})

describe('what happens to members', () => {
  test('leaves a note for those who are made host or moderator by another', async () => {
    const core = createTestCore()
    const conversationId = await quietGroup(core, 'bob', 'carl')
    await core.setRole(ann, { conversationId, userId: 'bob', role: 'moderator' })
    await core.setRole(ann, { conversationId, userId: 'carl', role: 'listener' })
    await core.setRole(ann, { conversationId, userId: 'bob', role: 'host' })
    expect((await core.waiting('bob')).map(({ kind, data }) => [kind, data.what, data.role, data.byName])).toEqual([
      ['event', 'role', 'moderator', 'ann'],
      ['event', 'role', 'host', 'ann'],
    ])
    expect(await core.waiting('carl')).toEqual([])
    expect(await core.waiting('ann')).toEqual([])
  })
})

describe('what waits', () => {
  test('is cleared one by one or all at once, on all devices', async () => {
    const core = createTestCore()
    const id = await quietGroup(core, 'bob')
    for (let n = 0; n < 3; n += 1) await tell(core, id, ['bob'])
    const [first, ...rest] = await core.waiting('bob')
    core.forget()
    await core.clearNotification(bob, first?.id ?? '')
    expect(await core.waiting('bob')).toEqual(rest)
    await expect(core.clearNotification(bob, first?.id ?? '')).rejects.toMatchObject({ code: 'NOTIFICATION_NOT_FOUND' })
    await expect(core.clearNotification(ann, rest[0]?.id ?? '')).rejects.toMatchObject({
      code: 'NOTIFICATION_NOT_FOUND',
    })
    await core.clearNotifications(bob)
    await core.clearNotifications(bob)
    expect(core.toldTo('bob', 'notification.cleared').map(({ ids }) => ids)).toEqual([
      [first?.id],
      rest.map((one) => one.id),
    ])
  })

  test('is given as far as it is of use', async () => {
    const core = createTestCore({ pendingNotifications: 2 })
    const id = await quietGroup(core, 'bob')
    for (let n = 0; n < 4; n += 1) {
      await core.clock.advance(1)
      await tell(core, id, ['bob'])
    }
    expect((await core.waiting('bob')).map(({ seq }) => seq)).toEqual([3, 4])
  })
})
