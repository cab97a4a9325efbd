import { join, loadState, mustSend, SAMPLE_TIME, sampleMember, storeConversation } from '@parley/testkit/contracts'
import { expect, test } from 'vitest'
import { createInOrder } from './in-order.ts'
import { openRooms } from './redis-rooms-fixture.ts'

test('what was taken first resolves first, and what fails holds up nobody', async () => {
  const inOrder = createInOrder()
  const resolved: string[] = []
  const note = (name: string) => () => void resolved.push(name)
  const slow = Promise.withResolvers<void>()
  const first = inOrder.take('a', () => slow.promise).then(note('first'))
  const fails = inOrder.take('a', () => Promise.reject(new Error('no'))).catch(note('fails'))
  const last = inOrder.take('a', async () => 'x').then(note('last'))
  await inOrder.take('b', () => undefined).then(note('another'))
  slow.resolve()
  await Promise.all([first, fails, last])
  expect(resolved).toEqual(['another', 'first', 'fails', 'last'])
})

test('sends, edits, reactions and changes of state of one room resolve in the order of their revs', async () => {
  await using rooms = await openRooms('redis')
  const { conversations } = rooms
  const { id } = await storeConversation(conversations)
  const sent = await Promise.all(Array.from({ length: 40 }, () => mustSend(conversations, id)))
  const told: number[] = []
  const tell = (revs: readonly number[]) => void told.push(...revs)
  await Promise.all(
    sent.flatMap(({ id: messageId }, n) => [
      mustSend(conversations, id).then(({ rev }) => tell([rev])),
      conversations
        .append(id, { type: 'edit', messageId, content: 'x', at: SAMPLE_TIME })
        .then((done) => tell('event' in done ? [done.event.rev] : [])),
      join(conversations, id, sampleMember(`user-${n}`)).then((done) =>
        tell('events' in done ? done.events.map(({ rev }) => rev) : []),
      ),
      conversations
        .append(id, { type: 'react', messageId, userId: 'bob', emoji: '👍', on: true, at: SAMPLE_TIME })
        .then((done) => tell('event' in done ? [done.event.rev] : [])),
    ]),
  )
  const { rev } = await loadState(conversations, id)
  expect(told).toEqual(Array.from({ length: rev - 40 }, (_, place) => place + 41))
})
