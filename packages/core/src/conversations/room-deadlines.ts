import type { ConversationId, Millis, UserId } from '../ids.ts'
import type { Deadline } from '../ports/deadline-store.ts'

export const MINUTE_MS = 60_000
/** How many minutes before the end people are told. */
const WARNINGS = { warn5: 5, warn1: 1 } as const

/** Every kind of deadline that rooms have: what their keys begin with. */
export const ROOM_DEADLINE_KINDS = ['expire', ...Object.keys(WARNINGS), 'absent', 'grace']

/** What a deadline's key says. Conversation ids have no colon. */
export type RoomDeadline =
  | { readonly kind: 'expire'; readonly conversationId: ConversationId }
  | { readonly kind: 'warn'; readonly conversationId: ConversationId; readonly minutesLeft: number }
  | { readonly kind: 'absent' | 'grace'; readonly conversationId: ConversationId; readonly userId: UserId }

/** The end of a room and the warnings that are still ahead of it. */
export function lifeDeadlines(id: ConversationId, expiresAt: Millis, now: Millis): Deadline[] {
  const warnings = Object.entries(WARNINGS).map(([kind, minutes]) => ({
    key: `${kind}:${id}`,
    at: expiresAt - minutes * MINUTE_MS,
  }))
  return [{ key: `expire:${id}`, at: expiresAt }, ...warnings.filter((warning) => warning.at > now)]
}

/** When an absent member loses the seat, or somebody in the lobby who has no connection the place in it. */
export function absentDeadline(id: ConversationId, userId: UserId, at: Millis): Deadline {
  return { key: `absent:${id}:${userId}`, at }
}

/** When an absent host loses the role. */
export function graceDeadline(id: ConversationId, userId: UserId, at: Millis): Deadline {
  return { key: `grace:${id}:${userId}`, at }
}

/** Every key that may be set for a room with these people. */
export function deadlineKeys(id: ConversationId, userIds: Iterable<UserId>): string[] {
  const ofPeople = Array.from(userIds, (userId) => [
    absentDeadline(id, userId, 0).key,
    graceDeadline(id, userId, 0).key,
  ])
  return [`expire:${id}`, ...Object.keys(WARNINGS).map((kind) => `${kind}:${id}`), ...ofPeople.flat()]
}

/** `null` for a key of somebody else's. */
export function parseDeadlineKey(key: string): RoomDeadline | null {
  const [kind, conversationId, ...rest] = key.split(':')
  if (conversationId === undefined) return null
  if (kind === 'expire') return { kind, conversationId }
  if (kind === 'warn5' || kind === 'warn1') return { kind: 'warn', conversationId, minutesLeft: WARNINGS[kind] }
  if (kind === 'absent' || kind === 'grace') return { kind, conversationId, userId: rest.join(':') }
  return null
}
