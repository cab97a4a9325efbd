import type { ConversationAdded, InboxItem, InboxStore, Millis, UserId } from '@parley/core'
import type { Kysely } from 'kysely'
import { gatherReads } from './gathered-reads.ts'
import { readInboxCursor, type Walk, writeInboxCursor } from './inbox-cursor.ts'
import { readInboxItems } from './inbox-items.ts'
import { countUnread, lastingMemberships, ownConversations, readList } from './inbox-list.ts'
import type { SqlDatabase } from './open-database.ts'
import type { MembershipsTable, Tables } from './schema.ts'
import { toMember } from './stored-conversation.ts'

type Db = Kysely<Tables>

/** Conversations that are looked at for one page of what is new. */
const VISITS_AT_ONCE = 200
/** Greater than every rev: all of a conversation was told. */
const ALL_TOLD = Number.MAX_SAFE_INTEGER

/** What users see over all of their conversations. Everything begins with the user's own memberships. */
export function createSqlInboxStore({ read }: Pick<SqlDatabase, 'read'>): InboxStore {
  const joinedSince = gatherReads(async (asked: readonly { readonly userId: UserId; readonly since: Millis }[]) => {
    const users = [...new Set(asked.map(({ userId }) => userId))]
    const earliest = Math.min(...asked.map(({ since }) => since))
    const rows = await read((db) =>
      lastingMemberships(db)
        .where('memberships.user_id', 'in', users)
        .where('memberships.joined_at', '>=', earliest)
        .select(['user_id', 'conversation_id', 'memberships.name', 'joined_at'])
        .execute(),
    )
    const found = Map.groupBy(rows, ({ user_id }) => user_id)
    return asked.map(({ userId, since }) =>
      (found.get(userId) ?? [])
        .filter(({ joined_at }) => joined_at >= since)
        .map(({ conversation_id: conversationId, name }) => ({ conversationId, name })),
    )
  })

  const contacts = gatherReads(async (asked: readonly { readonly userId: UserId; readonly maxMembers: number }[]) => {
    const found = new Map<number, ReadonlyMap<UserId, readonly { readonly user_id: UserId }[]>>()
    for (const maxMembers of new Set(asked.map((one) => one.maxMembers))) {
      const users = asked.filter((one) => one.maxMembers === maxMembers).map(({ userId }) => userId)
      const rows = await read((db) =>
        others(db, [...new Set(users)])
          .where('member_count', '<=', maxMembers)
          .execute(),
      )
      found.set(
        maxMembers,
        Map.groupBy(rows, ({ of }) => of),
      )
    }
    return asked.map(({ userId, maxMembers }) => idsOf(found.get(maxMembers)?.get(userId) ?? []))
  })

  return {
    list: (userId, page) => read((db) => readList(db, userId, page)),

    unread: (userId) =>
      read(async (db) => {
        const readings = await ownConversations(db, userId)
          .select(['conversation_id', 'user_id', 'read_seq'])
          .whereRef('conversations.rev', '>', 'read_seq')
          .execute()
        return countUnread(db, readings)
      }),

    conversationIds: (userId) =>
      read(async (db) => (await ownConversations(db, userId).select('conversations.id').execute()).map(({ id }) => id)),

    joinedSince: (userId, since) => joinedSince({ userId, since }),
    contacts: (userId, maxMembers) => contacts({ userId, maxMembers }),

    async sharing(userId, candidates) {
      if (candidates.length === 0) return new Set()
      return read(async (db) => idsOf(await others(db, [userId]).where('others.user_id', 'in', candidates).execute()))
    },

    async changes(userId, text, limit, maxBytes = Number.POSITIVE_INFINITY) {
      const cursor = text === null ? null : readInboxCursor(text)
      if (text !== null && cursor === null) return null
      return read(async (db) => {
        const { number: last } = await db.selectFrom('commits').select('number').executeTakeFirstOrThrow()
        if (cursor === null) return { items: [], cursor: writeInboxCursor({ after: last, walk: null }), hasMore: false }
        const { after, walk } = cursor
        const upTo = walk?.upTo ?? last
        if (after > upTo || upTo > last) return null
        if (after === upTo) return { items: [], cursor: writeInboxCursor(cursor), hasMore: false }
        return readPage(db, userId, { after, upTo, walk, limit, maxBytes, last })
      })
    },
  }
}

