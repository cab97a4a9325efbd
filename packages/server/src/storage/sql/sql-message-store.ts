import type { MessageStore } from '@parley/core'
import { countWithin } from '../count-within.ts'
import type { SqlDatabase } from './open-database.ts'
import { storedMessageBytes, toMessages } from './stored-message.ts'

/** Reads the messages that the group commit has written. */
export function createSqlMessageStore({ read }: SqlDatabase): MessageStore {
  return {
    get: (conversationId, messageId) =>
      read(async (db) => {
        const query = db.selectFrom('messages').selectAll().where('id', '=', messageId)
        const rows = await query.where('conversation_id', '=', conversationId).execute()
        return (await toMessages(db, rows))[0] ?? null
      }),

    findByClientId: (conversationId, senderId, clientId) =>
      read(async (db) => {
        const named = db
          .selectFrom('messages as m')
          .selectAll('m')
          .where('m.conversation_id', '=', conversationId)
          .where('m.client_id', '=', clientId)
        // The index goes by senders: without one, through those who are or were members.
        const ofMembers = named.innerJoin('memberships as p', (join) =>
          join.onRef('p.conversation_id', '=', 'm.conversation_id').onRef('p.user_id', '=', 'm.sender_id'),
        )
        const query = senderId === null ? ofMembers : named.where('m.sender_id', '=', senderId)
        const rows = await query.orderBy('m.seq', 'desc').limit(1).execute()
        return (await toMessages(db, rows))[0] ?? null
      }),

    page: (conversationId, { before, after, limit, maxBytes }) =>
      read(async (db) => {
        let query = db.selectFrom('messages').where('conversation_id', '=', conversationId)
        if (before !== undefined) query = query.where('seq', '<', before)
        if (after !== undefined) query = query.where('seq', '>', after)
        const ordered = query.orderBy('seq', after === undefined ? 'desc' : 'asc')
        let count = limit
        if (maxBytes !== undefined) {
          const sizes = await ordered.select(storedMessageBytes.as('bytes')).limit(limit).execute()
          count = countWithin(
            sizes.map(({ bytes }) => Number(bytes)),
            maxBytes,
          )
        }
        const rows = await ordered
          .selectAll()
          .limit(count + 1)
          .execute()
        const page = rows.slice(0, count)
        if (after === undefined) page.reverse()
        return { messages: await toMessages(db, page), hasMore: rows.length > count }
      }),
  }
}
