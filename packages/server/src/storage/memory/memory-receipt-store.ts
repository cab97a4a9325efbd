import type { Cursor, ReceiptStore } from '@parley/core'
import type { ConversationRecords } from './memory-conversation-store.ts'

/** How far members have got, beside the conversations of the same process. */
export function createMemoryReceiptStore(records: ConversationRecords): ReceiptStore {
  return {
    async advance(conversationId, userId, to, at) {
      const record = records.get(conversationId)
      const before = record?.progress.get(userId)
      if (record === undefined || before === undefined) return null
      const read = Math.max(before.read, to.read ?? 0)
      const delivered = Math.max(before.delivered, to.delivered ?? 0, read)
      const cursor: Cursor = { delivered, read }
      const moved = delivered !== before.delivered || read !== before.read
      if (moved) record.setProgress(userId, cursor, at)
      return { cursor, moved }
    },

    async cursors(conversationId) {
      const cursors = new Map<string, Cursor>()
      for (const [userId, { delivered, read }] of records.get(conversationId)?.progress ?? [])
        cursors.set(userId, { delivered, read })
      return cursors
    },
  }
}
