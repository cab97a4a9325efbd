import type { ConversationId, Position } from '@parley/core'
import type { SqlDatabase } from './open-database.ts'

/** Reads where these conversations stand, in one statement. Those that are gone are left out. */
export async function readSqlPositions(
  { read }: Pick<SqlDatabase, 'read'>,
  ids: readonly ConversationId[],
): Promise<ReadonlyMap<ConversationId, Position>> {
  if (ids.length === 0) return new Map()
  const rows = await read((db) =>
    db
      .selectFrom('conversations')
      .select(['id', 'epoch', 'rev'])
      .where('id', 'in', ids)
      .where('deleted_at', 'is', null)
      .execute(),
  )
  return new Map(rows.map(({ id, epoch, rev }) => [id, { epoch, rev }]))
}
