import type { DomainEvent, DurableEvent } from '@parley/core'
import type { rooms } from '@parley/protocol'
import { type EventTable, translate } from '../event-table.ts'
import { type Frame, textFrame } from '../frame.ts'
import { writeObject } from '../written-json.ts'
import { memberParticipant, messageView } from './views.ts'

type Message = rooms.RoomEvent | rooms.ServerMessage

const roomEvent = <E extends rooms.RoomEventName>(
  event: DomainEvent,
  name: E,
  fields: Omit<rooms.RoomEvent<E>, 'type' | 'roomId' | 'event' | 'at'>,
): Message =>
  // A spread of generic fields is beyond inference; the parameter's type is the check.
  ({ type: 'room_event', roomId: event.conversationId, event: name, at: event.at, ...fields }) as Message

/** What the rooms wire says for each domain event. */
const events = {
  'message.sent': (event) => roomEvent(event, 'message', { rev: event.rev, message: messageView(event.message) }),
  'message.edited': (event) =>
    roomEvent(event, 'message_edited', { rev: event.rev, message: messageView(event.message) }),
  'message.deleted': (event) =>
    roomEvent(event, 'message_deleted', {
      rev: event.rev,
      messageId: event.message.id,
      participantId: event.byId,
    }),
  'reaction.added': (event) => roomEvent(event, 'reaction', { ...reactionFields(event), action: 'added' }),
  'reaction.removed': (event) => roomEvent(event, 'reaction', { ...reactionFields(event), action: 'removed' }),
  'member.joined': (event) =>
    roomEvent(event, 'participant_joined', { rev: event.rev, participant: memberParticipant(event.member) }),
  'member.left': (event) =>
    roomEvent(event, 'participant_left', {
      rev: event.rev,
      participantId: event.userId,
      name: event.name,
      reason: event.reason,
    }),
  'role.changed': (event) =>
    roomEvent(event, 'role_changed', {
      rev: event.rev,
      participantId: event.userId,
      role: event.role,
      hostId: event.hostId,
    }),
  'conversation.locked': (event) => roomEvent(event, 'locked', { rev: event.rev, participantId: event.byId }),
  'conversation.unlocked': (event) => roomEvent(event, 'unlocked', { rev: event.rev, participantId: event.byId }),
  'conversation.extended': (event) =>
    roomEvent(event, 'extended', { rev: event.rev, participantId: event.byId, expiresAt: event.expiresAt }),
  // Rooms have the name that they were opened with.
  'conversation.renamed': 'not carried',
  'typing.started': (event) => typing(event, true),
  'typing.stopped': (event) => typing(event, false),
  // Only conversations that last have these.
  'receipt.moved': 'not carried',
  // Members of a chat see who is connected, not who looks at it.
  'attendance.changed': 'not carried',
  'conversation.advanced': 'not carried',
  // Part of `participants_update`, which sums such changes up.
  'seat.taken': 'not carried',
  'presence.changed': 'not carried',
  'conversation.expiring': (event) =>
    roomEvent(event, 'expiring', { expiresAt: event.expiresAt, minutesLeft: event.minutesLeft }),
  'conversation.expired': (event) => roomEvent(event, 'expired', { endedBy: event.endedBy }),
  'lobby.knocked': (event) => roomEvent(event, 'knock', { participantId: event.userId, name: event.name }),
  'lobby.answered': 'not carried',
  // The server enters them by itself, and `joined` says it.
  'lobby.admitted': 'not carried',
  'lobby.refused': (event) => roomEvent(event, 'kicked', { banned: false }),
  'member.removed': (event) => roomEvent(event, 'kicked', { banned: event.banned }),
  // The list of participants says who is in voice; the rest of it is spoken of on the messenger wire.
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

/** The frame for `event`, or `null` when this wire does not carry it. */
export function encodeEvent(event: DomainEvent): Frame | null {
  const message = translate<Message>(events, event)
  return message === null ? null : encodeMessage(message)
}

/** A missed event, just as it was sent live. */
export function missedEvent(event: DurableEvent): rooms.RoomEvent<'joined'>['missed'][number] {
  // Every durable event is carried as a room event: the table's test holds that.
  return translate<Message>(events, event) as rooms.RoomEvent<'joined'>['missed'][number]
}

export function encodeMessage(message: Message): Frame {
  const text = writeObject(message)
  return { text, bytes: textFrame(text) }
}

function reactionFields(event: DurableEvent & { type: 'reaction.added' | 'reaction.removed' }) {
  return { rev: event.rev, messageId: event.messageId, participantId: event.userId, emoji: event.emoji }
}

function typing(event: DomainEvent & { type: 'typing.started' | 'typing.stopped' }, isTyping: boolean): Message {
  return { type: 'typing', roomId: event.conversationId, participantId: event.userId, isTyping }
}
