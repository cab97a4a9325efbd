import type { Invitee } from '../core.ts'
import type { ConversationId, Millis, UserId } from '../ids.ts'
import { DELETED_USER } from '../messages/message.ts'
import type { CoreOptions } from '../options.ts'
import type { Member, Role } from './conversation.ts'
import { cleanName, ROOM_NAME, requireName } from './name-rules.ts'
import { refusals } from './refusals.ts'

const MAX_ID_LENGTH = 128
const MAX_RETENTION_DAYS = 36_500
/** What another system calls its people may be long; it is cut, not refused. */
const MAX_MEMBER_NAME = 80

const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029]/u
/** The form of the ids that `IdSource.directId` makes. */
const directIdForm = /^d_[\w-]{43}$/

/** An id of another system's making, kept exactly as it is. Throws `VALIDATION_FAILED` about `path`. */
function requireId(id: string, path: string): string {
  if (id.length === 0 || id.length > MAX_ID_LENGTH || unprintable.test(id)) {
    throw refusals.invalid(path, `must have 1 to ${MAX_ID_LENGTH} printable characters`)
  }
  return id
}

/** The id that somebody chose for a conversation. Users can't take the place of a direct conversation of others. */
export function requireConversationId(id: ConversationId, isSite: boolean): ConversationId {
  if (!isSite && directIdForm.test(id)) throw refusals.invalid('id', 'has the form of a direct conversation’s')
  return requireId(id, 'id')
}

/** A conversation that lasts needs no name; the empty one is none. */
export function requireChatName(name: string | null): string {
  return name === null || cleanName(name) === '' ? '' : requireName(name, 'name', ROOM_NAME)
}

export function requireRetention(days: number | null): number | null {
  if (days === null || (Number.isInteger(days) && days >= 1 && days <= MAX_RETENTION_DAYS)) return days
  throw refusals.invalid('retentionDays', `must be from 1 to ${MAX_RETENTION_DAYS}`)
}

/** Those who are invited, each once. Nobody is made host here. */
export function requireInvitees(
  invitees: readonly Invitee[],
  rules: Pick<CoreOptions, 'membersPerCall'>,
): readonly Invitee[] {
  if (invitees.length > rules.membersPerCall) {
    throw refusals.invalid('members', `must be at most ${rules.membersPerCall} at a time`)
  }
  const byId = new Map<UserId, Invitee>()
  for (const invitee of invitees) {
    const userId = requireId(invitee.userId, 'userId')
    if (userId === DELETED_USER) throw refusals.invalid('userId', 'is nobody’s')
    if (invitee.role === 'host') throw refusals.invalid('role', 'of the host is given by passing it on')
    if (!byId.has(userId)) byId.set(userId, invitee)
  }
  return [...byId.values()]
}

/** The first usable name: what is said of them, what they are known as, and in the end their id. */
export function memberName(userId: UserId, names: readonly (string | null | undefined)[]): string {
  return [...names, userId].map((one) => shortName(one ?? '')).find((one) => one !== '') ?? userId
}

/** A member by their first usable name. */
export function memberOf(
  userId: UserId,
  names: readonly (string | null | undefined)[],
  role: Role,
  now: Millis,
): Member {
  return { userId, name: memberName(userId, names), role, joinedAt: now, absentSince: null, hasEntered: true }
}

function shortName(name: string): string {
  return [...cleanName(name)].slice(0, MAX_MEMBER_NAME).join('')
}
