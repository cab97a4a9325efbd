import type { MessageStore } from '@parley/core'
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

    async page(conversationId, { before, after, limit }) {
      const list = records.get(conversationId)?.messages
      if (list === undefined) return { messages: [], hasMore: false }
      const end = before === undefined ? list.endPosition : list.search((message) => message.seq < before)
      const start = after === undefined ? list.firstPosition : list.search((message) => message.seq <= after)
      if (after === undefined) {
        const from = Math.max(start, end - limit)
        return { messages: list.slice(from, end), hasMore: from > start }
      }
      const to = Math.min(end, start + limit)
      return { messages: to > start ? list.slice(start, to) : [], hasMore: to < end }
    },
  }
}
