import { type ConversationId, DomainError } from '@parley/core'
import { type Follower, namedConversation, requireOwn, requirePlace as requirePlaceIn } from '../conversation-named.ts'
import type { MessengerContext } from './messenger-wire.ts'

interface InChat {
  readonly chatId: string
}

/** The id of the chat that a client means. */
export function chatIdOf({ session }: MessengerContext, { chatId }: InChat): ConversationId {
  return namedConversation(session, chatId)
}

/** Guard of what concerns a chat. */
export function requireOwnChat({ session }: MessengerContext, { chatId }: InChat): void {
  requireOwn(session, chatId)
}

/** Guard of what is done in a chat. */
export function requirePlace({ session }: MessengerContext, { chatId }: InChat): void {
  requirePlaceIn(session, chatId)
}

/** Guests who get past the guards have a place there, or a token for it; users are told by their place alone. */
export function mayKnowRoom(follower: Follower, raw: unknown): boolean {
  if (follower.identity.kind === 'guest') return true
  const { chatId } = raw as { readonly chatId?: unknown }
  return typeof chatId === 'string' && follower.places.has(namedConversation(follower, chatId))
}

/** Guard of what only people with an account have: presence, notifications, calls. */
export function requireUser({ identity }: MessengerContext): void {
  if (identity.kind === 'guest') {
    throw new DomainError('FORBIDDEN', 'Guests have rooms. This needs an account of the site.')
  }
}
