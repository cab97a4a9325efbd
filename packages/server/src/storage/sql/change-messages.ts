import type { ConversationId, DurableEvent, Message, MessageAppended, MessageWrite } from '@parley/core'
import { withReaction } from '../reactions.ts'
import type { Batch, Head } from './batch.ts'
import type { Work } from './group-commit.ts'
import { fromFirstWords, fromMessageEvent, WORDED_CHANGES } from './stored-event.ts'
import { messagesByKeys, toMessages } from './stored-message.ts'

export interface Changing {
  readonly id: ConversationId
  readonly write: Exclude<MessageWrite, { type: 'send' }>
}

/** Edits, deletes and reacts to messages, one after the other. */
export const changeMessages: Work<Changing, MessageAppended> = {
  async perform(batch, asked) {
    const heads = await batch.heads(asked.map(({ id }) => id))
    const keys = new Map(asked.map(({ id, write }) => [keyOf(id, write.messageId), [id, write.messageId] as const]))
    const rows = await messagesByKeys(batch.db, 'id', [...keys.values()])
    const messages = new Map(
      (await toMessages(batch.db, rows)).map((message) => [keyOf(message.conversationId, message.id), message]),
    )
    const answers: MessageAppended[] = []
    for (const { id, write } of asked) {
      const head = heads.get(id)
      const stored = messages.get(keyOf(id, write.messageId))
      if (head === undefined) answers.push({ status: 'gone' })
      else if (stored === undefined || stored.deletedAt !== null) answers.push({ status: 'missing' })
      else {
        const answer = await change(batch, head, stored, write)
        if (answer.status === 'appended') messages.set(keyOf(id, stored.id), answer.message)
        answers.push(answer)
      }
    }
    return answers
  },
}

const keyOf = (conversationId: ConversationId, messageId: string): string => JSON.stringify([conversationId, messageId])

async function change(
  batch: Batch,
  head: Head,
  stored: Message,
  write: Changing['write'],
): Promise<Extract<MessageAppended, { readonly message: Message }>> {
  switch (write.type) {
    case 'edit': {
      const { base, message } = next(batch, head, write.at, { ...stored, content: write.content, editedAt: write.at })
      if (stored.editedAt === null) keep(batch, fromFirstWords(stored))
      return replace(batch, head, message, { ...base, type: 'message.edited', message })
    }
    case 'delete': {
      const gone = { content: '', metadata: null, reactions: {}, deletedAt: write.at }
      const { base, message } = next(batch, head, write.at, { ...stored, ...gone })
      await scrub(batch, head.id, message.seq)
      return replace(batch, head, message, { ...base, type: 'message.deleted', message, byId: write.byId })
    }
    case 'react': {
      const { messageId, userId, emoji, on } = write
      const reactions = withReaction(stored.reactions, emoji, userId, on)
      if (reactions === stored.reactions) return { status: 'unchanged', message: stored }
      const { base, message } = next(batch, head, write.at, { ...stored, reactions })
      await setReaction(batch, message, userId, emoji, on)
      const type = on ? 'reaction.added' : 'reaction.removed'
      return replace(batch, head, message, { ...base, type, messageId, clientId: stored.clientId, userId, emoji })
    }
  }
}

function next(batch: Batch, head: Head, at: number, changed: Message) {
  const rev = batch.nextRev(head, at)
  return { base: { conversationId: head.id, at, rev }, message: { ...changed, rev } }
}

function keep(batch: Batch, change: ReturnType<typeof fromMessageEvent>): void {
  batch.insert('changes', { ...change, commit_number: batch.commit })
}

async function replace(
  batch: Batch,
  { epoch }: Head,
  message: Message,
  event: Exclude<Extract<DurableEvent, { message: Message } | { messageId: string }>, { type: 'message.sent' }>,
) {
  keep(batch, fromMessageEvent(event, message.seq))
  await batch.db
    .updateTable('messages')
    .set({
      content: message.content,
      metadata: message.metadata === null ? null : JSON.stringify(message.metadata),
      rev: message.rev,
      edited_at: message.editedAt,
      deleted_at: message.deletedAt,
    })
    .where('conversation_id', '=', message.conversationId)
    .where('seq', '=', message.seq)
    .execute()
  return { status: 'appended', message, event, epoch } as const
}

/** Takes what was written out of everything that is kept of a message beside its row. */
export async function scrub(batch: Batch, conversationId: ConversationId, seq: number): Promise<void> {
  // Also what this batch has yet to write.
  await batch.flush()
  const { db } = batch
  await db.deleteFrom('reactions').where('conversation_id', '=', conversationId).where('seq', '=', seq).execute()
  await db
    .updateTable('changes')
    .set({ payload: null })
    .where('conversation_id', '=', conversationId)
    .where('seq', '=', seq)
    .where('type', 'in', WORDED_CHANGES)
    .execute()
}

async function setReaction(
  batch: Batch,
  { conversationId, seq, rev }: Message,
  userId: string,
  emoji: string,
  on: boolean,
): Promise<void> {
  if (on) {
    batch.insert('reactions', { conversation_id: conversationId, seq, emoji, user_id: userId, rev })
    return
  }
  await batch.flush()
  await batch.db
    .deleteFrom('reactions')
    .where('conversation_id', '=', conversationId)
    .where('seq', '=', seq)
    .where('emoji', '=', emoji)
    .where('user_id', '=', userId)
    .execute()
}
