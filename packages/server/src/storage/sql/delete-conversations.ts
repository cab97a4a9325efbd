import type { ConversationId } from '@parley/core'
import type { Kysely } from 'kysely'
import type { Batch } from './batch.ts'
import type { Work } from './group-commit.ts'
import type { Tables } from './schema.ts'

/** Places of a conversation that are cleared in one transaction. */
const PLACES_AT_ONCE = 5000

export interface Deleting {
  readonly id: ConversationId
  /** It was taken away before: one that has its id by now is another one, and stays. */
  readonly isGoingOn: boolean
}

/**
 * Takes a conversation away from everybody, and clears a part of what is in it. True when all of it is gone;
 * until then its id is taken.
 */
export const deleteConversations: Work<Deleting, boolean> = {
  async perform(batch, asked) {
    const answers: boolean[] = []
    for (const one of asked) answers.push(await clear(batch, one))
    return answers
  },
}

/** Conversations whose deletion did not come to an end: the process did before. */
export async function unfinishedDeletions(db: Kysely<Tables>): Promise<readonly ConversationId[]> {
  const rows = await db.selectFrom('conversations').select('id').where('deleted_at', '>', 0).execute()
  return rows.map(({ id }) => id)
}

async function clear(batch: Batch, { id, isGoingOn }: Deleting): Promise<boolean> {
  const { db } = batch
  await batch.save()
  const row = await db
    .selectFrom('conversations')
    .select(['rev', 'pruned_rev', 'member_count', 'deleted_at'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined || (isGoingOn && row.deleted_at === null)) return true
  if (row.deleted_at === null) {
    await takeAway(batch, id)
    batch.count(-1, -row.member_count)
  }
  // Once it is deleted nobody asks what it was pruned to: the column says how far it is cleared.
  const from = row.deleted_at === null ? 0 : row.pruned_rev
  const to = from + PLACES_AT_ONCE
  await db.deleteFrom('messages').where('conversation_id', '=', id).where('seq', '<=', to).execute()
  await db.deleteFrom('reactions').where('conversation_id', '=', id).where('seq', '<=', to).execute()
  await db.deleteFrom('changes').where('conversation_id', '=', id).where('rev', '<=', to).execute()
  if (to < row.rev) {
    await db.updateTable('conversations').set({ deleted_at: Date.now(), pruned_rev: to }).where('id', '=', id).execute()
    return false
  }
  await db.deleteFrom('conversations').where('id', '=', id).execute()
  return true
}

async function takeAway(batch: Batch, id: ConversationId): Promise<void> {
  const { db } = batch
  batch.setHead(id, null)
  await db.deleteFrom('memberships').where('conversation_id', '=', id).execute()
  await db.deleteFrom('notifications').where('conversation_id', '=', id).execute()
  const calls = db.selectFrom('calls').select('id').where('conversation_id', '=', id)
  await db.deleteFrom('call_parties').where('call_id', 'in', calls).execute()
  await db.deleteFrom('calls').where('conversation_id', '=', id).execute()
}
