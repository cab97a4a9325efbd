import type { UserId } from '../ids.ts'
import type { ConversationState, Member, Role } from './conversation.ts'
import { refusals } from './refusals.ts'

export function isModerating(role: Role): boolean {
  return role === 'host' || role === 'moderator'
}

/** The member with this id. Throws `NOT_IN_ROOM`. */
export function requireMember(state: ConversationState, userId: UserId): Member {
  const member = state.members.get(userId)
  if (!member) throw refusals.notInRoom()
  return member
}

/** Throws `FORBIDDEN` for everybody but the host. */
export function requireHost(state: ConversationState, userId: UserId): Member {
  const member = requireMember(state, userId)
  if (member.role !== 'host') throw refusals.forbidden('the host')
  return member
}

/** Throws `FORBIDDEN` for everybody but host and moderators. */
export function requireModerator(state: ConversationState, userId: UserId): Member {
  const member = requireMember(state, userId)
  if (!isModerating(member.role)) throw refusals.forbidden('the host and moderators')
  return member
}
