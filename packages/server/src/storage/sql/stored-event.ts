import type { ConversationId, DurableEvent, Message, StateEvent } from '@parley/core'
import { type Kysely, sql } from 'kysely'
import type { ChangesTable, MessagesTable, Tables } from './schema.ts'
import { messageHeads, toMessage } from './stored-message.ts'

/*
 * Durable events, as they are kept for those who missed them. A message that was sent is its row in `messages`;
 * every other event is a row in `changes`. What a message was before it was edited is a row of `changes` too,
 * at the place of its sending, so that its event stays as it was told.
 */

/** What a row of `changes` keeps of an edited message, and of the first words of one. */
interface Words {
  readonly content: string
  readonly reactions?: Message['reactions']
}

type Change = Omit<ChangesTable, 'commit_number'>
type MessageEvent = Extract<DurableEvent, { message: Message } | { messageId: string }>

/** A change of settings or members. */
export function fromStateEvent(event: StateEvent & { readonly rev: number }): Change {
  const { type, conversationId, at, rev, ...payload } = event
  return {
    conversation_id: conversationId,
    rev,
    type,
    at,
    seq: null,
    user_id: subjectOf(event),
    payload: JSON.stringify(payload),
  }
}

function subjectOf(event: StateEvent): string | null {
  if ('member' in event) return event.member.userId
  return 'userId' in event ? event.userId : event.byId
}

/** A change of the message that has this place. */
export function fromMessageEvent(event: Exclude<MessageEvent, { type: 'message.sent' }>, seq: number): Change {
  const { type, conversationId: conversation_id, at, rev } = event
  const base = { conversation_id, rev, type, at, seq }
  switch (event.type) {
    case 'message.edited':
      return { ...base, user_id: event.message.senderId, payload: wordsOf(event.message) }
    case 'message.deleted':
      return { ...base, user_id: event.byId, payload: null }
    default:
      return { ...base, user_id: event.userId, payload: JSON.stringify({ emoji: event.emoji }) }
  }
}

/** What the message was when it was sent; kept when it is edited for the first time. */
export function fromFirstWords({ conversationId, seq, createdAt, senderId, content }: Message): Change {
  return {
    conversation_id: conversationId,
    rev: seq,
    type: 'message.sent',
    at: createdAt,
    seq,
    user_id: senderId,
    payload: JSON.stringify({ content } satisfies Words),
  }
}

const wordsOf = ({ content, reactions }: Message): string => JSON.stringify({ content, reactions } satisfies Words)

/** About how many bytes a row of `changes` takes where it is told. */
export const storedChangeBytes = sql<number>`coalesce(octet_length(payload), 0) +
  case when type = 'message.edited' then coalesce((select octet_length(messages.metadata) from messages
    where messages.conversation_id = changes.conversation_id and messages.seq = changes.seq), 0) else 0 end`

/** The kinds of changes whose payload is what somebody wrote. */
export const WORDED_CHANGES = ['message.sent', 'message.edited']

/**
 * The events that these rows are, ascending by `rev` in each conversation. Read `sent` before `changes`: what is
 * edited in between is then still told as it was.
 */
export async function toEvents(
  db: Kysely<Tables>,
  sent: readonly MessagesTable[],
  changes: readonly ChangesTable[],
): Promise<DurableEvent[]> {
  const messages = new Map(sent.map((row) => [placeKey(row.conversation_id, row.seq), row]))
  const unknown = changes.flatMap(({ conversation_id, seq }) =>
    seq === null || messages.has(placeKey(conversation_id, seq)) ? [] : [[conversation_id, seq] as const],
  )
  const places = new Map(unknown.map((place) => [placeKey(...place), place]))
  for (const row of await messageHeads(db, [...places.values()]))
    messages.set(placeKey(row.conversation_id, row.seq), row)

  const events = new Map(sent.map((row) => [placeKey(row.conversation_id, row.seq), toSentEvent(row, row.content)]))
  for (const change of changes) {
    const event = toEvent(change, messages.get(placeKey(change.conversation_id, change.seq ?? 0)))
    if (event !== null) events.set(placeKey(change.conversation_id, change.rev), event)
  }
  return [...events.values()].sort((a, b) => a.rev - b.rev)
}

const placeKey = (conversationId: ConversationId, place: number): string => `${place} ${conversationId}`

function toSentEvent(row: MessagesTable, content: string): DurableEvent {
  const message = { ...toMessage(row, {}), content, rev: row.seq, editedAt: null, deletedAt: null }
  return { type: 'message.sent', conversationId: row.conversation_id, at: row.created_at, rev: row.seq, message }
}

/** `null` for a change of a message that has gone meanwhile. */
function toEvent(change: ChangesTable, row: MessagesTable | undefined): DurableEvent | null {
  const { conversation_id: conversationId, at, rev } = change
  const base = { conversationId, at, rev }
  const payload = change.payload === null ? null : JSON.parse(change.payload)
  if (change.seq === null) return { type: change.type, ...base, ...payload }
  if (row === undefined) return null
  const words: Words = payload ?? { content: '' }
  switch (change.type) {
    case 'message.sent':
      return toSentEvent(row, words.content)
    case 'message.edited': {
      const { content, reactions = {} } = words
      const message = { ...toMessage(row, reactions), content, rev, editedAt: at, deletedAt: null }
      return { type: change.type, ...base, message }
    }
    case 'message.deleted': {
      const message = { ...toMessage(row, {}), rev, deletedAt: row.deleted_at ?? at }
      return { type: change.type, ...base, message, byId: change.user_id ?? '' }
    }
    default: {
      const type = change.type as 'reaction.added' | 'reaction.removed'
      const { id: messageId, client_id: clientId } = row
      return { type, ...base, messageId, clientId, userId: change.user_id ?? '', emoji: payload.emoji }
    }
  }
}
