import type { DomainEvent, DurableEvent, UserEvent } from '@parley/core'
import type { messenger } from '@parley/protocol'
import type { z } from 'zod'
import { type EventTable, translate, type UserEventTable } from '../event-table.ts'
import type { Frame } from '../frame.ts'
import { socketioFrame } from '../socketio-frame.ts'
import { callView, joinedMemberView, json, messageView, notificationView, presenceView, signalView } from './views.ts'

/** An event's name and its data. */
type Message = { [E in messenger.ServerEvent]: readonly [E, messenger.ServerData<E>] }[messenger.ServerEvent]

/** What the messenger wire says for each domain event. */
const events = {
  'message.sent': (event) => ['message:new', messageView(event.message)],
  'message.edited': (event) => ['message:updated', messageView(event.message)],
  'message.deleted': (event) => ['message:updated', messageView(event.message)],
  'reaction.added': (event) => ['reaction:new', reaction(event)],
  'reaction.removed': (event) => ['reaction:removed', reaction(event)],
  'member.joined': (event) => [
    'chat:member-joined',
    {
      ...durable(event),
      userId: event.member.userId,
      name: event.member.name,
      member: joinedMemberView(event),
    },
  ],
  'member.left': (event) => [
    'chat:member-left',
    { ...durable(event), userId: event.userId, name: event.name, reason: event.reason },
  ],
  'role.changed': (event) => [
    'chat:updated',
    {
      ...durable(event),
      change: 'role',
      ...(event.byId === null ? {} : { byId: event.byId }),
      chat: event.role === 'host' ? { hostId: event.hostId } : {},
      roles: [{ userId: event.userId, role: event.role }, ...(event.former === null ? [] : [event.former])],
    },
  ],
  'conversation.locked': (event) => [
    'chat:updated',
    { ...durable(event), change: 'locked', byId: event.byId, chat: { isLocked: true } },
  ],
  'conversation.unlocked': (event) => [
    'chat:updated',
    { ...durable(event), change: 'unlocked', byId: event.byId, chat: { isLocked: false } },
  ],
  'conversation.extended': (event) => [
    'chat:updated',
    { ...durable(event), change: 'extended', byId: event.byId, chat: { expiresAt: event.expiresAt } },
  ],
  'conversation.renamed': (event) => [
    'chat:updated',
    {
      ...durable(event),
      change: 'renamed',
      ...(event.byId === null ? {} : { byId: event.byId }),
      chat: { name: event.name },
    },
  ],
  'typing.started': (event) => [
    'message:typing',
    { chatId: event.conversationId, userId: event.userId, name: event.name },
  ],
  'typing.stopped': (event) => ['message:stop-typing', { chatId: event.conversationId, userId: event.userId }],
  'receipt.moved': ({ conversationId, messageId, userId, seq, kind, at }) => [
    kind === 'read' ? 'message:read' : 'message:delivered',
    { chatId: conversationId, messageId, userId, seq, at },
  ],
  // Members of a chat see who is connected, not who looks at it.
  'attendance.changed': 'not carried',
  'conversation.advanced': 'not carried',
  // Those who see a member come are told then.
  'seat.taken': 'not carried',
  'presence.changed': (event) => [
    'presence:update',
    { userId: event.userId, status: event.online ? 'online' : 'offline', lastSeen: event.at },
  ],
  'conversation.expiring': (event) => [
    'chat:expiring',
    { chatId: event.conversationId, expiresAt: event.expiresAt, minutesLeft: event.minutesLeft },
  ],
  'conversation.expired': (event) => ['chat:expired', { chatId: event.conversationId, endedBy: event.endedBy }],
  'lobby.knocked': (event) => ['room:knock', { chatId: event.conversationId, userId: event.userId, name: event.name }],
  'lobby.answered': (event) => ['room:knock-answered', { chatId: event.conversationId, userId: event.userId }],
  'lobby.admitted': (event) => ['room:admitted', { chatId: event.conversationId }],
  'lobby.refused': (event) => ['room:refused', { chatId: event.conversationId }],
  'member.removed': (event) => ['room:kicked', { chatId: event.conversationId, banned: event.banned }],
  // `voice:state` sums such changes up.
  'voice.changed': 'not carried',
  // The connection ends by it, which says why.
  'session.displaced': 'not carried',
  'voice.speaking': ({ conversationId, userId, isSpeaking, level }) => [
    'voice:speaking',
    { chatId: conversationId, userId, speaking: isSpeaking, level },
  ],
  'voice.signalled': ({ conversationId, fromId, signal }) => [
    'voice:signal',
    { chatId: conversationId, ...(fromId === null ? {} : { from: fromId }), ...signalView(signal) },
  ],
  'voice.moved': ({ conversationId }) => ['voice:moved', { chatId: conversationId }],
  'voice.ended': ({ conversationId, reason }) => ['voice:ended', { chatId: conversationId, reason }],
  'voice.unmute-asked': ({ conversationId, byId, byName }) => [
    'voice:unmute-asked',
    { chatId: conversationId, byId, byName },
  ],
  'voice.heard': ({ conversationId, isHeard }) => ['voice:unheard', { chatId: conversationId, heard: isHeard }],
  'voice.reacted': ({ conversationId, userId, emoji }) => ['voice:reaction', { chatId: conversationId, userId, emoji }],
} satisfies EventTable<Message>

