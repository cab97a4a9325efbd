import type { Caller } from '../caller.ts'
import type { UserId } from '../ids.ts'
import type { ConversationState, Member, Role } from './conversation.ts'
import { refusals } from './refusals.ts'

export function isModerating(role: Role): boolean {
  return role === 'host' || role === 'moderator'
}

/** Throws `FORBIDDEN` for guests: they have a token for one room, and nothing else. */
export function requireAccount(caller: Caller): void {
  if (caller.room !== null) throw refusals.forbidden('users with an account')
}

/** The member with this id. Throws `NOT_IN_ROOM`, and of conversations that last `CONVERSATION_NOT_FOUND`. */
export function requireMember(state: ConversationState, userId: UserId): Member {
  const member = state.members.get(userId)
  if (!member) throw refusals.stranger(state.conversation.kind)
  return member
}

/** Throws `FORBIDDEN` for everybody but the host, and in direct conversations, which have none. */
export function requireHost(state: ConversationState, userId: UserId): Member {
  const member = requireMember(state, userId)
  if (state.conversation.kind === 'direct') throw refusals.direct()
  if (member.role !== 'host') throw refusals.forbidden('the host')
  return member
}

/** Throws `FORBIDDEN` for everybody but host and moderators, and in direct conversations, which have neither. */
export function requireModerator(state: ConversationState, userId: UserId): Member {
  const member = requireMember(state, userId)
  if (state.conversation.kind === 'direct') throw refusals.direct()
  if (!isModerating(member.role)) throw refusals.forbidden('the host and moderators')
  return member
}
