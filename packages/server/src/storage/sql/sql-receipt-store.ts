import type { ConversationId, Cursor, Millis, ReceiptStore, UserId } from '@parley/core'
import type { Selectable } from 'kysely'
import type { Batch, Head } from './batch.ts'
import type { GroupCommit, Work } from './group-commit.ts'
import type { SqlDatabase } from './open-database.ts'
import type { MembershipsTable } from './schema.ts'

interface Advance {
  readonly conversationId: ConversationId
  readonly userId: UserId
  readonly to: Partial<Cursor>
  readonly at: Millis
}

type Advanced = Awaited<ReturnType<ReceiptStore['advance']>>
type Place = Pick<
  Selectable<MembershipsTable>,
  'conversation_id' | 'user_id' | 'delivered_seq' | 'delivered_at' | 'read_seq' | 'read_at'
>

/** How far members have got. */
export function createSqlReceiptStore({ read }: Pick<SqlDatabase, 'read'>, commits: GroupCommit): ReceiptStore {
  return {
    advance: (conversationId, userId, to, at) => commits.enlist(advancing, { conversationId, userId, to, at }),

    async cursors(conversationId) {
      const rows = await read((db) =>
        db
          .selectFrom('memberships')
          .innerJoin('conversations', 'conversations.id', 'memberships.conversation_id')
          .select(['user_id', 'delivered_seq', 'read_seq'])
          .where('conversation_id', '=', conversationId)
          .where('left_commit', 'is', null)
          .where('deleted_at', 'is', null)
          .execute(),
      )
      return new Map(rows.map((row) => [row.user_id, cursorOf(row)]))
    },
  }
}

/** Those of one member together: only where they end is written. */
const advancing: Work<Advance, Advanced> = {
  async perform(batch, asked) {
    const heads = await batch.heads(asked.map(({ conversationId }) => conversationId))
    const places = await readPlaces(batch, asked)
    const moved = new Map<Place, Head>()
    const answers = asked.map(({ conversationId, userId, to, at }): Advanced => {
      const head = heads.get(conversationId)
      const place = places.get(keyOf(conversationId, userId))
      if (head === undefined || place === undefined) return null
      const hasMoved = move(place, to, at)
      if (hasMoved) moved.set(place, head)
      return { cursor: cursorOf(place), moved: hasMoved }
    })
    for (const [place, head] of moved) {
      const { conversation_id, user_id, ...columns } = place
      await batch.db
        .updateTable('memberships')
        .set({ ...columns, receipt_commit: batch.commit })
        .where('conversation_id', '=', conversation_id)
        .where('user_id', '=', user_id)
        .execute()
      batch.touch(head)
    }
    return answers
  },
}

async function readPlaces({ db }: Batch, asked: readonly Advance[]): Promise<ReadonlyMap<string, Place>> {
  const members = new Map(asked.map((one) => [keyOf(one.conversationId, one.userId), one]))
  const rows = await db
    .selectFrom('memberships')
    .select(['conversation_id', 'user_id', 'delivered_seq', 'delivered_at', 'read_seq', 'read_at'])
    .where('left_commit', 'is', null)
    .where((where) =>
      where.or(
        Array.from(members.values(), ({ conversationId, userId }) =>
          where.and([where('conversation_id', '=', conversationId), where('user_id', '=', userId)]),
        ),
      ),
    )
    .execute()
  return new Map(rows.map((row) => [keyOf(row.conversation_id, row.user_id), row]))
}

function move(place: Place, to: Partial<Cursor>, at: Millis): boolean {
  const read = Math.max(place.read_seq, to.read ?? 0)
  const delivered = Math.max(place.delivered_seq, to.delivered ?? 0, read)
  const isRead = read > place.read_seq
  const isDelivered = delivered > place.delivered_seq
  if (isRead) Object.assign(place, { read_seq: read, read_at: at })
  if (isDelivered) Object.assign(place, { delivered_seq: delivered, delivered_at: at })
  return isRead || isDelivered
}

const keyOf = (conversationId: ConversationId, userId: UserId): string => JSON.stringify([conversationId, userId])
const cursorOf = (row: Pick<Place, 'delivered_seq' | 'read_seq'>): Cursor => ({
  delivered: row.delivered_seq,
  read: row.read_seq,
})
