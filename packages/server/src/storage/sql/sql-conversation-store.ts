import { type ConversationId, type ConversationStore, type DurableEvent, isUnavailable } from '@parley/core'
import type { Kysely } from 'kysely'
import { createAppendState } from './append-state.ts'
import { changeMessages } from './change-messages.ts'
import type { ConversationReader } from './conversation-reader.ts'
import { createConversations } from './create-conversations.ts'
import { deleteConversations, unfinishedDeletions } from './delete-conversations.ts'
import { createEraseMembers } from './erase-members.ts'
import type { GroupCommit } from './group-commit.ts'
import type { SqlDatabase } from './open-database.ts'
import { pruneMessages } from './prune-messages.ts'
import type { Tables } from './schema.ts'
import { sendMessages } from './send-messages.ts'
import { toConversation } from './stored-conversation.ts'
import { storedChangeBytes, toEvents } from './stored-event.ts'
import { storedMessageBytes } from './stored-message.ts'

/** To whoever has missed more, a fresh snapshot is less to tell. */
const MAX_CHANGES = 5000

/** About how many bytes one change has at most: its words and what came with them. Few are not summed up. */
const LARGEST_BYTES = 80_000

/** Conversations that last. What changes them is written by the group commit. */
export function createSqlConversationStore(
  { read }: SqlDatabase,
  { enlist }: GroupCommit,
  reader: ConversationReader,
): ConversationStore {
  const appendState = createAppendState(reader)
  const eraseMembers = createEraseMembers(reader)

  async function goOnDeleting(id: ConversationId): Promise<void> {
    while (!(await enlist(deleteConversations, { id, isGoingOn: true })));
  }

  return {
    create: (conversation, epoch, members, maxPerQuotaKey) =>
      enlist(createConversations, { conversation, epoch, members, maxPerQuotaKey }),
    load: reader.load,
    appendState: (id, write) => enlist(appendState, { id, write }),
    append: (id, write) =>
      write.type === 'send' ? enlist(sendMessages, { id, write }) : enlist(changeMessages, { id, write }),

    changesSince: (id, since, maxBytes) =>
      read(async (db) => {
        const head = await db
          .selectFrom('conversations')
          .select(['epoch', 'rev', 'pruned_rev'])
          .where('id', '=', id)
          .where('deleted_at', 'is', null)
          .executeTakeFirst()
        if (head === undefined || head.epoch !== since.epoch || since.rev > head.rev) return null
        const missed = head.rev - since.rev
        if (missed === 0) return []
        if (missed > MAX_CHANGES || since.rev < head.pruned_rev) return null
        const mayBeTooMuch = maxBytes !== undefined && missed * LARGEST_BYTES > maxBytes
        if (mayBeTooMuch && (await missedBytes(db, id, since.rev)) > maxBytes) return null
        // Messages before changes: see toEvents.
        const sent = await db
          .selectFrom('messages')
          .selectAll()
          .where('conversation_id', '=', id)
          .where('seq', '>', since.rev)
          .where('seq', '<=', head.rev)
          .execute()
        const changes = await db
          .selectFrom('changes')
          .selectAll()
          .where('conversation_id', '=', id)
          .where('rev', '>', since.rev)
          .where('rev', '<=', head.rev)
          .execute()
        const events = await toEvents(db, sent, changes)
        return isWhole(events, missed) ? events : null
      }),

    eraseMember: (id, userId, at, limit) => enlist(eraseMembers, { id, userId, at, limit }),

    async prune(now, defaultRetentionDays, limit) {
      for (const id of await read(unfinishedDeletions)) await goOnDeleting(id)
      let pruned = 0
      while (pruned < limit) {
        const { messages, conversations } = await enlist(pruneMessages, {
          now,
          defaultRetentionDays,
          limit: limit - pruned,
        })
        pruned += messages
        if (conversations === 0) break
      }
      return pruned
    },

    async delete(id) {
      if (await enlist(deleteConversations, { id, isGoingOn: false })) return
      // From here on it is not there for anybody. What can't be cleared now is with the next pruning.
      await goOnDeleting(id).catch((error: unknown) => {
        if (!isUnavailable(error)) throw error
      })
    },

    listRooms: (limit, cursor) =>
      read(async (db) => {
        const rows = await db
          .selectFrom('conversations')
          .selectAll()
          .where('kind', '=', 'room')
          .where('deleted_at', 'is', null)
          .where('id', '>', cursor ?? '')
          .orderBy('id')
          .limit(limit)
          .execute()
        const rooms = rows.map((row) => ({ conversation: toConversation(row), members: row.member_count }))
        return { rooms, cursor: rows.length < limit ? null : (rows.at(-1)?.id ?? null) }
      }),

    count: () =>
      read(async (db) => {
        const { conversations, members } = await db
          .selectFrom('commits')
          .select(['conversations', 'members'])
          .executeTakeFirstOrThrow()
        return { conversations, members }
      }),
  }
}

/** About how many bytes it takes to tell what happened after `rev`. */
async function missedBytes(db: Kysely<Tables>, id: ConversationId, rev: number): Promise<number> {
  const sent = db.selectFrom('messages').where('conversation_id', '=', id).where('seq', '>', rev)
  const changes = db.selectFrom('changes').where('conversation_id', '=', id).where('rev', '>', rev)
  const [inSent] = await sent.select(({ fn }) => fn.sum(storedMessageBytes).as('bytes')).execute()
  const [inChanges] = await changes.select(({ fn }) => fn.sum(storedChangeBytes).as('bytes')).execute()
  return Number(inSent?.bytes ?? 0) + Number(inChanges?.bytes ?? 0)
}

/** False when some were pruned while they were read. */
const isWhole = (events: readonly DurableEvent[], expected: number): boolean => events.length === expected
