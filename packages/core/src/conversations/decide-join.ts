import type { Millis, UserId } from '../ids.ts'
import type { CoreOptions } from '../options.ts'
import type { Conversation, ConversationState, Member } from './conversation.ts'
import { type Decision, NOTHING, toAll, toModerators } from './decision.ts'
import { isWaiting, withAdmitted, withoutWaiting } from './lobby.ts'
import { PERSON_NAME, requireFreeName, requireName } from './name-rules.ts'
import { refusals } from './refusals.ts'
import { absentDeadline } from './room-deadlines.ts'
import { createStateDraft, type StateDraft } from './state-draft.ts'
import { passHostIfGone } from './succession.ts'

export interface JoinRequest {
  readonly userId: UserId
  /** The name as typed; it is cleaned and checked when they need one. */
  readonly name: string
  /** What the input calls the name. */
  readonly namePath: string
  /** They gave the password, now or when they got their token. */
  readonly hasPassword: boolean
  /** They have a connection: they are here, not only about to come. */
  readonly isPresent: boolean
}

export interface JoinDecision extends Decision {
  readonly outcome: 'member' | 'waiting'
  /** The name that they have in the room, or ask to have. */
  readonly name: string
}

type JoinRules = Pick<CoreOptions, 'hostGraceMs' | 'absentTimeoutMs' | 'lobbyMaxWaiting'>

/** Whether somebody is known here: neither lock nor password nor lobby stops them. */
export function isKnown(state: ConversationState, userId: UserId): boolean {
  const { hostId, admitted } = state.conversation
  return state.members.has(userId) || hostId === userId || admitted.includes(userId)
}

/** Throws for those whom no password would help: the banned, and strangers at a locked door. */
export function refuseEntry(state: ConversationState, userId: UserId): void {
  if (state.conversation.banned.includes(userId)) throw refusals.kicked()
  if (state.conversation.isLocked && !isKnown(state, userId)) throw refusals.locked()
}

/** Whether somebody may come in, and as what: member, or one more in the lobby. */
export function decideJoin(
  state: ConversationState,
  request: JoinRequest,
  now: Millis,
  rules: JoinRules,
): JoinDecision {
  refuseEntry(state, request.userId)
  const member = state.members.get(request.userId)
  if (member) return { ...comeBack(state, member, request.isPresent, now, rules), outcome: 'member', name: member.name }
  const name = requireName(request.name, request.namePath, PERSON_NAME)
  const { conversation } = state
  if (!isKnown(state, request.userId)) {
    if (conversation.passwordHash !== null && !request.hasPassword) throw refusals.wrongPassword()
    if (conversation.hasLobby) return { ...knock(state, request, name, now, rules), outcome: 'waiting', name }
  }
  return { ...takeSeat(state, request, name, now, rules), outcome: 'member', name }
}

function comeBack(
  state: ConversationState,
  member: Member,
  isPresent: boolean,
  now: Millis,
  rules: JoinRules,
): Decision {
  if (member.absentSince === null) return NOTHING
  const { id, hostId } = state.conversation
  const { userId } = member
  const draft = createStateDraft(state)
  if (!isPresent) {
    draft.put({ ...member, absentSince: now })
    return { write: draft.change(), tell: [], arm: [absentDeadline(id, userId, now + rules.absentTimeoutMs)] }
  }
  const present: Member = { ...member, absentSince: null, hasEntered: true }
  draft.put(present)
  if (!member.hasEntered) draft.emit({ type: 'member.joined', conversationId: id, at: now, member: present })
  if (hostId === userId) draft.set({ hostAbsentSince: null })
  passHostIfGone(draft, now, rules.hostGraceMs)
  const online = toAll({ type: 'presence.changed', conversationId: id, at: now, userId, online: true })
  return { write: draft.change(), tell: [online], arm: [] }
}

function knock(
  state: ConversationState,
  { userId, namePath, isPresent }: JoinRequest,
  name: string,
  now: Millis,
  rules: JoinRules,
): Decision {
  const { id, waiting } = state.conversation
  const arm = isPresent ? [] : [absentDeadline(id, userId, now + rules.absentTimeoutMs)]
  if (isWaiting(state, userId)) return { ...NOTHING, arm }
  if (waiting.length >= rules.lobbyMaxWaiting) throw refusals.lobbyFull()
  requireFreeName(name, namePath, userId, state.members.values())
  requireFreeName(name, namePath, userId, waiting)
  return {
    write: { conversation: { waiting: [...waiting, { userId, name, since: now }] }, events: [] },
    tell: [toModerators({ type: 'lobby.knocked', conversationId: id, at: now, userId, name })],
    arm,
  }
}

function takeSeat(
  state: ConversationState,
  { userId, namePath, hasPassword, isPresent }: JoinRequest,
  name: string,
  now: Millis,
  rules: JoinRules,
): Decision {
  const { id, hostId, hasStage, passwordHash, admitted, waiting } = state.conversation
  const draft = createStateDraft(state)
  requireFreeName(name, namePath, userId, draft.members())
  makeRoom(draft, now, rules.hostGraceMs)
  const member: Member = {
    userId,
    name,
    role: hostId === userId ? 'host' : hasStage ? 'listener' : 'speaker',
    joinedAt: now,
    absentSince: isPresent ? null : now,
    hasEntered: isPresent,
  }
  draft.put(member)
  if (passwordHash !== null && hasPassword) draft.set({ admitted: withAdmitted(admitted, userId) })
  const tell = isWaiting(state, userId)
    ? [toModerators({ type: 'lobby.answered', conversationId: id, at: now, userId })]
    : []
  if (tell.length > 0) draft.set({ waiting: withoutWaiting(waiting, userId) })
  if (!isPresent) {
    // Those who look at the list see the seat taken; that somebody joined is said when they are here.
    const seat = toAll({ type: 'seat.taken', conversationId: id, at: now, userId })
    const arm = [absentDeadline(id, userId, now + rules.absentTimeoutMs)]
    return { write: draft.change(), tell: [...tell, seat], arm }
  }
  draft.emit({ type: 'member.joined', conversationId: id, at: now, member })
  if (hostId === userId) draft.set({ hostAbsentSince: null })
  passHostIfGone(draft, now, rules.hostGraceMs)
  return { write: draft.change(), tell, arm: [] }
}

/** Frees a seat when the room is full: the one absent the longest gives it up. Throws `ROOM_FULL`. */
function makeRoom(draft: StateDraft, now: Millis, graceMs: number): void {
  const { conversation } = draft
  if (draft.size < conversation.maxParticipants) return
  const leaving = longestAbsent(draft.members(), conversation, now - graceMs)
  if (!leaving) throw refusals.full()
  draft.remove(leaving.userId)
  draft.emit({
    type: 'member.left',
    conversationId: conversation.id,
    at: now,
    userId: leaving.userId,
    name: leaving.name,
    reason: 'timeout',
  })
}

function longestAbsent(members: Iterable<Member>, { hostId }: Conversation, before: Millis): Member | null {
  let longest: (Member & { readonly absentSince: Millis }) | null = null
  for (const { absentSince, ...member } of members) {
    if (absentSince === null || absentSince > before || member.userId === hostId) continue
    if (longest === null || absentSince < longest.absentSince) longest = { ...member, absentSince }
  }
  return longest
}
