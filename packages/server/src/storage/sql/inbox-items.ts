import type { ConversationId, InboxItem, ReceiptMoved } from '@parley/core'
import type { Kysely } from 'kysely'
import { countWithin } from '../count-within.ts'
import type { MessagesTable, Tables } from './schema.ts'
import { storedChangeBytes, toEvents } from './stored-event.ts'
import { messageHeads, storedMessageBytes } from './stored-message.ts'

type Db = Kysely<Tables>

/** Stands at the place of a message's sending, and is written when the message is edited. */
const FIRST_WORDS = 'message.sent'

/** What of a conversation is wanted. */
interface Wanted {
  readonly conversationId: ConversationId
  /** Receipts are wanted of commits later than `after`; receipts and events of those up to `upTo`. */
  readonly after: number
  readonly upTo: number
  /** Events are wanted from this commit on and after `afterRev`; where the user left, up to `upToRev`. */
  readonly fromCommit: number
  readonly afterRev: number
  readonly upToRev: number | null
  readonly limit: number
  /** About; one item is told in any case. */
  readonly maxBytes: number
}

interface Found {
  readonly items: readonly InboxItem[]
  /** About how many bytes the items have. */
  readonly bytes: number
  /** The last one that is among the items, when there are more. */
  readonly goOn: { readonly commit: number; readonly rev: number } | null
}

/** Events in order of their revs, then where the receipts stand that moved. */
export async function readInboxItems(db: Db, wanted: Wanted): Promise<Found> {
  const places = (await Promise.all([sentPlaces(db, wanted), changePlaces(db, wanted)])).flat()
  places.sort((a, b) => a.rev - b.rev)
  const sizes = places.slice(0, wanted.limit).map(({ bytes }) => Number(bytes))
  const count = countWithin(sizes, wanted.maxBytes)
  const bytes = sizes.slice(0, count).reduce((sum, size) => sum + size, 0)
  const told = places.slice(0, count)
  const sent = await readSent(db, wanted, told)
  const changes = await readChanges(db, wanted, told)
  const events = await toEvents(db, sent, [...(await readFirstWords(db, sent)), ...changes])
  const last = told.at(-1)
  if (last !== undefined && places.length > count)
    return { items: events, bytes, goOn: { commit: last.commit_number, rev: last.rev } }
  // Somebody who left is told no more of the others.
  const receipts = wanted.upToRev === null ? await readReceipts(db, wanted) : []
  return { items: [...events, ...receipts], bytes, goOn: null }
}

/** Where something happened that is to be told. */
interface Place {
  readonly of: 'sent' | 'changed'
  readonly rev: number
  readonly commit_number: number
  /** About how many it takes to tell it. */
  readonly bytes: number
}

/** From the first to the last of a kind: whatever lies between them is to be told. */
function stretchOf(places: readonly Place[], of: Place['of']): readonly [from: number, to: number] | null {
  const [first, last] = [places.find((place) => place.of === of), places.findLast((place) => place.of === of)]
  return first === undefined || last === undefined ? null : [first.rev, last.rev]
}

/** One more than fit, to see whether others follow. */
async function sentPlaces(db: Db, { conversationId, fromCommit, upTo, afterRev, upToRev, limit }: Wanted) {
  const query = db
    .selectFrom('messages')
    .select(['seq as rev', 'commit_number', storedMessageBytes.as('bytes')])
    .where('conversation_id', '=', conversationId)
    .where('commit_number', '>=', fromCommit)
    .where('commit_number', '<=', upTo)
    .where('seq', '>', afterRev)
    .orderBy('commit_number')
    .orderBy('seq')
    .limit(limit + 1)
  const rows = await (upToRev === null ? query : query.where('seq', '<=', upToRev)).execute()
  return rows.map((row): Place => ({ of: 'sent', ...row }))
}

async function readSent(db: Db, { conversationId }: Wanted, told: readonly Place[]) {
  const stretch = stretchOf(told, 'sent')
  if (stretch === null) return []
  const [from, to] = stretch
  const query = db.selectFrom('messages').selectAll().where('conversation_id', '=', conversationId)
  return query.where('seq', '>=', from).where('seq', '<=', to).execute()
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

async function changePlaces(db: Db, { conversationId, fromCommit, upTo, afterRev, upToRev, limit }: Wanted) {
  const query = db
    .selectFrom('changes')
    .select(['rev', 'commit_number', storedChangeBytes.as('bytes')])
    .where('conversation_id', '=', conversationId)
    .where('commit_number', '>=', fromCommit)
    .where('commit_number', '<=', upTo)
    .where('rev', '>', afterRev)
    .where('type', '<>', FIRST_WORDS)
    .orderBy('commit_number')
    .orderBy('rev')
    .limit(limit + 1)
  const rows = await (upToRev === null ? query : query.where('rev', '<=', upToRev)).execute()
  return rows.map((row): Place => ({ of: 'changed', ...row }))
}

async function readChanges(db: Db, { conversationId }: Wanted, told: readonly Place[]) {
  const stretch = stretchOf(told, 'changed')
  if (stretch === null) return []
  const [from, to] = stretch
  const query = db.selectFrom('changes').selectAll().where('conversation_id', '=', conversationId)
  return query.where('rev', '>=', from).where('rev', '<=', to).where('type', '<>', FIRST_WORDS).execute()
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
  const messages = await messageHeads(
    db,
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
