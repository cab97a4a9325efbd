import type { MessageAppended, StateAppended } from '@parley/core'
import {
  loadState,
  mustSend,
  SAMPLE_TIME,
  sampleMember,
  sampleMessage,
  storeConversation,
} from '@parley/testkit/contracts'
import { expect, test } from 'vitest'
import { createInOrder } from './in-order.ts'
import { openRooms } from './redis-rooms-fixture.ts'

test('what came together resolves by its revs, each room for itself, and what comes later after it', async () => {
  const inOrder = createInOrder()
  const resolved: string[] = []
  const take = (key: string, rev: number) =>
    inOrder.take(key, rev, `${key}${rev}`).then((answer) => void resolved.push(answer))
  await Promise.all([take('a', 3), take('b', 2), take('a', 1), take('b', 9), take('a', 2)])
  await Promise.all([take('a', 5), take('a', 4)])
  expect(resolved.filter((answer) => answer.startsWith('a'))).toEqual(['a1', 'a2', 'a3', 'a4', 'a5'])
  expect(resolved.filter((answer) => answer.startsWith('b'))).toEqual(['b2', 'b9'])
})

test('sends, edits, reactions and changes of state of one room resolve in the order of their revs', async () => {
  await using rooms = await openRooms('redis')
  const { conversations } = rooms
  const { id } = await storeConversation(conversations)
  const sent = await Promise.all(Array.from({ length: 40 }, () => mustSend(conversations, id)))
  const told: number[] = []
  const tell = (appended: MessageAppended | StateAppended): void => {
    if (appended.status !== 'appended') return
    told.push(...('events' in appended ? appended.events : [appended.event]).map(({ rev }) => rev))
  }
  const joinOneByOne = async (): Promise<void> => {
    for (let n = 0; n < 20; n += 1) {
      const { version } = await loadState(conversations, id)
      const member = sampleMember(`user-${n}`)
      const event = { type: 'member.joined', conversationId: id, at: SAMPLE_TIME, member } as const
      await conversations.appendState(id, { ifVersion: version, putMembers: [member], events: [event] }).then(tell)
    }
  }
  await Promise.all([
    joinOneByOne(),
    ...sent.flatMap(({ id: messageId }) => [
      conversations.append(id, { type: 'send', message: sampleMessage(id) }).then(tell),
      conversations.append(id, { type: 'edit', messageId, content: 'x', at: SAMPLE_TIME }).then(tell),
      conversations
        .append(id, { type: 'react', messageId, userId: 'bob', emoji: '👍', on: true, at: SAMPLE_TIME })
        .then(tell),
    ]),
  ])
  const { rev } = await loadState(conversations, id)
  expect(told).toEqual(Array.from({ length: rev - 40 }, (_, place) => place + 41))
})
