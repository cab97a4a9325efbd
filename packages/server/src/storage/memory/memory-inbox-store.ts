import {
  type ConversationId,
  type Cursor,
  type InboxItem,
  type InboxStore,
  type Listing,
  type Message,
  UNREAD_MAX,
  type UserId,
} from '@parley/core'
import { countWithin, itemBytes, messageBytes } from '../count-within.ts'
import type { ConversationRecord, WriteCounter } from './conversation-record.ts'
import type { ConversationRecords } from './memory-conversation-store.ts'

/** An item of the inbox with its number among all writes. */
interface Numbered {
  readonly item: InboxItem
  readonly number: number
}

const NO_CURSOR: Cursor = { delivered: 0, read: 0 }

/** Reads every conversation of the process each time: good for as many as memory is meant for. */
export function createMemoryInboxStore(records: ConversationRecords, counter: WriteCounter): InboxStore {
  function* lasting(): Generator<ConversationRecord> {
    for (const record of records.values()) if (record.state.conversation.kind !== 'room') yield record
  }

  function* conversationsOf(userId: UserId): Generator<ConversationRecord> {
    for (const record of lasting()) if (record.member(userId)) yield record
  }

  return {
    async list(userId, { limit, maxBytes = Number.POSITIVE_INFINITY, before }) {
      const listings = Array.from(conversationsOf(userId), (record) => listingOf(record, userId))
      const rest = listings
        .filter((listing) => before === undefined || precedes(before, keyOf(listing)))
        .sort((a, b) => (precedes(keyOf(a), keyOf(b)) ? -1 : 1))
      const sizes = rest.slice(0, limit).map(({ lastMessage }) => (lastMessage ? messageBytes(lastMessage) : 0))
      const count = countWithin(sizes, maxBytes)
      return { listings: rest.slice(0, count), hasMore: rest.length > count }
    },

    async unread(userId) {
      const counts = Array.from(
        conversationsOf(userId),
        (record) => [record.state.conversation.id, unreadIn(record, userId)] as const,
      )
      return new Map(counts.filter(([, unread]) => unread > 0))
    },

    async conversationIds(userId) {
      return Array.from(conversationsOf(userId), (record) => record.state.conversation.id)
    },

    async joinedSince(userId, since) {
      return Array.from(conversationsOf(userId)).flatMap((record) => {
        const member = record.member(userId)
        if (!member || member.joinedAt < since) return []
        return [{ conversationId: record.state.conversation.id, name: member.name }]
      })
    },

    async contacts(userId, maxMembers) {
      const contacts = new Set<UserId>()
      for (const record of conversationsOf(userId))
        if (record.memberCount <= maxMembers) for (const other of record.state.members.keys()) contacts.add(other)
      contacts.delete(userId)
      return contacts
    },

    async sharing(userId, others) {
      const shared = [...conversationsOf(userId)]
      return new Set(others.filter((other) => other !== userId && shared.some((record) => record.member(other))))
    },

    async changes(userId, cursor, limit, maxBytes = Number.POSITIVE_INFINITY) {
      if (cursor === null) return { items: [], cursor: writeCursor(counter.last), hasMore: false }
      const since = readCursor(cursor)
      if (since === null || since > counter.last) return null
      const found: Numbered[] = []
      for (const record of lasting()) found.push(...changesIn(record, userId, since))
      found.sort((a, b) => a.number - b.number)
      let count = countWithin(
        found.slice(0, limit).map(({ item }) => itemBytes(item)),
        maxBytes,
      )
      const last = found[count - 1]
      // What one write did is told together: the next page begins after it.
      while (last !== undefined && found[count]?.number === last.number) count += 1
      const hasMore = found.length > count && last !== undefined
      return {
        items: found.slice(0, count).map(({ item }) => item),
        cursor: writeCursor(hasMore ? last.number : counter.last),
        hasMore,
      }
    },
  }
}

/** Latest first; of those at the same time the greater id first. */
function precedes(a: ListKey, b: ListKey): boolean {
  return a.activeAt === b.activeAt ? a.id > b.id : a.activeAt > b.activeAt
}

interface ListKey {
  readonly activeAt: number
  readonly id: ConversationId
}

const keyOf = ({ activeAt, conversation: { id } }: Listing): ListKey => ({ activeAt, id })

function listingOf(record: ConversationRecord, userId: UserId): Listing {
  const { conversation, epoch, rev } = record.state
  const self = record.member(userId)
  if (self === undefined) throw new Error('a conversation was listed for somebody who is not a member')
  const { delivered, read } = record.progress.get(userId) ?? NO_CURSOR
  return {
    conversation,
    position: { epoch, rev },
    self,
    lastMessage: lastMessageOf(record),
    unread: unreadIn(record, userId),
    cursor: { delivered, read },
    activeAt: record.activeAt,
  }
}

function lastMessageOf({ messages }: ConversationRecord): Message | null {
  for (let position = messages.endPosition - 1; position >= messages.firstPosition; position -= 1) {
    const message = messages.at(position)
    if (message && message.deletedAt === null) return message
  }
  return null
}

function unreadIn({ messages, progress }: ConversationRecord, userId: UserId): number {
  const { read } = progress.get(userId) ?? NO_CURSOR
  const unread = messages
    .slice(messages.search(({ seq }) => seq <= read))
    .filter(({ senderId, deletedAt }) => senderId !== userId && deletedAt === null)
  return Math.min(unread.length, UNREAD_MAX)
}

function* changesIn(record: ConversationRecord, userId: UserId, since: number): Generator<Numbered> {
  const stay = record.stay(userId)
  if (stay === undefined) return
  const { from, to, founder } = stay
  const { id: conversationId } = record.state.conversation
  if (founder !== null && founder.number > since) {
    const { member, number } = founder
    yield { number, item: { type: 'conversation.added', at: member.joinedAt, conversationId, member } }
  }
  for (const { event, number } of record.changesSinceNumber(since))
    if (event.rev >= from && (to === null || event.rev <= to)) yield { item: event, number }
  if (to === null) yield* receiptsIn(record, since)
}

function* receiptsIn(record: ConversationRecord, since: number): Generator<Numbered> {
  const { id: conversationId } = record.state.conversation
  for (const [userId, { read, delivered, at, number }] of record.progress) {
    if (number <= since) continue
    const places = [{ kind: 'read', seq: read } as const, { kind: 'delivered', seq: delivered } as const]
    for (const { kind, seq } of places) {
      // To have read up to a place says already that it was delivered.
      if (kind === 'delivered' && delivered === read) continue
      const message = messageAt(record, seq)
      if (message)
        yield { number, item: { type: 'receipt.moved', conversationId, userId, messageId: message.id, seq, kind, at } }
    }
  }
}

function messageAt({ messages }: ConversationRecord, seq: number): Message | null {
  const message = messages.at(messages.search((one) => one.seq < seq))
  return message?.seq === seq ? message : null
}

const writeCursor = (number: number): string => number.toString(36)

function readCursor(cursor: string): number | null {
  return /^[0-9a-z]{1,10}$/.test(cursor) ? Number.parseInt(cursor, 36) : null
}
