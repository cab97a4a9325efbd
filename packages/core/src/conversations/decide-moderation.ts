import type { Millis, UserId } from '../ids.ts'
import type { CoreOptions } from '../options.ts'
import type { ConversationState, Role } from './conversation.ts'
import { removeMember } from './decide-departure.ts'
import { type Decision, NOTHING, toAll, toModerators, toUser } from './decision.ts'
import { isWaiting, withoutWaiting } from './lobby.ts'
import { refusals } from './refusals.ts'
import { isModerating, requireHost, requireModerator } from './rights.ts'
import { graceDeadline, lifeDeadlines, MINUTE_MS } from './room-deadlines.ts'
import { createStateDraft, type StateDraft } from './state-draft.ts'
import { passHost, successorOf } from './succession.ts'

/** Host only. */
export function decideLock(
  state: ConversationState,
  { byId, isLocked }: { readonly byId: UserId; readonly isLocked: boolean },
  now: Millis,
): Decision {
  requireHost(state, byId)
  const { id, isLocked: wasLocked } = state.conversation
  if (wasLocked === isLocked) return NOTHING
  const type = isLocked ? 'conversation.locked' : 'conversation.unlocked'
  return {
    write: { conversation: { isLocked }, events: [{ type, conversationId: id, at: now, byId }] },
    tell: [],
    arm: [],
  }
}

/**
 * Removes somebody: the host anyone else, moderators those without a role of their own. Without `ban`
 * they may ask to come in again, as strangers.
 */
export function decideKick(
  state: ConversationState,
  { byId, userId, ban }: { readonly byId: UserId; readonly userId: UserId; readonly ban: boolean },
  now: Millis,
): Decision {
  const by = requireModerator(state, byId)
  const member = state.members.get(userId)
  if (byId === userId) throw refusals.toOneself()
  if (!member && !isWaiting(state, userId)) throw refusals.userNotFound()
  if (member && by.role !== 'host' && isModerating(member.role)) throw refusals.forbidden('the host')
  const { draft, tell } = expel(state, { userId, ban }, now)
  return { write: draft.change(), tell, arm: [] }
}

/** Whoever runs the server removes somebody, the host too: the role passes on at once, to whoever is here. */
export function decideExpel(
  state: ConversationState,
  { userId, ban }: { readonly userId: UserId; readonly ban: boolean },
  now: Millis,
  rules: Pick<CoreOptions, 'hostGraceMs'>,
): Decision {
  if (!state.members.has(userId) && !isWaiting(state, userId)) throw refusals.userNotFound()
  const { id, hostId } = state.conversation
  const { draft, tell } = expel(state, { userId, ban }, now)
  if (hostId !== userId) return { write: draft.change(), tell, arm: [] }
  draft.set({ hostAbsentSince: now })
  const next = successorOf(draft.members(), hostId)
  if (next) passHost(draft, next, null, now)
  const arm = next ? [] : [graceDeadline(id, userId, now + rules.hostGraceMs)]
  return { write: draft.change(), tell, arm }
}

function expel(
  state: ConversationState,
  { userId, ban }: { readonly userId: UserId; readonly ban: boolean },
  now: Millis,
): { readonly draft: StateDraft; readonly tell: Decision['tell'] } {
  const { id, kind, banned, admitted, waiting } = state.conversation
  const member = state.members.get(userId)
  const draft = createStateDraft(state)
  // Nobody comes into a conversation that lasts by themselves: there is nothing to keep them from.
  const bans = ban && kind === 'room'
  if (bans && !banned.includes(userId)) draft.set({ banned: [...banned, userId] })
  draft.set({ admitted: admitted.filter((one) => one !== userId), waiting: withoutWaiting(waiting, userId) })
  if (member) removeMember(draft, member, 'kicked', now)
  const about = { conversationId: id, at: now, userId }
  const tell = [toUser(userId, { type: 'member.removed', banned: bans, ...about })]
  if (isWaiting(state, userId)) tell.push(toModerators({ type: 'lobby.answered', ...about }))
  return { draft, tell }
}

/** Host only. The host's own role changes by giving it to somebody, never by taking it away. */
export function decideSetRole(
  state: ConversationState,
  { byId, userId, role }: { readonly byId: UserId; readonly userId: UserId; readonly role: Role },
  now: Millis,
  rules: Pick<CoreOptions, 'hostGraceMs'>,
): Decision {
  requireHost(state, byId)
  const { id, hostId } = state.conversation
  const member = state.members.get(userId)
  if (!member) throw refusals.userNotFound()
  if (member.role === role) return NOTHING
  if (userId === hostId) throw refusals.invalid('role', 'of the host can only be given to somebody else')

  const draft = createStateDraft(state)
  if (role === 'host') {
    passHost(draft, member, byId, now)
    const { absentSince } = member
    const arm = absentSince === null ? [] : [graceDeadline(id, userId, absentSince + rules.hostGraceMs)]
    return { write: draft.change(), tell: [], arm }
  }
  draft.put({ ...member, role })
  draft.emit({ type: 'role.changed', conversationId: id, at: now, userId, role, hostId, former: null, byId })
  return { write: draft.change(), tell: [], arm: [] }
}

/** Host of a room. Nobody's role changes: whoever comes from now on is a listener, or a speaker. */
export function decideSetStage(
  state: ConversationState,
  { byId, hasStage }: { readonly byId: UserId; readonly hasStage: boolean },
  now: Millis,
): Decision {
  requireHost(state, byId)
  const { id, kind, hasStage: had } = state.conversation
  if (kind !== 'room') throw refusals.onlyRooms()
  if (had === hasStage) return NOTHING
  const tell = [toAll({ type: 'voice.changed', conversationId: id, at: now })]
  return { write: { conversation: { hasStage }, events: [] }, tell, arm: [] }
}

/** The latest that a conversation may be extended to; `null` for one that lasts. */
export function latestEnd(
  { createdAt, expiresAt }: { readonly createdAt: Millis; readonly expiresAt: Millis | null },
  { roomMaxMinutes }: Pick<CoreOptions, 'roomMaxMinutes'>,
): Millis | null {
  return expiresAt === null ? null : createdAt + roomMaxMinutes * MINUTE_MS
}

/** Host only, up to the longest life of a room. */
export function decideExtend(
  state: ConversationState,
  { byId, minutes }: { readonly byId: UserId; readonly minutes: number },
  now: Millis,
  rules: Pick<CoreOptions, 'roomMaxMinutes'>,
): Decision & { readonly expiresAt: Millis } {
  requireHost(state, byId)
  const { id, expiresAt } = state.conversation
  const latest = latestEnd(state.conversation, rules)
  if (expiresAt === null || latest === null)
    throw refusals.invalid('minutes', 'cannot be added: this conversation has no end')
  const possible = Math.max(0, Math.floor((latest - expiresAt) / MINUTE_MS))
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > possible) {
    throw refusals.invalid(
      'minutes',
      possible === 0 ? 'cannot be added: this room has reached its longest life' : `must be from 1 to ${possible}`,
    )
  }
  const extended = expiresAt + minutes * MINUTE_MS
  return {
    write: {
      conversation: { expiresAt: extended },
      events: [{ type: 'conversation.extended', conversationId: id, at: now, byId, expiresAt: extended }],
    },
    tell: [],
    arm: lifeDeadlines(id, extended, now),
    expiresAt: extended,
  }
}
