import type { Call, DomainEvent, DurableEvent, Member, Message, Notification, UserEvent } from '@parley/core'
import { messenger, rooms, site } from '@parley/protocol'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { Frame } from './frame.ts'
import * as messengerEvents from './messenger/events.ts'
import * as roomsEvents from './rooms/events.ts'
import * as siteEvents from './site/events.ts'

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
  'reaction.added': [
    { ...durable, type: 'reaction.added', messageId: 'm1', clientId: 'c1', userId: 'bob', emoji: '👍' },
  ],
  'reaction.removed': [
    { ...durable, type: 'reaction.removed', messageId: 'm1', clientId: 'c1', userId: 'bob', emoji: '👍' },
  ],
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
  'conversation.renamed': [
    { ...durable, type: 'conversation.renamed', byId: 'ann', name: 'New' },
    { ...durable, type: 'conversation.renamed', byId: null, name: 'New' },
  ],
  'receipt.moved': (['delivered', 'read'] as const).map((kind) => {
    return { ...base, type: 'receipt.moved', userId: 'bob', messageId: 'm1', clientId: 'c1', seq: 4, kind }
  }),
  'conversation.advanced': [{ ...base, type: 'conversation.advanced', upTo: 5 }],
  'typing.started': [{ ...base, type: 'typing.started', userId: 'bob', name: 'Bob' }],
  'typing.stopped': [{ ...base, type: 'typing.stopped', userId: 'bob', name: 'Bob' }],
  'attendance.changed': [
    { type: 'attendance.changed', conversationId, at, userId: 'ann', name: 'Ann', isHere: true },
    { type: 'attendance.changed', conversationId, at, userId: 'ann', name: 'Ann', isHere: false },
  ],
  'seat.taken': [{ ...base, type: 'seat.taken', userId: 'bob' }],
  'presence.changed': [{ ...base, type: 'presence.changed', userId: 'bob', online: false }],
  'conversation.expiring': [{ ...base, type: 'conversation.expiring', expiresAt: at, minutesLeft: 5 }],
  'conversation.expired': [{ ...base, type: 'conversation.expired' }],
  'lobby.knocked': [{ ...base, type: 'lobby.knocked', userId: 'bob', name: 'Bob' }],
  'lobby.answered': [{ ...base, type: 'lobby.answered', userId: 'bob' }],
  'lobby.admitted': [{ ...base, type: 'lobby.admitted', userId: 'bob' }],
  'lobby.refused': [{ ...base, type: 'lobby.refused', userId: 'bob' }],
  'member.removed': [{ ...base, type: 'member.removed', userId: 'bob', banned: true }],
  'voice.changed': [{ ...base, type: 'voice.changed' }],
  'voice.speaking': [{ ...base, type: 'voice.speaking', userId: 'bob', isSpeaking: true, level: 0.5 }],
  'voice.signalled': [
    { ...base, type: 'voice.signalled', fromId: 'bob', signal: { candidate: null } },
    {
      ...base,
      type: 'voice.signalled',
      fromId: null,
      signal: { description: { type: 'offer', sdp: 'v=0' }, streams: [{ mid: '0', source: 'mic', userId: 'bob' }] },
    },
  ],
  'voice.moved': [{ ...base, type: 'voice.moved' }],
  'voice.ended': [{ ...base, type: 'voice.ended', sessionId: 's1', reason: 'elsewhere' }],
  'voice.unmute-asked': [{ ...base, type: 'voice.unmute-asked', byId: 'ann', byName: 'Ann' }],
  'voice.heard': [{ ...base, type: 'voice.heard', isHeard: false }],
  'session.displaced': [{ ...base, type: 'session.displaced' }],
  'voice.reacted': [{ ...base, type: 'voice.reacted', userId: 'bob', emoji: '👏' }],
}
const person = { userId: 'bob', name: 'Bob', status: 'away', customStatus: 'out', lastSeenAt: at } as const
const call: Call = {
  id: 'call1',
  conversationId,
  callerId: 'ann',
  media: 'audio',
  offer: { sdp: 'x' },
  state: 'ringing',
  parties: [
    { userId: 'ann', name: 'Ann', state: 'joined', sessionId: 's1', goneSince: null },
    { userId: 'bob', name: 'Bob', state: 'ringing', sessionId: null, goneSince: null },
  ],
  createdAt: at,
  answeredAt: null,
  endedAt: null,
  endReason: null,
  version: 0,
}
const notification: Notification = {
  id: 'n1',
  userId: 'bob',
  kind: 'mention',
  conversationId,
  messageId: 'm1',
  seq: 4,
  data: { fromName: 'Ann' },
  createdAt: at,
}
const samplesForUsers: { readonly [T in UserEvent['type']]: readonly UserEvent[] } = {
  'notification.created': [{ type: 'notification.created', at, notification }],
  'notification.cleared': [{ type: 'notification.cleared', at, ids: ['n1'] }],
  'status.changed': [{ type: 'status.changed', at, person, wasOnline: false, isOnline: true }],
  'conversation.added': [{ type: 'conversation.added', at, conversationId, member }],
  'call.ringing': [{ type: 'call.ringing', at, call, from: { userId: 'ann', name: 'Ann' }, offer: call.offer }],
  'call.answered': [{ type: 'call.answered', at, call, userId: 'bob', answer: { sdp: 'y' } }],
  'call.rejected': [{ type: 'call.rejected', at, call, userId: 'bob', reason: 'busy' }],
  'call.ended': [{ type: 'call.ended', at, callId: 'call1', conversationId, reason: 'hangup' }],
  'call.candidate': [{ type: 'call.candidate', at, callId: 'call1', fromId: 'ann', candidate: {} }],
  'access.revoked': [{ type: 'access.revoked', at, userId: 'bob', issuedBefore: at, tokenId: null }],
}
const all = Object.values(samples).flat()
const allForUsers = Object.values(samplesForUsers).flat()
const isDurable = (event: DomainEvent): event is DurableEvent => 'rev' in event

