import type { MessageStore } from '@parley/core'
import { countWithin, messageBytes } from '../count-within.ts'
import type { ConversationRecords } from './memory-conversation-store.ts'

/** Reads what the conversation store of the same process has written. */
export function createMemoryMessageStore(records: ConversationRecords): MessageStore {
  return {
    async get(conversationId, messageId) {
      return records.get(conversationId)?.message(messageId) ?? null
    },

    async findByClientId(conversationId, senderId, clientId) {
      return records.get(conversationId)?.messageByClientId(senderId, clientId) ?? null
    },

    async page(conversationId, { before, after, limit, maxBytes = Number.POSITIVE_INFINITY }) {
      const list = records.get(conversationId)?.messages
      if (list === undefined) return { messages: [], hasMore: false }
      const end = before === undefined ? list.endPosition : list.search((message) => message.seq < before)
      const start = after === undefined ? list.firstPosition : list.search((message) => message.seq <= after)
      if (after === undefined) {
        const newest = list.slice(Math.max(start, end - limit), end)
        const count = countWithin(newest.map(messageBytes).reverse(), maxBytes)
        return { messages: newest.slice(newest.length - count), hasMore: end - count > start }
      }
      const to = Math.min(end, start + limit)
      if (to <= start) return { messages: [], hasMore: to < end }
      const oldest = list.slice(start, to)
      const count = countWithin(oldest.map(messageBytes), maxBytes)
      return { messages: oldest.slice(0, count), hasMore: start + count < end }
    },
  }
}
