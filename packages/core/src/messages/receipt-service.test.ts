import { createTestCore, personOf } from '@parley/testkit/test-core'
import { describe, expect, test } from 'vitest'

const ann = personOf('ann')
const bob = personOf('bob')

async function groupWithMessages() {
  const core = createTestCore()
  const conversationId = await core.openGroup(['ann', 'bob', 'carl'])
  const first = (await core.say('ann', conversationId, 'one', 'a1')).message
  const second = (await core.say('ann', conversationId, 'two', 'a2')).message
  await core.clearNotifications(bob)
  core.forget()
  return { core, conversationId, first, second }
}

describe('receipts', () => {
  test('are told to the others when they are news', async () => {
    const { core, conversationId, first, second } = await groupWithMessages()
    await core.markDelivered(bob, { conversationId, messageId: second.id })
    await core.markRead(bob, { conversationId, messageId: first.id })
    await core.markRead(bob, { conversationId, messageId: first.id })
    await core.markDelivered(bob, { conversationId, messageId: first.id })
    const at = core.clock.now()
    expect(core.published).toEqual([
      {
        event: {
          ...{ type: 'receipt.moved', conversationId, at, userId: 'bob', kind: 'delivered' },
          ...{ messageId: second.id, clientId: 'a2', seq: 2 },
        },
        audience: { kind: 'topic' },
        exceptSession: 'bob-1',
      },
      {
        event: {
          ...{ type: 'receipt.moved', conversationId, at, userId: 'bob', kind: 'read' },
          ...{ messageId: first.id, clientId: 'a1', seq: 1 },
        },
        audience: { kind: 'topic' },
        exceptSession: 'bob-1',
      },
    ])
    expect((await core.getConversation(bob, conversationId)).cursors.get('bob')).toEqual({ delivered: 2, read: 1 })
  })

  test('name a message by either of its ids, the caller’s own before those of others', async () => {
    const { core, conversationId, first, second } = await groupWithMessages()
    await core.markRead(bob, { conversationId, messageId: 'a1' })
    expect(core.eventsOf('receipt.moved')).toMatchObject([{ messageId: first.id }])
    const own = (await core.say('bob', conversationId, 'three', 'a2')).message
    await core.markRead({ ...bob, room: null }, { conversationId, messageId: 'a2' })
    expect(core.eventsOf('receipt.moved').at(-1)).toMatchObject({ messageId: own.id })
    expect(await core.findMessage(ann, conversationId, 'a2')).toEqual(second)
    expect(await core.findMessage(bob, conversationId, 'a2')).toEqual(own)
    expect(await core.findMessage(personOf('carl'), conversationId, 'a1')).toEqual(first)
    expect(await core.findMessage(bob, conversationId, second.id)).toEqual(second)
  })

  test('of a message that is not there are refused', async () => {
    const { core, conversationId } = await groupWithMessages()
    const input = { conversationId, messageId: 'none' }
    await expect(core.markRead(bob, input)).rejects.toMatchObject({ code: 'MESSAGE_NOT_FOUND' })
    await expect(core.markDelivered(bob, input)).rejects.toMatchObject({ code: 'MESSAGE_NOT_FOUND' })
    await expect(core.findMessage(bob, conversationId, 'none')).rejects.toMatchObject({ code: 'MESSAGE_NOT_FOUND' })
  })

  test('are kept of members only', async () => {
    const { core, conversationId, first } = await groupWithMessages()
    await core.removeMember(ann, conversationId, 'bob')
    core.forget()
    const input = { conversationId, messageId: first.id }
    await expect(core.markRead(bob, input)).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    expect(core.published).toEqual([])
    const roomId = await core.openRoom()
    const { message } = await core.say('ann', roomId, 'in a room')
    await expect(core.markRead(bob, { conversationId: roomId, messageId: message.id })).rejects.toMatchObject({
      code: 'NOT_IN_ROOM',
    })
  })

  test('reading clears what waits about messages up to there, on all devices', async () => {
    const core = createTestCore()
    const conversationId = await core.openDirect('ann', 'bob')
    await core.clearNotifications(bob)
    const { message } = await core.say('ann', conversationId, 'one')
    await core.say('ann', conversationId, 'two')
    const [first, second] = await core.waiting('bob')
    core.forget()
    await core.markDelivered(bob, { conversationId, messageId: message.id })
    expect(core.addressed).toEqual([])
    await core.markRead(bob, { conversationId, messageId: message.id })
    expect(core.addressed).toMatchObject([
      {
        event: { type: 'notification.cleared', ids: [first?.id] },
        userIds: ['bob'],
        onlySession: null,
        exceptSession: null,
      },
    ])
    expect(await core.waiting('bob')).toEqual([second])
  })
})
