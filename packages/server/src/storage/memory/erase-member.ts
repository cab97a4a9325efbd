import { type ConversationStore, DELETED_USER, type DurableEvent, type Message, type UserId } from '@parley/core'
import { nobodyLeft } from '../nobody-left.ts'
import { withoutReactionsOf, withReaction } from '../reactions.ts'
import type { ConversationRecord } from './conversation-record.ts'

type Erased = Awaited<ReturnType<ConversationStore['eraseMember']>>

/** Takes a user out of a conversation with all that is theirs: at most `limit` durable changes at a time. */
export function eraseMember(record: ConversationRecord, userId: UserId, at: number, limit: number): Erased {
  const events = [...eraseMembership(record, userId, at)]
  for (const { message, reaction } of pendingChanges(record, userId)) {
    if (events.length >= limit) break
    events.push(
      reaction === null ? eraseMessage(record, message, at) : eraseReaction(record, message, reaction, userId, at),
    )
  }
  const done = pendingChanges(record, userId).next().done === true
  const erasedRevs = new Set(events.map(({ rev }) => rev))
  record.forgetUser(userId, (event) => withoutUser(event, userId, erasedRevs))
  return { epoch: record.epoch, events, done }
}

function eraseMembership(record: ConversationRecord, userId: UserId, at: number): readonly DurableEvent[] {
  const { id, hostId, banned, admitted, waiting } = record.state.conversation
  const member = record.member(userId)
  const isNamed =
    hostId === userId || [...banned, ...admitted].includes(userId) || waiting.some((one) => one.userId === userId)
  if (member === undefined && !isNamed) return []
  return record.writeState({
    conversation: {
      hostId: hostId === userId ? DELETED_USER : hostId,
      banned: banned.filter((one) => one !== userId),
      admitted: admitted.filter((one) => one !== userId),
      waiting: waiting.filter((one) => one.userId !== userId),
    },
    removeMembers: [userId],
    events: member ? [{ type: 'member.left', conversationId: id, at, userId, name: member.name, reason: 'left' }] : [],
  })
}

/** What is still theirs: messages whole, and reactions to messages of others. */
function* pendingChanges(
  { messages }: ConversationRecord,
  userId: UserId,
): Generator<{ readonly message: Message; readonly reaction: string | null }, undefined> {
  for (const message of messages.slice(messages.firstPosition)) {
    if (message.senderId === userId) yield { message, reaction: null }
    else
      for (const [emoji, users] of Object.entries(message.reactions))
        if (users.includes(userId)) yield { message, reaction: emoji }
  }
}

function eraseMessage(record: ConversationRecord, stored: Message, at: number): DurableEvent {
  const rev = record.nextRev
  const message: Message = {
    ...stored,
    clientId: null,
    senderId: DELETED_USER,
    senderName: '',
    content: '',
    metadata: null,
    reactions: {},
    deletedAt: stored.deletedAt ?? at,
    rev,
  }
  const { conversationId } = message
  const event: DurableEvent = { type: 'message.deleted', conversationId, at, rev, message, byId: DELETED_USER }
  record.scrubChanges(message.id)
  record.replaceMessage(message, event)
  return event
}

function eraseReaction(
  record: ConversationRecord,
  stored: Message,
  emoji: string,
  userId: UserId,
  at: number,
): DurableEvent {
  const rev = record.nextRev
  // Read again: another reaction of theirs to it may just have gone.
  const message = record.message(stored.id) ?? stored
  const reactions = withReaction(message.reactions, emoji, userId, false)
  const { conversationId, id: messageId, clientId } = message
  const event: DurableEvent = { type: 'reaction.removed', conversationId, at, rev, messageId, clientId, userId, emoji }
  record.replaceMessage({ ...message, reactions, rev }, event)
  return event
}

/** An event as it may be kept: `null` when it is about them, unless it says that they, or a reaction of theirs, went now. */
function withoutUser(event: DurableEvent, userId: UserId, erasedRevs: ReadonlySet<number>): DurableEvent | null {
  if ('byId' in event && event.byId === userId) return null
  switch (event.type) {
    case 'message.sent':
    case 'message.edited':
    case 'message.deleted': {
      if (event.message.senderId === userId) return null
      const message = withoutReactionsOf(event.message, userId)
      return message === event.message ? event : { ...event, message }
    }
    case 'member.joined':
      return event.member.userId === userId ? null : event
    case 'role.changed':
      return [event.userId, event.hostId, event.former?.userId].includes(userId) ? null : event
    case 'member.left':
      return event.userId === userId ? nobodyLeft(event) : event
    case 'reaction.added':
    case 'reaction.removed':
      if (event.userId !== userId) return event
      return erasedRevs.has(event.rev) ? nobodyLeft(event) : null
    default:
      return event
  }
}
