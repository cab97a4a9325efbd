import {
  type ConversationId,
  type ConversationState,
  type ConversationStore,
  DELETED_USER,
  type DurableEvent,
  type UserId,
} from '@parley/core'
import { sql } from 'kysely'
import { nobodyLeft } from '../nobody-left.ts'
import { withoutMember } from '../without-member.ts'
import { writeState } from './append-state.ts'
import type { Batch, Head } from './batch.ts'
import { scrub } from './change-messages.ts'
import type { ConversationReader } from './conversation-reader.ts'
import type { Work } from './group-commit.ts'
import type { MessagesTable } from './schema.ts'
import { fromMessageEvent, fromStateEvent } from './stored-event.ts'
import { messagesByKeys, toMessage } from './stored-message.ts'

export interface Erasing {
  readonly id: ConversationId
  readonly userId: UserId
  readonly at: number
  readonly limit: number
}

type Erased = Awaited<ReturnType<ConversationStore['eraseMember']>>
const NOTHING: Erased = { epoch: null, events: [], done: true }

/** Takes users out of conversations, with all that is theirs. */
export function createEraseMembers(reader: ConversationReader): Work<Erasing, Erased> {
  return {
    async perform(batch, asked) {
      const answers: Erased[] = []
      for (const one of asked) answers.push(await erase(batch, reader, one))
      return answers
    },
  }
}

async function erase(batch: Batch, reader: ConversationReader, asked: Erasing): Promise<Erased> {
  const { id, userId, limit } = asked
  const head = (await batch.heads([id])).get(id)
  if (head === undefined) return NOTHING
  // With what this batch has changed before: it is stored again below.
  await batch.save()
  const state = (await reader.read(batch.db, [id])).get(id)
  if (state === undefined) return NOTHING

  const events: DurableEvent[] = [...(await eraseMembership(batch, head, state, asked))]
  for (const row of await messagesOf(batch, id, userId, limit - events.length))
    events.push(await eraseMessage(batch, head, row, asked))
  for (const row of await reactionsOf(batch, id, userId, limit - events.length))
    events.push(await eraseReaction(batch, head, row, asked))

  const forgotten = await forget(batch, id, userId)
  if (events.length > 0 || forgotten > 0) {
    // What is kept is not whole any more.
    head.pruned_rev = head.rev
    batch.touch(head)
  }
  const left = await Promise.all([messagesOf(batch, id, userId, 1), reactionsOf(batch, id, userId, 1)])
  return { epoch: head.epoch, events, done: left.flat().length === 0 }
}

async function eraseMembership(
  batch: Batch,
  head: Head,
  state: ConversationState,
  { userId, at }: Erasing,
): Promise<readonly DurableEvent[]> {
  const write = withoutMember(state, userId, at)
  if (write === null) return []
  const { events } = await writeState(batch, head, state, write)
  return events
}

/** Some of their messages, in order. Sorted here: the database would have to look at all of them first. */
async function messagesOf({ db }: Batch, id: ConversationId, userId: UserId, limit: number): Promise<MessagesTable[]> {
  if (limit <= 0) return []
  const ofUser = db.selectFrom('messages').selectAll().where('conversation_id', '=', id).where('sender_id', '=', userId)
  return (await ofUser.limit(limit).execute()).sort((a, b) => a.seq - b.seq)
}

async function eraseMessage(batch: Batch, head: Head, row: MessagesTable, { at }: Erasing): Promise<DurableEvent> {
  const rev = batch.nextRev(head, at)
  const erased = {
    client_id: null,
    sender_id: DELETED_USER,
    sender_name: '',
    content: '',
    metadata: null,
    deleted_at: row.deleted_at ?? at,
    rev,
  }
  await scrub(batch, head.id, row.seq)
  const { conversation_id, seq } = row
  await batch.db
    .updateTable('messages')
    .set(erased)
    .where('conversation_id', '=', conversation_id)
    .where('seq', '=', seq)
    .execute()
  const message = toMessage({ ...row, ...erased }, {})
  const event = { type: 'message.deleted', conversationId: head.id, at, rev, message, byId: DELETED_USER } as const
  batch.insert('changes', { ...fromMessageEvent(event, seq), commit_number: batch.commit })
  return event
}

interface Reaction {
  readonly seq: number
  readonly emoji: string
}

async function reactionsOf({ db }: Batch, id: ConversationId, userId: UserId, limit: number): Promise<Reaction[]> {
  if (limit <= 0) return []
  const ofUser = db.selectFrom('reactions').select(['seq', 'emoji']).where('conversation_id', '=', id)
  return ofUser.where('user_id', '=', userId).limit(limit).execute()
}

async function eraseReaction(
  batch: Batch,
  head: Head,
  { seq, emoji }: Reaction,
  { id, userId, at }: Erasing,
): Promise<DurableEvent> {
  const { db } = batch
  const rev = batch.nextRev(head, at)
  await db
    .deleteFrom('reactions')
    .where('conversation_id', '=', id)
    .where('seq', '=', seq)
    .where('emoji', '=', emoji)
    .where('user_id', '=', userId)
    .execute()
  await db.updateTable('messages').set({ rev }).where('conversation_id', '=', id).where('seq', '=', seq).execute()
  const [message] = await messagesByKeys(db, 'seq', [[id, seq]])
  const messageId = message?.id ?? ''
  const clientId = message?.client_id ?? null
  const event = { type: 'reaction.removed', conversationId: id, at, rev, messageId, clientId, userId, emoji } as const
  batch.insert('changes', { ...fromStateEvent(nobodyLeft(event)), commit_number: batch.commit })
  return event
}

/**
 * Removes the kept events that name the user, and the row that says that they were here. From events that say that they
 * left only the name is removed. Resolves with how many there were.
 */
async function forget(batch: Batch, id: ConversationId, userId: UserId): Promise<number> {
  await batch.flush()
  const { user_id, payload } = fromStateEvent(nobodyLeft({ conversationId: id, at: 0, rev: 0 }))
  await batch.db
    .updateTable('changes')
    .set({ user_id, payload })
    .where('conversation_id', '=', id)
    .where('user_id', '=', userId)
    .where('type', '=', 'member.left')
    .execute()
  const changes = batch.db.deleteFrom('changes').where('conversation_id', '=', id)
  // As JSON has it, and with nothing in it that would stand for something else.
  const named = `%${JSON.stringify(userId).replaceAll(/[!%_]/g, '!$&')}%`
  const removed = [
    await changes.where('user_id', '=', userId).executeTakeFirst(),
    await changes.where(sql<boolean>`payload like ${named} escape '!'`).executeTakeFirst(),
    await batch.db
      .deleteFrom('memberships')
      .where('conversation_id', '=', id)
      .where('user_id', '=', userId)
      .executeTakeFirst(),
  ]
  return removed.reduce((sum, { numDeletedRows }) => sum + Number(numDeletedRows), 0)
}
