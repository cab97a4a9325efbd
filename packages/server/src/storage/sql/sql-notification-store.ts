import type { Notification, NotificationKind, NotificationStore, UserId } from '@parley/core'
import type { Selectable } from 'kysely'
import { gatherReads, keysOf } from './gathered-reads.ts'
import { selectByKeys } from './many-rows.ts'
import type { SqlDatabase } from './open-database.ts'
import type { NotificationsTable } from './schema.ts'

/** How many rows one statement takes. */
const ROWS_AT_ONCE = 200

/** The latest of each user, the oldest first. */
const latestOfEach = (most: number): string => `select * from (
  select n.*, row_number() over (partition by n.user_id order by n.created_at desc, n.id desc) as place
  from k join notifications as n on n.user_id = k.u
) as numbered where place <= ${most} order by created_at, id`

/** What waits for users. What is about messages is written with them, by the group commit. */
export function createSqlNotificationStore({ read, write, dialect }: SqlDatabase): NotificationStore {
  const pending = gatherReads(async (asked: readonly { readonly userId: UserId; readonly limit: number }[]) => {
    const most = Math.max(...asked.map(({ limit }) => limit))
    const users = keysOf(asked.map(({ userId }) => userId))
    const rows = await read((db) =>
      selectByKeys<Selectable<NotificationsTable>>(db, dialect, ['u'], users, latestOfEach(most)),
    )
    const found = Map.groupBy(rows.map(notificationOfRow), ({ userId }) => userId)
    return asked.map(({ userId, limit }) => found.get(userId)?.slice(-limit) ?? [])
  })

  return {
    async add(notifications) {
      if (notifications.length === 0) return
      await write(async (trx) => {
        for (let start = 0; start < notifications.length; start += ROWS_AT_ONCE) {
          await trx
            .insertInto('notifications')
            .values(notifications.slice(start, start + ROWS_AT_ONCE).map(rowOfNotification))
            .modifyEnd(dialect.orIgnore(['id']))
            .execute()
        }
      })
    },

    pending: (userId, limit) => pending({ userId, limit }),

    count: (userId) =>
      read(async (db) => {
        const counted = await db
          .selectFrom('notifications')
          .select((select) => select.fn.countAll<number>().as('count'))
          .where('user_id', '=', userId)
          .executeTakeFirstOrThrow()
        return Number(counted.count)
      }),

    async clear(userId, choice) {
      if (typeof choice === 'object' && 'ids' in choice && choice.ids.length === 0) return []
      return write(async (trx) => {
        let chosen = trx.selectFrom('notifications').select('id').where('user_id', '=', userId)
        if (choice !== 'all') {
          chosen =
            'ids' in choice
              ? chosen.where('id', 'in', choice.ids)
              : chosen.where('conversation_id', '=', choice.conversationId).where('seq', '<=', choice.upTo)
        }
        const ids = (await chosen.execute()).map(({ id }) => id)
        for (let start = 0; start < ids.length; start += ROWS_AT_ONCE) {
          await trx
            .deleteFrom('notifications')
            .where('id', 'in', ids.slice(start, start + ROWS_AT_ONCE))
            .execute()
        }
        return ids
      })
    },
  }
}

export function rowOfNotification(notification: Notification): Selectable<NotificationsTable> {
  const { id, userId, kind, conversationId, messageId, seq, data, createdAt } = notification
  return {
    id,
    user_id: userId,
    kind,
    conversation_id: conversationId,
    message_id: messageId,
    seq,
    data: JSON.stringify(data),
    created_at: createdAt,
  }
}

function notificationOfRow(row: Selectable<NotificationsTable>): Notification {
  return {
    id: row.id,
    userId: row.user_id as UserId,
    kind: row.kind as NotificationKind,
    conversationId: row.conversation_id,
    messageId: row.message_id,
    seq: row.seq,
    data: JSON.parse(row.data) as Notification['data'],
    createdAt: row.created_at,
  }
}
