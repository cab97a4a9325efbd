import { randomUUID } from 'node:crypto'
import type { Addressed } from '@parley/core'
import type { GroupCommit, Work } from './group-commit.ts'
import type { SqlTail } from './sql-tail.ts'

/** Who follows has read it long before. */
const KEPT_MS = 60_000

/** Carries what is addressed to people from one process to the others that share the database. A hint, as all of the bus. */
export interface SqlRelay {
  /** For the other processes. Nobody waits for it, and while the database is away nothing is carried. */
  post(addressed: Addressed): void
  /** `tell` is called with what other processes post from now on, in their order. */
  onPosted(tell: (addressed: Addressed) => void): void
}

/** What is posted goes into the group commit, and comes out where others follow the counter of commits. */
export function createSqlRelay(
  { enlist }: Pick<GroupCommit, 'enlist'>,
  tail: Pick<SqlTail, 'follow'>,
  report: (error: unknown) => void,
): SqlRelay {
  const origin = randomUUID()

  const posting: Work<Addressed, undefined> = {
    async perform(batch, asked) {
      const now = Math.max(...asked.map(({ event }) => event.at))
      await batch.db
        .deleteFrom('relay')
        .where('created_at', '<', now - KEPT_MS)
        .execute()
      for (const [place, addressed] of asked.entries()) {
        batch.insert('relay', {
          commit_number: batch.commit,
          place,
          origin,
          payload: JSON.stringify(addressed),
          created_at: addressed.event.at,
        })
      }
      return asked.map(() => undefined)
    },
  }

  return {
    post(addressed) {
      enlist(posting, addressed).catch((error: unknown) => {
        if (!(error instanceof Error && 'code' in error && error.code === 'UNAVAILABLE')) report(error)
      })
    },

    onPosted(tell) {
      tail.follow(async (db, { after, upTo }) => {
        const rows = await db
          .selectFrom('relay')
          .select('payload')
          .where('commit_number', '>', after)
          .where('commit_number', '<=', upTo)
          .where('origin', '<>', origin)
          .orderBy('commit_number')
          .orderBy('place')
          .execute()
        const posted = rows.map(({ payload }) => JSON.parse(payload) as Addressed)
        return () => {
          for (const addressed of posted) tell(addressed)
        }
      })
    },
  }
}
