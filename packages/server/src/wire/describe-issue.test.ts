import { messenger, rooms, site } from '@parley/protocol'
import { expect, test } from 'vitest'
import type { z } from 'zod'
import { parse } from './dispatch.ts'

const { send_message: message, set_role: setRole, lock_room: lock, extend_room: extend, react } = rooms.clientMessages

const joinMany = messenger.clientMessages['chat:join-multiple']

/** What a person reads when this is refused. */
function refusal(schema: z.ZodType, input: unknown): string {
  try {
    parse(schema, input)
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('it was taken')
}

test.each([
  [rooms.loginBody, {}, 'name is missing.'],
  [rooms.loginBody, { name: null }, 'name is missing.'],
  [rooms.loginBody, { name: 7 }, 'name must be text.'],
  [rooms.loginBody, [], 'The request must be an object.'],
  [rooms.createRoomBody, { name: 'Tea', hostName: 'Ann', duration: '15' }, 'duration must be a number.'],
  [rooms.createRoomBody, { name: 'Tea', hostName: 'Ann', duration: 1.5 }, 'duration must be a whole number.'],
  [rooms.createRoomBody, { name: 'Tea', hostName: 'Ann', duration: 0 }, 'duration must be at least 1.'],
  [rooms.joinRoomBody, { roomId: '', participantName: 'Ann' }, 'roomId must not be empty.'],
  [rooms.historyQuery, { limit: '101' }, 'limit must be at most 100.'],
  [rooms.historyQuery, { limit: 'nine' }, 'limit must be a number.'],
  [rooms.historyQuery, { before: 'nine' }, 'before must be the seq or the id of a message.'],
  [lock, { type: 'lock_room', isLocked: 'yes' }, 'isLocked must be true or false.'],
  [extend, { type: 'extend_room', minutes: 1441 }, 'minutes must be at most 1440.'],
  [react, { type: 'react', messageId: 'm', emoji: 'x'.repeat(33) }, 'emoji must have at most 32 characters.'],
  [
    setRole,
    { type: 'set_role', participantId: 'p', role: 'king' },
    'role must be one of host, moderator, speaker, listener.',
  ],
  [message, { type: 'send_message', text: '' }, 'text must have 1 to 4000 characters.'],
  [message, { type: 'send_message', text: 'x'.repeat(8001) }, 'text must have 1 to 4000 characters.'],
  [joinMany, { chatIds: Array(201).fill('c') }, 'chatIds must have at most 200 entries.'],
  [site.addMembersBody, { id: 'c', members: [] }, 'members must not be empty.'],
  [joinMany, {}, 'chats is missing.'],
])('what is wrong is said in words: %#', (schema, input, sentence) => {
  expect(refusal(schema, input)).toBe(sentence)
})
