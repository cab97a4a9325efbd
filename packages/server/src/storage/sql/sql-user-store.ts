import type { PresenceStatus, User, UserId, UserStore } from '@parley/core'
import type { Selectable } from 'kysely'
import { gatherReads, keysOf } from './gathered-reads.ts'
import { selectByKeys } from './many-rows.ts'
import type { SqlDatabase } from './open-database.ts'
import type { UsersTable } from './schema.ts'

/** What they are seen as until they choose something else. */
const FIRST_STATUS: PresenceStatus = 'online'

interface Row extends Selectable<UsersTable> {
  readonly status: string | null
  readonly custom_status: string | null
}

const WITH_PREFERENCES = `select users.*, preferences.status, preferences.custom_status from k
  join users on users.id = k.u left join preferences on preferences.user_id = users.id`

function userOf(row: Row): User {
  return {
    id: row.id,
    name: row.name,
    avatar: row.avatar,
    roles: JSON.parse(row.roles) as readonly string[],
    status: (row.status as PresenceStatus | null) ?? FIRST_STATUS,
    customStatus: row.custom_status,
    lastSeenAt: row.last_seen_at,
    createdAt: row.created_at,
  }
}

/** People as their tokens tell of them, and what they set here beside it. */
export function createSqlUserStore({ read, write, dialect }: SqlDatabase): UserStore {
  const get = gatherReads(async (asked: readonly (readonly UserId[])[]) => {
    const rows = await read((db) => selectByKeys<Row>(db, dialect, ['u'], keysOf(asked.flat()), WITH_PREFERENCES))
    const users = new Map(rows.map((row) => [row.id, userOf(row)]))
    return asked.map((ids) => {
      const found = ids.flatMap((id) => users.get(id) ?? [])
      return new Map(found.map((user) => [user.id, user]))
    })
  })

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

    get: async (ids) => (ids.length === 0 ? new Map() : get(ids)),

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
