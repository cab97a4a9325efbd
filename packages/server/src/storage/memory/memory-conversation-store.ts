import type {
  ConversationId,
  ConversationStore,
  DurableEvent,
  Message,
  MessageAppended,
  MessageWrite,
  Notification,
} from '@parley/core'
import { itemBytes } from '../count-within.ts'
import { withReaction } from '../reactions.ts'
import { ConversationRecord, type RecordBounds, type WriteCounter } from './conversation-record.ts'
import { eraseMember } from './erase-member.ts'

export interface ConversationBounds extends RecordBounds {
  /** Open conversations in the store. */
  readonly maxConversations: number
  /** About as many bytes of messages and events are kept in all; over it the largest conversation lets go of half. */
  readonly maxTotalBytes: number
}

/** Conversations of one process, shared between the stores that read them. */
export type ConversationRecords = Map<ConversationId, ConversationRecord>

const DAY_MS = 86_400_000

/**
 * Bounded, and synchronous inside: what it does between two awaits of its caller is one step.
 * `notify` keeps what waits for users.
 */
export function createMemoryConversationStore(
  records: ConversationRecords,
  counter: WriteCounter,
  notify: (notifications: readonly Notification[]) => void,
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
      records.set(conversation.id, new ConversationRecord(conversation, epoch, members, bounds, counter))
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
      if (record === undefined) return { status: 'gone' }
      const appended = changing(record, () => appendTo(record, id, write))
      if (appended.status === 'appended' && appended.notifications) notify(appended.notifications)
      return appended
    },

    async changesSince(id, since, maxBytes = Number.POSITIVE_INFINITY) {
      const changes = records.get(id)?.changesAfter(since.epoch, since.rev) ?? null
      return changes === null || changes.reduce((sum, event) => sum + itemBytes(event), 0) > maxBytes ? null : changes
    },

    async eraseMember(id, userId, at, limit) {
      const record = records.get(id)
      if (record === undefined) return { epoch: null, events: [], done: true }
      return changing(record, () => eraseMember(record, userId, at, limit))
    },

    async prune(now, defaultRetentionDays, limit) {
      let pruned = 0
      for (const record of records.values()) {
        const days = record.state.conversation.retentionDays ?? defaultRetentionDays
        if (days === null) continue
        const { messages } = record
        const isTooOld = () => (messages.at(messages.firstPosition)?.createdAt ?? now) < now - days * DAY_MS
        for (; pruned < limit && isTooOld(); pruned += 1) changing(record, () => record.dropOldest())
      }
      return pruned
    },

    async delete(id) {
      const record = records.get(id)
      if (record === undefined) return
      records.delete(id)
      totalBytes -= record.bytes
      countOpen(record.quotaKey, -1)
    },

    async listRooms(limit, cursor) {
      const ids = [...records.keys()].filter((id) => cursor === null || id > cursor).sort()
      const page = ids.slice(0, limit)
      const listed = page.flatMap((id) => {
        const record = records.get(id)
        if (record?.state.conversation.kind !== 'room') return []
        return [{ conversation: record.state.conversation, members: record.memberCount }]
      })
      return { rooms: listed, cursor: ids.length > limit ? (page.at(-1) ?? null) : null }
    },

    async count() {
      let members = 0
      for (const record of records.values()) members += record.memberCount
      return { conversations: records.size, members }
    },
  }
}

function appendTo(record: ConversationRecord, conversationId: ConversationId, write: MessageWrite): MessageAppended {
  if (write.type === 'send') return send(record, write)
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
      const event = { ...base, type, messageId, clientId: stored.clientId, userId, emoji } as const
      return replace(record, { ...stored, reactions, rev: base.rev }, event)
    }
  }
}

function send(
  record: ConversationRecord,
  { message: sent, notifications }: Extract<MessageWrite, { type: 'send' }>,
): MessageAppended {
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
  if (notifications === undefined) return { status: 'appended', message, event, epoch: record.epoch }
  const stored = notifications.map((one) => ({ ...one, seq: rev }))
  return { status: 'appended', message, event, epoch: record.epoch, notifications: stored }
}

function replace(record: ConversationRecord, message: Message, event: DurableEvent): MessageAppended {
  record.replaceMessage(message, event)
  return { status: 'appended', message, event, epoch: record.epoch }
}
