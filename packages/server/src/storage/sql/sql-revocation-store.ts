import { sql } from 'kysely'
import type { Revocation, RevocationStore } from '../../auth/revocation-store.ts'
import type { SqlDatabase } from './open-database.ts'
import type { RevocationsTable } from './schema.ts'

/** Revocations that every process on the database knows of. */
export function createSqlRevocationStore({ read, write, dialect }: SqlDatabase): RevocationStore {
  return {
    async add({ userId, tokenId, issuedBefore, until }) {
      const key = tokenId === null ? `user:${userId}` : `token:${tokenId}`
      await write(async (trx) => {
        await trx
          .insertInto('revocations')
          .values({ key, user_id: userId, token_id: tokenId, issued_before: issuedBefore, until_at: until })
          .modifyEnd(dialect.orIgnore(['key']))
          .execute()
        const later = (column: 'issued_before' | 'until_at', value: number | null) =>
          sql<number>`case when ${sql.ref(column)} < ${value} then ${value} else ${sql.ref(column)} end`
        await trx
          .updateTable('revocations')
          .set({ issued_before: later('issued_before', issuedBefore), until_at: later('until_at', until) })
          .where('key', '=', key)
          .execute()
      })
    },

    async list(now) {
      const rows = await read((db) => db.selectFrom('revocations').selectAll().execute())
      const current = rows.filter(({ until_at }) => until_at > now)
      if (current.length < rows.length)
        await write((trx) => trx.deleteFrom('revocations').where('until_at', '<=', now).execute())
      return current.map(revocationOf)
    },
  }
}

function revocationOf({ user_id, token_id, issued_before, until_at }: RevocationsTable): Revocation {
  return { userId: user_id, tokenId: token_id, issuedBefore: issued_before, until: until_at }
}
