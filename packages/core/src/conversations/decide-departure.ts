import type { LeaveReason } from '../events.ts'
import type { Millis, UserId } from '../ids.ts'
import type { CoreOptions } from '../options.ts'
import type { ConversationState, Member } from './conversation.ts'
import { type Decision, NOTHING, toAll } from './decision.ts'
import { decideStopWaiting } from './lobby.ts'
import { absentDeadline, graceDeadline } from './room-deadlines.ts'
import { createStateDraft, type StateDraft } from './state-draft.ts'
import { passHost, passHostIfGone, successorOf } from './succession.ts'

type DepartureRules = Pick<CoreOptions, 'hostGraceMs' | 'absentTimeoutMs'>

/** Somebody's last session is gone. Members keep their seat for a while; those in the lobby lose their place. */
export function decideExit(state: ConversationState, userId: UserId, now: Millis, rules: DepartureRules): Decision {
  const member = state.members.get(userId)
  if (!member) return decideStopWaiting(state, userId, now)
  if (member.absentSince !== null) return NOTHING
  const { id, hostId } = state.conversation
  const draft = createStateDraft(state)
  draft.put({ ...member, absentSince: now })
  const arm = [absentDeadline(id, userId, now + rules.absentTimeoutMs)]
  if (hostId === userId) {
    draft.set({ hostAbsentSince: now })
    arm.push(graceDeadline(id, userId, now + rules.hostGraceMs))
  }
  const offline = toAll({ type: 'presence.changed', conversationId: id, at: now, userId, online: false })
  return { write: draft.change(), tell: [offline], arm }
}

/** Somebody gives up the seat, or the place in the lobby. A host passes the role on at once, to whoever is here. */
export function decideLeave(state: ConversationState, userId: UserId, now: Millis, rules: DepartureRules): Decision {
  const member = state.members.get(userId)
  if (!member) return decideStopWaiting(state, userId, now)
  const { id, hostId } = state.conversation
  const draft = createStateDraft(state)
  removeMember(draft, member, 'left', now)
  if (hostId !== userId) return { write: draft.change(), tell: [], arm: [] }
  draft.set({ hostAbsentSince: now })
  const next = successorOf(draft.members(), hostId)
  if (next) passHost(draft, next, null, now)
  const arm = next ? [] : [graceDeadline(id, userId, now + rules.hostGraceMs)]
  return { write: draft.change(), tell: [], arm }
}

/** The time of an absent one is up, unless they are back. Those who never connected leave the lobby. */
export function decideAbsent(
  state: ConversationState,
  { userId, isOnline }: { readonly userId: UserId; readonly isOnline: boolean },
  now: Millis,
  rules: DepartureRules,
): Decision {
  const member = state.members.get(userId)
  if (!member) return isOnline ? NOTHING : decideStopWaiting(state, userId, now)
  if (member.absentSince === null || now - member.absentSince < rules.absentTimeoutMs) return NOTHING
  const draft = createStateDraft(state)
  removeMember(draft, member, 'timeout', now)
  const { hostId, hostAbsentSince } = state.conversation
  if (hostId === userId) {
    draft.set({ hostAbsentSince: hostAbsentSince ?? member.absentSince })
    passHostIfGone(draft, now, rules.hostGraceMs)
  }
  return { write: draft.change(), tell: [], arm: [] }
}

/** The grace of an absent host is over, unless they are back. */
export function decideGrace(state: ConversationState, now: Millis, rules: DepartureRules): Decision {
  const draft = createStateDraft(state)
  passHostIfGone(draft, now, rules.hostGraceMs)
  const write = draft.change()
  return write.events.length > 0 ? { write, tell: [], arm: [] } : NOTHING
}

export function removeMember(draft: StateDraft, member: Member, reason: LeaveReason, now: Millis): void {
  draft.remove(member.userId)
  draft.emit({
    type: 'member.left',
    conversationId: draft.conversation.id,
    at: now,
    userId: member.userId,
    name: member.name,
    reason,
  })
}
