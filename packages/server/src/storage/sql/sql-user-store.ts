import type { PresenceStatus, User, UserStore } from '@parley/core'
import type { SqlDatabase } from './open-database.ts'

/** What they are seen as until they choose something else. */
const FIRST_STATUS: PresenceStatus = 'online'

/** People as their tokens tell of them, and what they set here beside it. */
export function createSqlUserStore({ read, write, dialect }: SqlDatabase): UserStore {
  return {
    async put({ id, name, avatar, roles }, now) {
      await write((trx) =>
        trx
          .insertInto('users')
          .values({ id, name, avatar, roles: JSON.stringify(roles), created_at: now, last_seen_at: null })
          .modifyEnd(dialect.orUpdate(['id'], ['name', 'avatar', 'roles']))
          .execute(),
      )
    },

    async get(ids) {
      if (ids.length === 0) return new Map()
      const rows = await read((db) =>
        db
          .selectFrom('users')
          .leftJoin('preferences', 'preferences.user_id', 'users.id')
          .selectAll('users')
          .select(['preferences.status', 'preferences.custom_status'])
          .where('users.id', 'in', ids)
          .execute(),
      )
      return new Map(
        rows.map((row): [string, User] => [
          row.id,
          {
            id: row.id,
            name: row.name,
            avatar: row.avatar,
            roles: JSON.parse(row.roles) as readonly string[],
            status: (row.status as PresenceStatus | null) ?? FIRST_STATUS,
            customStatus: row.custom_status,
            lastSeenAt: row.last_seen_at,
            createdAt: row.created_at,
          },
        ]),
      )
    },

    async setStatus(id, { status, customStatus }) {
      await write(async (trx) => {
        const user = await trx.selectFrom('users').select('id').where('id', '=', id).executeTakeFirst()
        if (user === undefined) return
        await trx
          .insertInto('preferences')
          .values({ user_id: id, status, custom_status: customStatus })
          .modifyEnd(dialect.orUpdate(['user_id'], ['status', 'custom_status']))
          .execute()
      })
    },

    async setLastSeen(id, at) {
      await write((trx) => trx.updateTable('users').set({ last_seen_at: at }).where('id', '=', id).execute())
    },

    async everIn(id) {
      const rows = await read((db) =>
        db
          .selectFrom('memberships')
          .innerJoin('conversations', 'conversations.id', 'memberships.conversation_id')
          .select('conversations.id')
          .where('memberships.user_id', '=', id)
          .where('conversations.deleted_at', 'is', null)
          .execute(),
      )
      return rows.map((row) => row.id)
    },

    async erase(id) {
      await write(async (trx) => {
        await trx.deleteFrom('notifications').where('user_id', '=', id).execute()
        await trx.deleteFrom('memberships').where('user_id', '=', id).where('left_commit', 'is not', null).execute()
        await trx.deleteFrom('preferences').where('user_id', '=', id).execute()
        await trx.deleteFrom('users').where('id', '=', id).execute()
      })
    },
  }
}
