import type { ConversationAdded, DomainEvent, DurableEvent, EventOf, UserEvent } from '@parley/core'
import type { site } from '@parley/protocol'
import type { z } from 'zod'
import { type EventTable, translate, type UserEventTable } from '../event-table.ts'
import type { Frame } from '../frame.ts'
import { socketioFrame } from '../socketio-frame.ts'
import { messageView, updateView } from './views.ts'

/** An event's name and its data. */
type Message = { [E in site.ServerEvent]: readonly [E, site.ServerData<E>] }[site.ServerEvent]

/** What the site wire says for each domain event. */
const events = {
  'message.sent': (event) => ['message:new', messageView(event.message)],
  'message.edited': (event) => ['message:updated', messageView(event.message)],
  'message.deleted': (event) => ['message:updated', messageView(event.message)],
  'reaction.added': (event) => ['message:reaction', { ...reaction(event), action: 'added' }],
  'reaction.removed': (event) => ['message:reaction', { ...reaction(event), action: 'removed' }],
  'member.joined': ({ conversationId, rev, member: { userId, name } }) => [
    'user:joined',
    { userId, name, conversationId, rev },
  ],
  'member.left': ({ conversationId, rev, userId, name, reason }) => [
    'user:left',
    { userId, name, conversationId, reason, rev },
  ],
  'role.changed': (event) => ['conversation:updated', updateView(event)],
  'conversation.locked': (event) => ['conversation:updated', updateView(event)],
  'conversation.unlocked': (event) => ['conversation:updated', updateView(event)],
  'conversation.extended': (event) => ['conversation:updated', updateView(event)],
  'conversation.renamed': (event) => ['conversation:updated', updateView(event)],
  'typing.started': ({ conversationId, userId, name }) => [
    'typing:indicator',
    { conversationId, userId, name, isTyping: true },
  ],
  'typing.stopped': ({ conversationId, userId, name }) => [
    'typing:indicator',
    { conversationId, userId, name, isTyping: false },
  ],
  'receipt.moved': ({ conversationId, messageId, clientId, seq, userId, at, kind }) => [
    kind === 'read' ? 'message:read-receipt' : 'message:delivered-receipt',
    { conversationId, messageId: clientId ?? messageId, id: messageId, seq, userId, timestamp: at },
  ],
  'conversation.advanced': 'not carried',
  // Without a `rev`: it is not stored, and they stay a member.
  'attendance.changed': ({ conversationId, userId, name, isHere }) =>
    isHere
      ? ['user:joined', { userId, name, conversationId }]
      : ['user:left', { userId, name, conversationId, reason: 'closed' }],
  // Who is connected is told of people, whatever they look at.
  'seat.taken': 'not carried',
  'presence.changed': 'not carried',
  // The end itself is told; only rooms have one.
  'conversation.expiring': 'not carried',
  'conversation.expired': ({ conversationId }) => ['conversation:closed', { conversationId, reason: 'ended' }],
  // Nobody waits in a lobby, or lets others in, by this wire.
  'lobby.knocked': 'not carried',
  'lobby.answered': 'not carried',
  'lobby.admitted': 'not carried',
  'lobby.refused': 'not carried',
  'member.removed': ({ conversationId }) => ['conversation:closed', { conversationId, reason: 'removed' }],
  // Voice is spoken of on the messenger wire.
  'voice.changed': 'not carried',
  // The connection ends by it, which says why.
  'session.displaced': 'not carried',
  'voice.speaking': 'not carried',
  'voice.signalled': 'not carried',
  'voice.moved': 'not carried',
  'voice.ended': 'not carried',
  'voice.unmute-asked': 'not carried',
  'voice.heard': 'not carried',
  'voice.reacted': 'not carried',
} satisfies EventTable<Message>

/** What it says for each event that concerns a person on all of their connections. */
const userEvents = {
  // Only coming and going: the rest of a person's status is not known here.
  'status.changed': ({ person: { userId, name }, wasOnline, isOnline }) => {
    if (wasOnline === isOnline) return null
    return isOnline ? ['user:online', { userId, name }] : ['user:offline', { userId }]
  },
  'conversation.added': ({ conversationId, member: { userId, name } }) => [
    'user:joined',
    { userId, name, conversationId },
  ],
  'notification.created': 'not carried',
  'notification.cleared': 'not carried',
  'call.ringing': 'not carried',
  'call.answered': 'not carried',
  'call.rejected': 'not carried',
  'call.ended': 'not carried',
  'call.candidate': 'not carried',
  // The session's end says so.
  'access.revoked': 'not carried',
} satisfies UserEventTable<Message | null>

/** The frame for `event`, or `null` when this wire does not carry it. */
export function encodeEvent(event: DomainEvent): Frame | null {
  const message = translate<Message>(events, event)
  return message === null ? null : socketioFrame(message[0], message[1])
}

/** The frame for an event that concerns a person, or `null` when this wire does not carry it. */
export function encodeUserEvent(event: UserEvent): Frame | null {
  const message = translate<Message | null, UserEvent>(userEvents, event)
  return message === null ? null : socketioFrame(message[0], message[1])
}

/** A missed event, just as it was sent live. */
export function missedEvent(
  event: DurableEvent | EventOf<'receipt.moved'> | ConversationAdded,
): z.infer<typeof site.change> {
  const message =
    event.type === 'conversation.added'
      ? translate<Message | null, UserEvent>(userEvents, event)
      : translate<Message>(events, event)
  if (message === null) throw new TypeError(`The site wire must carry ${event.type}: who missed it asks for it`)
  return { event: message[0], data: message[1] }
}

function reaction(event: DurableEvent & { type: 'reaction.added' | 'reaction.removed' }) {
  const { messageId, clientId, conversationId, emoji, userId, rev } = event
  return { messageId: clientId ?? messageId, id: messageId, conversationId, emoji, userId, rev }
}
