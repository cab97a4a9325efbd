import type { ConversationId, InboxItem, ReceiptMoved } from '@parley/core'
import type { Kysely } from 'kysely'
import type { MessagesTable, Tables } from './schema.ts'
import { toEvents } from './stored-event.ts'
import { messagesByKeys } from './stored-message.ts'

type Db = Kysely<Tables>

/** Stands at the place of a message's sending, and is written when the message is edited. */
const FIRST_WORDS = 'message.sent'

/** What of a conversation is wanted. */
interface Wanted {
  readonly conversationId: ConversationId
  /** Of receipts, those of later commits than this; of both, those up to that one. */
  readonly after: number
  readonly upTo: number
  /** Of events, those from this commit on, after this rev, and up to that one if somebody left there. */
  readonly fromCommit: number
  readonly afterRev: number
  readonly upToRev: number | null
  readonly limit: number
}

interface Found {
  readonly items: readonly InboxItem[]
  /** The last one that is among the items, when there are more. */
  readonly goOn: { readonly commit: number; readonly rev: number } | null
}

/** Events in order of their revs, then where the receipts stand that moved. */
export async function readInboxItems(db: Db, wanted: Wanted): Promise<Found> {
  const { limit, upToRev } = wanted
  const sent = await readSent(db, wanted)
  const changes = await readChanges(db, wanted)
  const commits = new Map<number, number>()
  for (const { seq, commit_number } of sent) commits.set(seq, commit_number)
  for (const { rev, commit_number } of changes) commits.set(rev, commit_number)
  const revs = [...commits.keys()].sort((a, b) => a - b)
  const last = revs.length > limit ? revs[limit - 1] : undefined
  const isTold = (rev: number): boolean => last === undefined || rev <= last
  const sentTold = sent.filter(({ seq }) => isTold(seq))
  const changesTold = changes.filter(({ rev }) => isTold(rev))
  const events = await toEvents(db, sentTold, [...(await readFirstWords(db, sentTold)), ...changesTold])
  if (last !== undefined) return { items: events, goOn: { commit: commits.get(last) ?? 0, rev: last } }
  // Somebody who left is told no more of the others.
  const receipts = upToRev === null ? await readReceipts(db, wanted) : []
  return { items: [...events, ...receipts], goOn: null }
}

function readSent(db: Db, { conversationId, fromCommit, upTo, afterRev, upToRev, limit }: Wanted) {
  const query = db
    .selectFrom('messages')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('commit_number', '>=', fromCommit)
    .where('commit_number', '<=', upTo)
    .where('seq', '>', afterRev)
    .orderBy('commit_number')
    .orderBy('seq')
    .limit(limit + 1)
  return (upToRev === null ? query : query.where('seq', '<=', upToRev)).execute()
}

/** Those that were edited since are told as they were sent. */
async function readFirstWords(db: Db, sent: readonly MessagesTable[]) {
  const edited = sent.filter(({ edited_at }) => edited_at !== null)
  const [first] = edited
  if (first === undefined) return []
  const seqs = edited.map(({ seq }) => seq)
  const query = db.selectFrom('changes').selectAll().where('conversation_id', '=', first.conversation_id)
  return query.where('rev', 'in', seqs).where('type', '=', FIRST_WORDS).execute()
}

function readChanges(db: Db, { conversationId, fromCommit, upTo, afterRev, upToRev, limit }: Wanted) {
  const query = db
    .selectFrom('changes')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where('commit_number', '>=', fromCommit)
    .where('commit_number', '<=', upTo)
    .where('rev', '>', afterRev)
    .where('type', '<>', FIRST_WORDS)
    .orderBy('commit_number')
    .orderBy('rev')
    .limit(limit + 1)
  return (upToRev === null ? query : query.where('rev', '<=', upToRev)).execute()
}

async function readReceipts(db: Db, { conversationId, after, upTo }: Wanted): Promise<readonly ReceiptMoved[]> {
  const rows = await db
    .selectFrom('memberships')
    .select(['user_id', 'delivered_seq', 'delivered_at', 'read_seq', 'read_at', 'receipt_commit'])
    .where('conversation_id', '=', conversationId)
    .where('receipt_commit', '>', after)
    .where('receipt_commit', '<=', upTo)
    .where('left_commit', 'is', null)
    .orderBy('receipt_commit')
    .execute()
  const moved = rows.flatMap((row) => [
    { userId: row.user_id, kind: 'read' as const, seq: row.read_seq, at: row.read_at },
    // To have read up to a place says already that it was delivered.
    ...(row.delivered_seq > row.read_seq
      ? [{ userId: row.user_id, kind: 'delivered' as const, seq: row.delivered_seq, at: row.delivered_at }]
      : []),
  ])
  const places = new Set(moved.map(({ seq }) => seq))
  if (places.size === 0) return []
  const messages = await messagesByKeys(
    db,
    'seq',
    Array.from(places, (seq) => [conversationId, seq] as const),
  )
  const idsBySeq = new Map(messages.map(({ seq, id }) => [seq, id]))
  return moved.flatMap(({ at, ...one }) => {
    const messageId = idsBySeq.get(one.seq)
    return messageId === undefined || at === null
      ? []
      : [{ type: 'receipt.moved', conversationId, messageId, at, ...one }]
  })
}