/** What it says for each event that concerns a person on all of their connections. */
const userEvents = {
  'notification.created': (event) => ['notification:new', notificationView(event.notification)],
  'notification.cleared': (event) => ['notification:cleared', { notificationIds: [...event.ids] }],
  'status.changed': (event) => ['presence:update', presenceView(event.person)],
  // A notification says so.
  'conversation.added': 'not carried',
  'call.ringing': ({ call, from, offer }) => [
    'call:incoming',
    { call: callView(call), ...(offer === null ? {} : { offer: json(offer) }), from },
  ],
  'call.answered': ({ call, userId, answer }) => [
    'call:answer',
    { callId: call.id, call: callView(call), userId, ...(answer === null ? {} : { answer: json(answer) }) },
  ],
  'call.rejected': ({ call, userId, reason }) => [
    'call:reject',
    { callId: call.id, call: callView(call), userId, ...(reason === null ? {} : { reason }) },
  ],
  'call.ended': ({ callId, conversationId, reason }) => ['call:end', { callId, chatId: conversationId, reason }],
  'call.candidate': ({ callId, fromId, candidate }) => [
    'call:ice-candidate',
    { callId, from: fromId, candidate: json(candidate) },
  ],
  // The session's end says so.
  'access.revoked': 'not carried',
} satisfies UserEventTable<Message>

/** The frame for `event`, or `null` when this wire does not carry it. */
export function encodeEvent(event: DomainEvent): Frame | null {
  const message = translate<Message>(events, event)
  return message === null ? null : socketioFrame(message[0], message[1])
}

/** The frame for an event that concerns a person, or `null` when this wire does not carry it. */
export function encodeUserEvent(event: UserEvent): Frame | null {
  const message = translate<Message, UserEvent>(userEvents, event)
  return message === null ? null : socketioFrame(message[0], message[1])
}

/** A missed event, just as it was sent live. */
export function missedEvent(event: DurableEvent): z.infer<typeof messenger.change> {
  const message = translate<Message>(events, event)
  if (message === null) throw new TypeError(`The messenger wire must carry ${event.type}: it is durable`)
  return { event: message[0], data: message[1] }
}

function durable({ conversationId, rev, at }: DurableEvent) {
  return { chatId: conversationId, rev, at }
}

function reaction(event: DurableEvent & { type: 'reaction.added' | 'reaction.removed' }) {
  const { messageId, userId, emoji } = event
  return { ...durable(event), messageId, userId, emoji }
}
