import { sql } from 'kysely'
import type { Revocation, RevocationStore } from '../../auth/revocation-store.ts'
import type { GroupCommit, Work } from './group-commit.ts'
import type { SqlDatabase } from './open-database.ts'
import type { RevocationsTable } from './schema.ts'

/** Revocations that every process on the database knows of. */
export function createSqlRevocationStore(
  { read, write }: Pick<SqlDatabase, 'read' | 'write'>,
  commits: Pick<GroupCommit, 'enlist'>,
): RevocationStore {
  return {
    add: (revocation) => commits.enlist(adding, revocation),

    async list(now, since) {
      if (since === null) await write((trx) => trx.deleteFrom('revocations').where('until_at', '<=', now).execute())
      return read(async (db) => {
        // Asked first: what is committed in between is given now, and again the next time.
        const { number } = await db.selectFrom('commits').select('number').executeTakeFirstOrThrow()
        if (number === since) return { revocations: [], at: number }
        // A database that was put back to an earlier state may hold what nobody has seen.
        const after = since === null || number < since ? -1 : since
        const rows = await db
          .selectFrom('revocations')
          .selectAll()
          .where('commit_number', '>', after)
          .where('until_at', '>', now)
          .execute()
        return { revocations: rows.map(revocationOf), at: number }
      })
    },
  }
}

const adding: Work<Revocation, void> = {
  async perform({ db, dialect, commit }, asked) {
    for (const { userId, tokenId, issuedBefore, until } of asked) {
      const key = tokenId === null ? `user:${userId}` : `token:${tokenId}`
      await db
        .insertInto('revocations')
        .values({
          key,
          user_id: userId,
          token_id: tokenId,
          issued_before: issuedBefore,
          until_at: until,
          commit_number: commit,
        })
        .modifyEnd(dialect.orIgnore(['key']))
        .execute()
      const later = (column: 'issued_before' | 'until_at', value: number | null) =>
        sql<number>`case when ${sql.ref(column)} < ${value} then ${value} else ${sql.ref(column)} end`
      await db
        .updateTable('revocations')
        .set({
          issued_before: later('issued_before', issuedBefore),
          until_at: later('until_at', until),
          commit_number: commit,
        })
        .where('key', '=', key)
        .execute()
    }
    return asked.map(() => undefined)
  },
}

function revocationOf({ user_id, token_id, issued_before, until_at }: RevocationsTable): Revocation {
  return { userId: user_id, tokenId: token_id, issuedBefore: issued_before, until: until_at }
}
