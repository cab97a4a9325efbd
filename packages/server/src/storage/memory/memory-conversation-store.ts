import type {
  ConversationId,
  ConversationStore,
  DurableEvent,
  Message,
  MessageAppended,
  MessageWrite,
} from '@parley/core'
import { ConversationRecord, type RecordBounds } from './conversation-record.ts'

export interface ConversationBounds extends RecordBounds {
  /** Open conversations in the store. */
  readonly maxConversations: number
  /** About as many bytes of messages and events are kept in all; over it the largest conversation lets go of half. */
  readonly maxTotalBytes: number
}

/** Conversations of one process, shared between the stores that read them. */
export type ConversationRecords = Map<ConversationId, ConversationRecord>

/** Bounded, and synchronous inside: what it does between two awaits of its caller is one step. */
export function createMemoryConversationStore(
  records: ConversationRecords,
  bounds: ConversationBounds,
): ConversationStore {
  const openByQuotaKey = new Map<string, number>()
  const countOpen = (key: string, change: number): void => {
    const open = (openByQuotaKey.get(key) ?? 0) + change
    if (open > 0) openByQuotaKey.set(key, open)
    else openByQuotaKey.delete(key)
  }

  let totalBytes = 0
  /** Runs a change of a record, and sees to it that all of them together stay within bounds. */
  function changing<T>(record: ConversationRecord, change: () => T): T {
    const before = record.bytes
    const result = change()
    totalBytes += record.bytes - before
    while (totalBytes > bounds.maxTotalBytes && dropFromLargest());
    return result
  }

  /** False when there is nothing more to let go of. */
  function dropFromLargest(): boolean {
    let largest: ConversationRecord | null = null
    for (const record of records.values()) if (largest === null || record.bytes > largest.bytes) largest = record
    if (largest === null) return false
    const before = largest.bytes
    largest.dropHalf()
    totalBytes += largest.bytes - before
    return largest.bytes < before
  }

  return {
    async create(conversation, epoch, members, maxPerQuotaKey) {
      if (records.has(conversation.id)) return 'exists'
      if ((openByQuotaKey.get(conversation.quotaKey) ?? 0) >= maxPerQuotaKey) return 'quota'
      if (records.size >= bounds.maxConversations) return 'full'
      records.set(conversation.id, new ConversationRecord(conversation, epoch, members, bounds))
      countOpen(conversation.quotaKey, 1)
      return 'created'
    },

    async load(id) {
      return records.get(id)?.state ?? null
    },

    async appendState(id, write) {
      const record = records.get(id)
      if (record === undefined) return { status: 'gone' }
      if (record.state.version !== write.ifVersion) return { status: 'stale' }
      const events = changing(record, () => record.writeState(write))
      return { status: 'appended', state: record.state, events }
    },

    async append(id, write) {
      const record = records.get(id)
      return record === undefined ? { status: 'gone' } : changing(record, () => appendTo(record, id, write))
    },

    async changesSince(id, since) {
      return records.get(id)?.changesAfter(since.epoch, since.rev) ?? null
    },

    async delete(id) {
      const record = records.get(id)
      if (record === undefined) return
      records.delete(id)
      totalBytes -= record.bytes
      countOpen(record.quotaKey, -1)
    },

    async count() {
      let members = 0
      for (const record of records.values()) members += record.memberCount
      return { conversations: records.size, members }
    },
  }
}

function appendTo(record: ConversationRecord, conversationId: ConversationId, write: MessageWrite): MessageAppended {
  if (write.type === 'send') return send(record, write.message)
  const stored = record.message(write.messageId)
  if (stored === undefined || stored.deletedAt !== null) return { status: 'missing' }
  const base = { conversationId, at: write.at, rev: record.nextRev }

  switch (write.type) {
    case 'edit': {
      const message: Message = { ...stored, content: write.content, editedAt: write.at, rev: base.rev }
      return replace(record, message, { ...base, type: 'message.edited', message })
    }
    case 'delete': {
      const message: Message = {
        ...stored,
        content: '',
        metadata: null,
        reactions: {},
        deletedAt: write.at,
        rev: base.rev,
      }
      record.scrubChanges(message.id)
      return replace(record, message, { ...base, type: 'message.deleted', message, byId: write.byId })
    }
    case 'react': {
      const { messageId, userId, emoji, on } = write
      const reactions = withReaction(stored.reactions, emoji, userId, on)
      if (reactions === stored.reactions) return { status: 'unchanged', message: stored }
      const type = on ? 'reaction.added' : 'reaction.removed'
      return replace(record, { ...stored, reactions, rev: base.rev }, { ...base, type, messageId, userId, emoji })
    }
  }
}

function send(record: ConversationRecord, sent: Extract<MessageWrite, { type: 'send' }>['message']): MessageAppended {
  const sender = record.member(sent.senderId)
  if (sender === undefined) return { status: 'not-member' }
  const earlier = sent.clientId === null ? undefined : record.messageByClientId(sent.senderId, sent.clientId)
  if (earlier !== undefined) return { status: 'duplicate', message: earlier }
  const rev = record.nextRev
  const message: Message = {
    ...sent,
    senderName: sender.name,
    seq: rev,
    rev,
    editedAt: null,
    deletedAt: null,
    reactions: {},
  }
  const { conversationId, createdAt: at } = message
  const event: DurableEvent = { type: 'message.sent', conversationId, at, rev, message }
  record.addMessage(message, event)
  return { status: 'appended', message, event }
}

function replace(record: ConversationRecord, message: Message, event: DurableEvent): MessageAppended {
  record.replaceMessage(message, event)
  return { status: 'appended', message, event }
}

/** The reactions with this one on or off; the same object when that is how they stand. */
function withReaction(
  reactions: Message['reactions'],
  emoji: string,
  userId: string,
  on: boolean,
): Message['reactions'] {
  // An own property only: an "emoji" may not reach the prototype.
  const users = Object.hasOwn(reactions, emoji) ? (reactions[emoji] ?? []) : []
  if (users.includes(userId) === on) return reactions
  if (on) return { ...reactions, [emoji]: [...users, userId] }
  const remaining = users.filter((id) => id !== userId)
  if (remaining.length > 0) return { ...reactions, [emoji]: remaining }
  const { [emoji]: _none, ...others } = reactions
  return others
}
