import { type ConversationId, type InboxStore, type Listing, type Message, UNREAD_MAX, type UserId } from '@parley/core'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { countWithin, messageBytes } from '../count-within.ts'
import type { MembershipsTable, MessagesTable, Tables } from './schema.ts'
import { toConversation, toMember } from './stored-conversation.ts'
import { toMessages } from './stored-message.ts'

type Db = Kysely<Tables>
type Reading = Pick<MembershipsTable, 'conversation_id' | 'user_id' | 'read_seq'>

/** Queries that are put into one statement. */
const QUERIES_AT_ONCE = 50

/** Memberships, with conversations that last. */
export const lastingMemberships = (db: Db) =>
  db
    .selectFrom('memberships')
    .innerJoin('conversations', 'conversations.id', 'memberships.conversation_id')
    .where('memberships.left_commit', 'is', null)
    .where('conversations.deleted_at', 'is', null)
    .where('conversations.kind', '<>', 'room')

/** The user's. */
export const ownConversations = (db: Db, userId: UserId) =>
  lastingMemberships(db).where('memberships.user_id', '=', userId)

/** A page of the user's list, as `InboxStore.list` promises it. */
export async function readList(
  db: Db,
  userId: UserId,
  { limit, maxBytes = Number.POSITIVE_INFINITY, before }: Parameters<InboxStore['list']>[1],
): Promise<Awaited<ReturnType<InboxStore['list']>>> {
  const query = ownConversations(db, userId)
    .selectAll('conversations')
    .select([
      'memberships.name as member_name',
      'memberships.role as member_role',
      'memberships.joined_at as member_joined_at',
      'memberships.absent_since as member_absent_since',
      'memberships.has_entered as member_has_entered',
      'memberships.delivered_seq',
      'memberships.read_seq',
    ])
    .orderBy('active_at', 'desc')
    .orderBy('conversations.id', 'desc')
    .limit(limit + 1)
  const found = await (before === undefined
    ? query
    : query.where((where) =>
        where.or([
          where('active_at', '<', before.activeAt),
          where.and([where('active_at', '=', before.activeAt), where('conversations.id', '<', before.id)]),
        ]),
      )
  ).execute()
  const rows = found.slice(0, limit)
  const ids = rows.map(({ id }) => id)
  const readings = rows.map(({ id, read_seq }) => ({ conversation_id: id, user_id: userId, read_seq }))
  const [lastMessages, unread] = await Promise.all([readLastMessages(db, ids), countUnread(db, readings)])
  const listings = rows.map(
    (row): Listing => ({
      conversation: toConversation(row),
      position: { epoch: row.epoch, rev: row.rev },
      self: toMember({
        conversation_id: row.id,
        user_id: userId,
        name: row.member_name,
        role: row.member_role,
        joined_at: row.member_joined_at,
        absent_since: row.member_absent_since,
        has_entered: row.member_has_entered,
      }),
      lastMessage: lastMessages.get(row.id) ?? null,
      unread: unread.get(row.id) ?? 0,
      cursor: { delivered: row.delivered_seq, read: row.read_seq },
      activeAt: row.active_at,
    }),
  )
  const sizes = listings.map(({ lastMessage }) => (lastMessage ? messageBytes(lastMessage) : 0))
  const count = countWithin(sizes, maxBytes)
  return { listings: listings.slice(0, count), hasMore: found.length > count }
}

async function readLastMessages(db: Db, ids: readonly ConversationId[]): Promise<ReadonlyMap<ConversationId, Message>> {
  const rows = await inOneStatement<ConversationId, MessagesTable>(
    db,
    ids,
    (id) => sql`select * from messages where conversation_id = ${id} and deleted_at is null order by seq desc limit 1`,
    sql`k.*`,
  )
  return new Map((await toMessages(db, rows)).map((message) => [message.conversationId, message]))
}

/** Messages of others that are not deleted, where there are any. */
export async function countUnread(db: Db, readings: readonly Reading[]): Promise<ReadonlyMap<ConversationId, number>> {
  const counts = await inOneStatement<Reading, { conversation_id: ConversationId; unread: number }>(
    db,
    readings,
    ({ conversation_id, user_id, read_seq }) => sql`select conversation_id from messages
      where conversation_id = ${conversation_id} and seq > ${read_seq} and sender_id <> ${user_id}
      and deleted_at is null order by seq limit ${sql.lit(UNREAD_MAX)}`,
    sql`min(k.conversation_id) as conversation_id, count(*) as unread`,
  )
  return new Map(
    counts.flatMap(({ conversation_id, unread }) => (Number(unread) > 0 ? [[conversation_id, Number(unread)]] : [])),
  )
}

/** Queries that each have an order or a limit of their own, and what is wanted of each. */
async function inOneStatement<Item, Row>(
  db: Db,
  items: readonly Item[],
  queryOf: (item: Item) => RawBuilder<unknown>,
  wanted: RawBuilder<unknown>,
): Promise<Row[]> {
  const found: Row[] = []
  for (let start = 0; start < items.length; start += QUERIES_AT_ONCE) {
    const queries = items
      .slice(start, start + QUERIES_AT_ONCE)
      .map((item) => sql`select ${wanted} from (${queryOf(item)}) as k`)
    const { rows } = await sql<Row>`${sql.join(queries, sql` union all `)}`.execute(db)
    found.push(...rows)
  }
  return found
}