/** Parses with every field known, so that what the schema does not name is found too. */
function strictly(schema: z.ZodObject, value: unknown): unknown {
  return schema.strict().parse(value)
}

/** Not for clients: hints to read something anew, and what is told by the end of the session. */
const NEVER_CARRIED: readonly string[] = [
  'attendance.changed',
  'conversation.advanced',
  'seat.taken',
  'session.displaced',
  'access.revoked',
  'voice.changed',
]
/** What cannot be in a room. */
const NOT_IN_ROOMS: readonly string[] = ['conversation.renamed']

/** A Socket.IO event in the main namespace, as it went out. */
function read(frame: Frame): { readonly name: string; readonly data: Record<string, unknown> } {
  expect(frame.bytes.toString().endsWith(`4${frame.text}`)).toBe(true)
  const [name, data] = JSON.parse(frame.text.slice(1))
  return { name, data }
}

describe.each(all.map((event) => [event.type, event] as const))('%s', (type, event) => {
  it('is on the rooms wire what its schema says, or not carried', () => {
    const frame = roomsEvents.encodeEvent(event)
    if (frame === null) {
      expect(isDurable(event) && !NOT_IN_ROOMS.includes(type)).toBe(false)
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
    if (frame === null) {
      expect(NEVER_CARRIED).toContain(type)
      return
    }
    const { name, data } = read(frame)
    const schema: z.ZodObject = messenger.serverMessages[name as messenger.ServerEvent]
    expect(strictly(schema, data)).toEqual(data)
    expect(data.rev).toBe(isDurable(event) ? event.rev : undefined)
    if (!isDurable(event)) return
    expect(Object.keys(messenger.durableEvents)).toContain(name)
    expect(JSON.parse(JSON.stringify(messengerEvents.missedEvent(event)))).toEqual({ event: name, data })
  })

  it('is on the site wire what its schema says, or not carried', () => {
    const frame = siteEvents.encodeEvent(event)
    if (frame === null) {
      // Whatever is durable is carried, so that a client finds no hole.
      expect(isDurable(event)).toBe(false)
      return
    }
    const { name, data } = read(frame)
    const schema: z.ZodObject = site.serverMessages[name as site.ServerEvent]
    expect(strictly(schema, data)).toEqual(data)
    expect([data.conversationId, data.rev]).toEqual([conversationId, isDurable(event) ? event.rev : undefined])
    if (!isDurable(event)) return
    expect(Object.keys(site.durableEvents)).toContain(name)
    expect(JSON.parse(JSON.stringify(siteEvents.missedEvent(event)))).toEqual({ event: name, data })
  })
})

describe.each(allForUsers.map((event) => [event.type, event] as const))('%s, to a person', (type, event) => {
  it('is on the messenger wire what its schema says', () => {
    const frame = messengerEvents.encodeUserEvent(event)
    if (frame === null) {
      expect([...NEVER_CARRIED, 'conversation.added']).toContain(type)
      return
    }
    const { name, data } = read(frame)
    const schema: z.ZodObject = messenger.serverMessages[name as messenger.ServerEvent]
    expect(strictly(schema, data)).toEqual(data)
  })

  it('is on the site wire what its schema says, or not carried', () => {
    const frame = siteEvents.encodeUserEvent(event)
    if (frame === null) return
    const { name, data } = read(frame)
    const schema: z.ZodObject = site.serverMessages[name as site.ServerEvent]
    expect(strictly(schema, data)).toEqual(data)
  })
})

describe('the site wire', () => {
  it('names a message by the id that its sender gave it, and by its own', () => {
    const [added] = samples['reaction.added']
    const [moved] = samples['receipt.moved']
    for (const event of [added, moved]) {
      const frame = event === undefined ? null : siteEvents.encodeEvent(event)
      expect(frame === null ? null : read(frame).data).toMatchObject({ messageId: 'c1', id: 'm1' })
    }
  })

  it('tells of people who come and go, and of nothing in between', () => {
    const told = [
      [false, true],
      [true, false],
      [true, true],
      [false, false],
    ].map(([wasOnline = false, isOnline = false]) => {
      const frame = siteEvents.encodeUserEvent({ type: 'status.changed', at, person, wasOnline, isOnline })
      return frame === null ? null : read(frame).name
    })
    expect(told).toEqual(['user:online', 'user:offline', null, null])
  })
})
