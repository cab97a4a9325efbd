import type { ConversationId, Message, NewMessage } from '@parley/core'
import { type Kysely, sql } from 'kysely'
import type { MessagesTable, Tables } from './schema.ts'

/* Between rows and what the core knows: messages with their reactions. */

type Place = Pick<MessagesTable, 'conversation_id' | 'seq'>

/** Reads the reactions to these messages, and puts them together. The rows may be of several conversations. */
export async function toMessages(db: Kysely<Tables>, rows: readonly MessagesTable[]): Promise<Message[]> {
  const reactions = await reactionsTo(db, rows.filter(mayHaveReactions))
  return rows.map((row) => toMessage(row, reactions.get(placeKey(row)) ?? {}))
}

export function toMessage(row: MessagesTable, reactions: Message['reactions']): Message {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    clientId: row.client_id,
    senderId: row.sender_id,
    senderName: row.sender_name,
    content: row.content,
    type: row.type as Message['type'],
    replyTo: row.reply_to,
    metadata: row.metadata === null ? null : JSON.parse(row.metadata),
    createdAt: row.created_at,
    seq: row.seq,
    rev: row.rev,
    editedAt: row.edited_at,
    deletedAt: row.deleted_at,
    reactions,
  }
}

export function fromNewMessage(message: NewMessage, seq: number, commit: number): MessagesTable {
  return {
    conversation_id: message.conversationId,
    seq,
    id: message.id,
    client_id: message.clientId,
    sender_id: message.senderId,
    sender_name: message.senderName,
    content: message.content,
    type: message.type,
    reply_to: message.replyTo,
    metadata: message.metadata === null ? null : JSON.stringify(message.metadata),
    created_at: message.createdAt,
    rev: seq,
    edited_at: null,
    deleted_at: null,
    commit_number: commit,
  }
}

/** One that was never changed has none: reacting is a change. */
const mayHaveReactions = ({ seq, rev, deleted_at }: MessagesTable): boolean => rev > seq && deleted_at === null
const placeKey = ({ conversation_id, seq }: Place): string => `${seq} ${conversation_id}`

async function reactionsTo(
  db: Kysely<Tables>,
  places: readonly Place[],
): Promise<ReadonlyMap<string, Message['reactions']>> {
  const found = new Map<string, Map<string, string[]>>()
  for (const [conversationId, group] of Map.groupBy(places, (place): ConversationId => place.conversation_id)) {
    const seqs = group.map(({ seq }) => seq)
    const query = db.selectFrom('reactions').selectAll().where('conversation_id', '=', conversationId)
    for (const row of await query.where('seq', 'in', seqs).orderBy('rev').execute()) {
      const byEmoji = found.get(placeKey(row)) ?? new Map<string, string[]>()
      found.set(placeKey(row), byEmoji)
      byEmoji.set(row.emoji, [...(byEmoji.get(row.emoji) ?? []), row.user_id])
    }
  }
  // From entries: an "emoji" named like something of the language stays a plain one.
  return new Map(Array.from(found, ([key, byEmoji]) => [key, Object.fromEntries(byEmoji)]))
}

/** About how many bytes a row of `messages` takes where it is told: what `messageBytes` counts. */
export const storedMessageBytes = sql<number>`octet_length(content) + coalesce(octet_length(metadata), 0) +
  case when rev > seq then (select coalesce(sum(octet_length(reactions.user_id)), 0) from reactions
    where reactions.conversation_id = messages.conversation_id and reactions.seq = messages.seq) else 0 end`

type Key = readonly [ConversationId, string | number]

/** Rows of `messages` by keys, in no order. */
export async function messagesByKeys(
  db: Kysely<Tables>,
  column: 'id' | 'seq',
  keys: readonly Key[],
): Promise<MessagesTable[]> {
  const reads = queriesByKeys(db, column, keys).map((query) => query.selectAll().execute())
  return (await Promise.all(reads)).flat()
}

/** The same without what they say, by their places. */
export async function messageHeads(db: Kysely<Tables>, places: readonly Key[]): Promise<MessagesTable[]> {
  const reads = queriesByKeys(db, 'seq', places).map((query) => query.select(HEAD_COLUMNS).execute())
  return (await Promise.all(reads)).flat().map((row) => ({ ...row, content: '' }))
}

function queriesByKeys(db: Kysely<Tables>, column: 'id' | 'seq', keys: readonly Key[]) {
  const groups = Map.groupBy(keys, ([conversationId]) => conversationId)
  return Array.from(groups, ([conversationId, group]) =>
    db
      .selectFrom('messages')
      .where('conversation_id', '=', conversationId)
      .where(
        column,
        'in',
        group.map(([, key]) => key as never),
      ),
  )
}

const HEAD_COLUMNS = [
  'conversation_id',
  'seq',
  'id',
  'client_id',
  'sender_id',
  'sender_name',
  'type',
  'reply_to',
  'metadata',
  'created_at',
  'rev',
  'edited_at',
  'deleted_at',
  'commit_number',
] as const satisfies readonly Exclude<keyof MessagesTable, 'content'>[]
