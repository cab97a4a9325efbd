import { randomUUID } from 'node:crypto'
import { type Addressed, type EventBus, isUnavailable, type Published } from '@parley/core'
import type { GroupCommit, Work } from './group-commit.ts'
import type { SqlTail } from './sql-tail.ts'

/** Who follows has read it long before. */
const KEPT_MS = 60_000

/** What is addressed to people, or told in a conversation and stored nowhere. */
type Told = Addressed | Published

/** Carries what is told from one process to the others that share the database. A hint, as all of the bus. */
export interface SqlRelay {
  /** Tells the other processes. Nobody waits for it, and while the database is away nothing is carried. */
  post(told: Told): void
  /** What other processes post from now on is told on this bus, in their order. */
  onPosted(bus: Pick<EventBus, 'publish' | 'publishToUsers'>): void
}

/** What is posted goes into the group commit, and comes out where others follow the counter of commits. */
export function createSqlRelay(
  { enlist }: Pick<GroupCommit, 'enlist'>,
  tail: Pick<SqlTail, 'follow'>,
  report: (error: unknown) => void,
): SqlRelay {
  const origin = randomUUID()

  const posting: Work<Told, undefined> = {
    async perform(batch, asked) {
      const now = Math.max(...asked.map(({ event }) => event.at))
      await batch.db
        .deleteFrom('relay')
        .where('created_at', '<', now - KEPT_MS)
        .execute()
      for (const [place, told] of asked.entries()) {
        batch.insert('relay', {
          commit_number: batch.commit,
          place,
          origin,
          payload: JSON.stringify(told),
          created_at: told.event.at,
        })
      }
      return asked.map(() => undefined)
    },
  }

  return {
    post(told) {
      enlist(posting, told).catch((error: unknown) => {
        if (!isUnavailable(error)) report(error)
      })
    },

    onPosted(bus) {
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
        const posted = rows.map(({ payload }) => JSON.parse(payload) as Told)
        return () => {
          for (const told of posted) {
            if ('userIds' in told) bus.publishToUsers(told)
            else bus.publish(told)
          }
        }
      })
    },
  }
}
