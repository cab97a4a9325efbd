import { type ConversationId, DomainError, normalizeRoomId } from '@parley/core'
import type { MessengerContext } from './messenger-wire.ts'

interface InChat {
  readonly chatId: string
}

/** The id of the chat that a client means: those of chats are exact, those of rooms are taken as people type them. */
export function chatIdOf({ identity, session }: MessengerContext, { chatId }: InChat): ConversationId {
  const typed = normalizeRoomId(chatId)
  if (identity.kind === 'guest') return typed
  return session.places.has(typed) && !session.places.has(chatId) ? typed : chatId
}

/** Guard of what concerns a chat: a token that was given for one room touches no other. */
export function requireOwnChat({ identity }: MessengerContext, { chatId }: InChat): void {
  if (identity.room !== null && identity.room !== normalizeRoomId(chatId)) {
    throw new DomainError('CONVERSATION_NOT_FOUND', 'There is no such chat, or your token is not for it.')
  }
}

/**
 * Guard of what is done in a chat. Guests are in rooms alone: who has neither a place in one nor a token for it
 * gets one answer, be there such a room or not, since ids are looked for by joining, which is throttled, or not
 * at all. Users are members of chats whether they look at them or not: the core knows of which.
 */
export function requirePlace(context: MessengerContext, input: InChat): void {
  requireOwnChat(context, input)
  const { identity, session } = context
  if (identity.kind === 'guest' && identity.room === null && !session.places.has(normalizeRoomId(input.chatId))) {
    throw new DomainError('NOT_IN_ROOM', 'You are not in this chat. Join it first.')
  }
}

/** Guard of what only people with an account have: presence, notifications, calls. */
export function requireUser({ identity }: MessengerContext): void {
  if (identity.kind === 'guest') {
    throw new DomainError('FORBIDDEN', 'Guests have rooms. This needs an account of the site.')
  }
}
