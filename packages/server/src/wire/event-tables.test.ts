import type { DomainEvent, DurableEvent, Member, Message } from '@parley/core'
import { messenger, rooms } from '@parley/protocol'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import * as messengerEvents from './messenger/events.ts'
import * as roomsEvents from './rooms/events.ts'

const at = 1_900_000_000_000
const conversationId = '7k3m9q2r5t8w'
const member: Member = {
  userId: 'bob',
  name: 'Bob',
  role: 'speaker',
  joinedAt: at,
  absentSince: null,
  hasEntered: true,
}
const message: Message = {
  id: 'm1',
  conversationId,
  clientId: 'c1',
  senderId: 'ann',
  senderName: 'Ann',
  content: 'hi',
  type: 'text',
  replyTo: 'm0',
  metadata: { mentions: ['bob'] },
  createdAt: at,
  seq: 4,
  rev: 5,
  editedAt: at,
  deletedAt: null,
  reactions: { '👍': ['bob'] },
}
const bare: Message = { ...message, clientId: null, replyTo: null, metadata: null, editedAt: null, reactions: {} }
const base = { conversationId, at }
const durable = { ...base, rev: 5 }

/** At least one of every type; the compiler holds that none is missing. */
const samples: { readonly [T in DomainEvent['type']]: readonly DomainEvent[] } = {
  'message.sent': [
    { ...durable, type: 'message.sent', message },
    { ...durable, type: 'message.sent', message: bare },
  ],
  'message.edited': [{ ...durable, type: 'message.edited', message }],
  'message.deleted': [
    { ...durable, type: 'message.deleted', message: { ...bare, content: '', deletedAt: at }, byId: 'ann' },
  ],
  'reaction.added': [{ ...durable, type: 'reaction.added', messageId: 'm1', userId: 'bob', emoji: '👍' }],
  'reaction.removed': [{ ...durable, type: 'reaction.removed', messageId: 'm1', userId: 'bob', emoji: '👍' }],
  'member.joined': [{ ...durable, type: 'member.joined', member }],
  'member.left': [{ ...durable, type: 'member.left', userId: 'bob', name: 'Bob', reason: 'timeout' }],
  'role.changed': [
    {
      ...durable,
      type: 'role.changed',
      userId: 'bob',
      role: 'host',
      hostId: 'bob',
      former: { userId: 'ann', role: 'moderator' },
      byId: 'ann',
    },
    { ...durable, type: 'role.changed', userId: 'bob', role: 'host', hostId: 'bob', former: null, byId: null },
  ],
  'conversation.locked': [{ ...durable, type: 'conversation.locked', byId: 'ann' }],
  'conversation.unlocked': [{ ...durable, type: 'conversation.unlocked', byId: 'ann' }],
  'conversation.extended': [{ ...durable, type: 'conversation.extended', byId: 'ann', expiresAt: at }],
  'typing.started': [{ ...base, type: 'typing.started', userId: 'bob', name: 'Bob' }],
  'typing.stopped': [{ ...base, type: 'typing.stopped', userId: 'bob', name: 'Bob' }],
  'presence.changed': [{ ...base, type: 'presence.changed', userId: 'bob', online: false }],
  'conversation.expiring': [{ ...base, type: 'conversation.expiring', expiresAt: at, minutesLeft: 5 }],
  'conversation.expired': [{ ...base, type: 'conversation.expired' }],
  'lobby.knocked': [{ ...base, type: 'lobby.knocked', userId: 'bob', name: 'Bob' }],
  'lobby.answered': [{ ...base, type: 'lobby.answered', userId: 'bob' }],
  'lobby.admitted': [{ ...base, type: 'lobby.admitted', userId: 'bob' }],
  'lobby.refused': [{ ...base, type: 'lobby.refused', userId: 'bob' }],
  'member.removed': [{ ...base, type: 'member.removed', userId: 'bob', banned: true }],
}
const all = Object.values(samples).flat()
const isDurable = (event: DomainEvent): event is DurableEvent => 'rev' in event

/** Parses with every field known, so that what the schema does not name is found too. */
function strictly(schema: z.ZodObject, value: unknown): unknown {
  return schema.strict().parse(value)
}

describe.each(all.map((event) => [event.type, event] as const))('%s', (_type, event) => {
  it('is on the rooms wire what its schema says, or not carried', () => {
    const frame = roomsEvents.encodeEvent(event)
    if (frame === null) {
      expect(isDurable(event)).toBe(false)
      return
    }
    const value = JSON.parse(frame.text)
    const schema =
      value.type === 'room_event'
        ? rooms.roomEvents[value.event as rooms.RoomEventName]
        : rooms.serverMessages[value.type as rooms.ServerMessageType]
    expect(strictly(schema, value)).toEqual(value)
    expect(value.roomId).toBe(conversationId)
    expect(value.rev).toBe(isDurable(event) ? event.rev : undefined)
    if (isDurable(event)) expect(JSON.parse(JSON.stringify(roomsEvents.missedEvent(event)))).toEqual(value)
  })

  it('is on the messenger wire what its schema says', () => {
    const frame = messengerEvents.encodeEvent(event)
    const [name, data] = JSON.parse((frame?.text ?? '').slice(1))
    const schema: z.ZodObject = messenger.serverMessages[name as messenger.ServerEvent]
    expect(strictly(schema, data)).toEqual(data)
    expect(data.rev).toBe(isDurable(event) ? event.rev : undefined)
    if (!isDurable(event)) return
    expect(Object.keys(messenger.durableEvents)).toContain(name)
    expect(JSON.parse(JSON.stringify(messengerEvents.missedEvent(event)))).toEqual({ event: name, data })
  })

  it('is framed once for both transports of the messenger wire', () => {
    const frame = messengerEvents.encodeEvent(event)
    expect(frame?.bytes.toString().endsWith(`4${frame.text}`)).toBe(true)
  })
})