/** Those who are in conversations of these users, each with whose (`of`). */
const others = (db: Db, userIds: readonly UserId[]) =>
  lastingMemberships(db)
    .where('memberships.user_id', 'in', userIds)
    .innerJoin('memberships as others', 'others.conversation_id', 'memberships.conversation_id')
    .where('others.left_commit', 'is', null)
    .whereRef('others.user_id', '<>', 'memberships.user_id')
    .select(['others.user_id', 'memberships.user_id as of'])
    .distinct()

const idsOf = (rows: readonly { readonly user_id: UserId }[]): ReadonlySet<UserId> =>
  new Set(rows.map(({ user_id }) => user_id))

interface PageAsked {
  readonly after: number
  readonly upTo: number
  readonly walk: Walk | null
  readonly limit: number
  readonly maxBytes: number
  /** The number of the latest commit. */
  readonly last: number
}

/** Conversation by conversation, in the order of their ids: each of them is read where it changed and nowhere else. */
async function readPage(db: Db, userId: UserId, { after, upTo, walk, limit, maxBytes, last }: PageAsked) {
  const visits = await db
    .selectFrom('memberships')
    .innerJoin('conversations', 'conversations.id', 'memberships.conversation_id')
    .selectAll('memberships')
    .where('user_id', '=', userId)
    .where((where) => where.or([where('left_commit', 'is', null), where('left_commit', '>', after)]))
    .where('last_commit', '>', after)
    .where('conversations.deleted_at', 'is', null)
    .where('kind', '<>', 'room')
    .where('conversation_id', walk?.rev === ALL_TOLD ? '>' : '>=', walk?.conversationId ?? '')
    .orderBy('conversation_id')
    .limit(VISITS_AT_ONCE)
    .execute()
  const items: InboxItem[] = []
  let count = 0
  let bytes = 0
  const pause = (place: Omit<Walk, 'upTo'>) => ({
    items,
    cursor: writeInboxCursor({ after, walk: { ...place, upTo } }),
    hasMore: true,
  })
  for (const [index, membership] of visits.entries()) {
    const { conversation_id: conversationId, joined_rev, left_rev } = membership
    const isGoingOn = conversationId === walk?.conversationId
    const found = await readInboxItems(db, {
      conversationId,
      after,
      upTo,
      fromCommit: isGoingOn ? walk.commit : after + 1,
      afterRev: isGoingOn ? walk.rev : joined_rev - 1,
      upToRev: left_rev,
      limit: limit - count,
      maxBytes: maxBytes - bytes,
    })
    const isNew = !isGoingOn && membership.joined_commit > after && membership.joined_commit <= upTo
    if (isNew && !tellsJoining(found.items[0], userId)) items.push(toAdded(membership))
    items.push(...found.items)
    count += found.items.length
    bytes += found.bytes
    if (found.goOn !== null) return pause({ conversationId, ...found.goOn })
    const isLast = index === visits.length - 1
    if (isLast ? visits.length === VISITS_AT_ONCE : count >= limit || bytes >= maxBytes)
      return pause({ conversationId, commit: upTo, rev: ALL_TOLD })
  }
  return { items, cursor: writeInboxCursor({ after: upTo, walk: null }), hasMore: upTo < last }
}

const tellsJoining = (item: InboxItem | undefined, userId: UserId): boolean =>
  item?.type === 'member.joined' && item.member.userId === userId

const toAdded = (membership: MembershipsTable): ConversationAdded => ({
  type: 'conversation.added',
  at: membership.joined_at,
  conversationId: membership.conversation_id,
  member: toMember(membership),
})
