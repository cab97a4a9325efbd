import type { Deadline, DeadlineStore } from '@parley/core'
import type { SqlDatabase } from './open-database.ts'

/** Deadlines that outlive the process. */
export function createSqlDeadlineStore({ write, dialect }: Pick<SqlDatabase, 'write' | 'dialect'>): DeadlineStore {
  return {
    async set({ key, at }) {
      await write((trx) =>
        trx
          .insertInto('deadlines')
          .values({ key, due_at: at, visible_at: at })
          .modifyEnd(dialect.orUpdate(['key'], ['due_at', 'visible_at']))
          .execute(),
      )
    },

    async clear(key, ifAt) {
      await write((trx) => {
        const cleared = trx.deleteFrom('deadlines').where('key', '=', key)
        return (ifAt === undefined ? cleared : cleared.where('due_at', '=', ifAt)).execute()
      })
    },

    claim: (now, leaseMs, limit) =>
      write(async (trx) => {
        const claimed: Deadline[] = []
        for (;;) {
          const due = await trx
            .selectFrom('deadlines')
            .selectAll()
            .where('visible_at', '<=', now)
            .orderBy('visible_at')
            .orderBy('key')
            .limit(limit - claimed.length)
            .execute()
          for (const { key, due_at, visible_at } of due) {
            // Somebody else may have taken it, or moved it, since it was read.
            const { numUpdatedRows } = await trx
              .updateTable('deadlines')
              .set({ visible_at: now + leaseMs })
              .where('key', '=', key)
              .where('visible_at', '=', visible_at)
              .executeTakeFirst()
            if (numUpdatedRows > 0n) claimed.push({ key, at: due_at })
          }
          if (due.length === 0 || claimed.length === limit) return claimed
        }
      }),
  }
}
