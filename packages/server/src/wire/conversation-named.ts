import { type Caller, type ConversationId, type Core, DomainError, normalizeRoomId } from '@parley/core'
import type { Identity } from '../auth/authenticator.ts'
import type { Subscription } from './topic.ts'

/** Somebody on a wire where many conversations may be followed at once. */
export interface Follower {
  readonly identity: Pick<Identity, 'kind' | 'room'>
  readonly places: ReadonlyMap<ConversationId, Subscription>
}

/** The id of the conversation that a client means: those of chats are exact, those of rooms are taken as people type them. */
export function namedConversation({ identity, places }: Follower, named: string): ConversationId {
  const typed = normalizeRoomId(named)
  if (identity.kind === 'guest') return typed
  return places.has(typed) && !places.has(named) ? typed : named
}

/** Guard of what concerns a conversation: a token that was given for one room touches no other. */
export function requireOwn({ identity }: Follower, named: string): void {
  if (identity.room !== null && identity.room !== normalizeRoomId(named)) {
    throw new DomainError('CONVERSATION_NOT_FOUND', 'There is no such conversation, or your token is not for it.')
  }
}

/**
 * Guard of what is done in a conversation. Guests are in rooms alone: who has neither a place in one nor a token
 * for it gets one answer, be there such a room or not, since ids are looked for by joining, which is throttled, or
 * not at all. Users are members of conversations whether they look at them or not: the core knows of which.
 */
export function requirePlace(follower: Follower, named: string): void {
  requireOwn(follower, named)
  const { identity, places } = follower
  if (identity.kind === 'guest' && identity.room === null && !places.has(normalizeRoomId(named))) {
    throw new DomainError('NOT_IN_ROOM', 'You are not in this conversation. Join it first.')
  }
}

/** Throws what a stranger is told, unless the session has a place there: those who are removed lose theirs. */
export async function requireMember(
  { caller, places }: Follower & { readonly caller: Caller },
  core: Pick<Core, 'members'>,
  id: ConversationId,
): Promise<void> {
  if (places.get(id)?.state !== 'in') await core.members(caller, id)
}
