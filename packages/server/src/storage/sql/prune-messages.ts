import type { ConversationId, Millis } from '@parley/core'
import type { Batch } from './batch.ts'
import type { Work } from './group-commit.ts'

export interface Pruning {
  readonly now: Millis
  readonly defaultRetentionDays: number | null
  readonly limit: number
}

const DAY_MS = 86_400_000
/** Conversations that are looked at in one transaction. */
const CONVERSATIONS_AT_ONCE = 50

interface Pruned {
  readonly messages: number
  /** Conversations that had some, or seemed to: there may be more of them. */
  readonly conversations: number
}

/** Deletes messages that are too old, of some conversations. */
export const pruneMessages: Work<Pruning, Pruned> = {
  async perform(batch, asked) {
    const answers: Pruned[] = []
    for (const one of asked) answers.push(await prune(batch, one))
    return answers
  },
}

async function prune(batch: Batch, { now, defaultRetentionDays, limit }: Pruning): Promise<Pruned> {
  let messages = 0
  const found = await candidates(batch, now, defaultRetentionDays)
  for (const { id, days } of found) {
    if (messages >= limit) break
    messages += await pruneOne(batch, id, now - days * DAY_MS, limit - messages)
  }
  return { messages, conversations: found.length }
}

/** Conversations whose oldest message is too old. */
async function candidates({ db }: Batch, now: Millis, defaultDays: number | null) {
  const due = db
    .selectFrom('conversations')
    .select(['id', 'retention_days'])
    .where('deleted_at', 'is', null)
    .limit(CONVERSATIONS_AT_ONCE)
  const own = await due
    .where('retention_days', '>', 0)
    .where((column) => column('oldest_at', '<', column(column.val(now), '-', column('retention_days', '*', DAY_MS))))
    .execute()
  const found = own.map(({ id, retention_days }) => ({ id, days: retention_days ?? 0 }))
  if (defaultDays === null) return found
  const before = now - defaultDays * DAY_MS
  const usual = await due.where('retention_days', 'is', null).where('oldest_at', '<', before).execute()
  return [...found, ...usual.map(({ id }) => ({ id, days: defaultDays }))]
}

async function pruneOne(batch: Batch, id: ConversationId, before: Millis, limit: number): Promise<number> {
  const head = (await batch.heads([id])).get(id)
  if (head === undefined) return 0
  await batch.flush()
  const oldest = await batch.db
    .selectFrom('messages')
    .select(['seq', 'rev', 'created_at'])
    .where('conversation_id', '=', id)
    .orderBy('seq')
    .limit(limit + 1)
    .execute()
  const firstKept = oldest.findIndex(({ created_at }) => created_at >= before)
  const old = oldest.slice(0, Math.min(firstKept < 0 ? oldest.length : firstKept, limit))
  head.oldest_at = oldest[old.length]?.created_at ?? null
  batch.touch(head)
  const last = old.at(-1)
  if (last === undefined) return 0
  for (const table of ['messages', 'reactions', 'changes'] as const)
    await batch.db.deleteFrom(table).where('conversation_id', '=', id).where('seq', '<=', last.seq).execute()
  head.pruned_rev = Math.max(head.pruned_rev, ...old.map(({ rev }) => rev))
  return old.length
}
