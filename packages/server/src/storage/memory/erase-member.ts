import { type ConversationStore, DELETED_USER, type DurableEvent, type Message, type UserId } from '@parley/core'
import { withReaction } from '../reactions.ts'
import { withoutMember } from '../without-member.ts'
import { withoutUser } from '../without-user.ts'
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
  const write = withoutMember(record.state, userId, at)
  return write === null ? [] : record.writeState(write)
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
