import type { ConversationId, DurableEvent, Message, MessageId, StateEvent, UserId } from '@parley/core'
import { z } from 'zod'
import { withoutReactionsOf } from '../reactions.ts'
import { isObject, isReactions, isString } from './stored-message.ts'
import { storedMember, storedRole } from './stored-room.ts'

/*
 * Durable events, as they are kept for those who missed them. That a message was sent is told by the message itself;
 * every other event is a change at its rev. What a message said before and after each edit is kept apart from that, so
 * that it can be taken away alone when the message is deleted.
 */

type Words = Pick<Message, 'content' | 'reactions'>
type MessageEvent = Extract<DurableEvent, { readonly message: Message } | { readonly messageId: MessageId }>

const at = z.number()
const byId = z.string()

const stateEvent = z.discriminatedUnion('type', [
  z.object({ at, type: z.literal('member.joined'), member: storedMember }),
  z.object({
    at,
    type: z.literal('member.left'),
    userId: z.string(),
    name: z.string(),
    reason: z.enum(['left', 'timeout', 'kicked']),
  }),
  z.object({
    at,
    type: z.literal('role.changed'),
    userId: z.string(),
    role: storedRole,
    hostId: z.string(),
    former: z.object({ userId: z.string(), role: storedRole }).nullable(),
    byId: byId.nullable(),
  }),
  z.object({ at, type: z.literal(['conversation.locked', 'conversation.unlocked']), byId }),
  z.object({ at, type: z.literal('conversation.extended'), byId, expiresAt: z.number() }),
  z.object({ at, type: z.literal('conversation.renamed'), byId: byId.nullable(), name: z.string() }),
])

const messageEvent = z.discriminatedUnion('type', [
  z.object({ at, type: z.literal('message.edited') }),
  z.object({ at, type: z.literal('message.deleted'), byId }),
  z.object({ at, type: z.literal(['reaction.added', 'reaction.removed']), userId: z.string(), emoji: z.string() }),
])

/** What has to be known of a change of a message besides the message. */
export type MessageChange = z.infer<typeof messageEvent>

/** A change of settings or members, as it is kept. */
export function fromStateEvent(event: StateEvent | DurableEvent): string {
  return JSON.stringify({ ...event, conversationId: undefined, rev: undefined })
}

/** A change of a message, as it is kept: the message's id first, so that scripts find it. */
export const fromMessageChange = (messageId: MessageId, change: MessageChange): string =>
  `${messageId} ${JSON.stringify(change)}`

/** The message that a kept change is about; `null` for one of settings or members. */
export const subjectOf = (kept: string): MessageId | null =>
  kept.startsWith('{') ? null : kept.slice(0, kept.indexOf(' '))

/** What a message says, as it is kept for the event of its sending or editing. */
export const wordsOf = ({ content, reactions }: Message): string => JSON.stringify({ content, reactions })

/** The event that a kept change of settings or members is. Throws when this version of the server would not write it. */
export function toStateEvent(conversationId: ConversationId, rev: number, kept: string): DurableEvent {
  const { data, error } = stateEvent.safeParse(JSON.parse(kept))
  if (data === undefined) throw unreadable(conversationId, rev, error)
  return { ...data, conversationId, rev }
}

/** The event that a change of this message was. `words`: what it said then, unless that was taken away. */
export function toMessageEvent(
  rev: number,
  change: MessageChange,
  message: Message,
  words: string | null,
): MessageEvent {
  const { conversationId, clientId, id: messageId } = message
  const place = { conversationId, at: change.at, rev }
  switch (change.type) {
    case 'message.edited': {
      const said = readWords(conversationId, rev, words)
      const edited = { ...message, ...said, rev, editedAt: change.at, deletedAt: null }
      return { ...place, type: change.type, message: edited }
    }
    case 'message.deleted': {
      const deleted = { ...message, rev, deletedAt: message.deletedAt ?? change.at }
      return { ...place, type: change.type, message: deleted, byId: change.byId }
    }
    default:
      return { ...place, type: change.type, messageId, clientId, userId: change.userId, emoji: change.emoji }
  }
}

/** That this message was sent. `words`: what it said then, when it was edited. */
export function toSentEvent(message: Message, words: string | null): MessageEvent {
  const { conversationId, createdAt, seq } = message
  const { content } = words === null ? message : readWords(conversationId, seq, words)
  const sent = { ...message, content, rev: seq, editedAt: null, deletedAt: null, reactions: {} }
  return { type: 'message.sent', conversationId, at: createdAt, rev: seq, message: sent }
}

export function readMessageChange(conversationId: ConversationId, rev: number, kept: string): MessageChange {
  const { data, error } = messageEvent.safeParse(JSON.parse(kept.slice(kept.indexOf(' ') + 1)))
  if (data === undefined) throw unreadable(conversationId, rev, error)
  return data
}

/** The same without anything that this user reacted with. */
export function wordsWithout(kept: string, userId: UserId): string {
  const words = parseWords(kept)
  if (words === null) return kept
  const after = withoutReactionsOf(words, userId)
  return after === words ? kept : `${placeBefore(kept)} ${JSON.stringify(after)}`
}

function readWords(id: ConversationId, rev: number, kept: string | null): Words {
  if (kept === null) return { content: '', reactions: {} }
  const words = parseWords(kept)
  if (words === null) throw unreadable(id, rev, kept)
  return words
}

/** Before the words stands the place of what it said before those, which is for scripts. */
const placeBefore = (kept: string): string => kept.slice(0, Math.max(0, kept.indexOf('{') - 1))

function parseWords(kept: string): Words | null {
  const value: unknown = JSON.parse(kept.slice(kept.indexOf('{')))
  if (!isObject(value) || !isString(value.content) || !isReactions(value.reactions)) return null
  return { content: value.content, reactions: value.reactions }
}

const unreadable = (id: ConversationId, rev: number, cause: unknown): Error =>
  new Error(`what Redis keeps of rev ${rev} of room ${id} can't be read`, { cause })
