import type { Millis, UserId } from '../ids.ts'
import type { CoreOptions } from '../options.ts'
import type { PersonStatus } from '../people/user.ts'
import { memberName } from './chat-rules.ts'
import type { ConversationState, Member } from './conversation.ts'
import { removeMember } from './decide-departure.ts'
import { decideKick } from './decide-moderation.ts'
import { type Decision, NOTHING, toUser } from './decision.ts'
import { refusals } from './refusals.ts'
import { requireMember, requireModerator } from './rights.ts'
import { createStateDraft, type StateDraft } from './state-draft.ts'
import { passHost, successorOf } from './succession.ts'

/** Who asks: a user, or the site itself, which may do everything. */
export type By = UserId | null

/** Those who become members, and the status others see. */
export interface Joining {
  readonly members: readonly Member[]
  readonly people: ReadonlyMap<UserId, Pick<PersonStatus, 'status'>>
}

/** Host and moderators; while a group is locked only the host. Those who are members already stay as they are. */
export function decideAddMembers(
  state: ConversationState,
  { byId, members, people }: Joining & { readonly byId: By },
  now: Millis,
  rules: Pick<CoreOptions, 'conversationMaxMembers' | 'presenceMaxMembers'>,
): Decision & { readonly added: readonly Member[] } {
  if (byId !== null) {
    const by = requireModerator(state, byId)
    if (state.conversation.isLocked && by.role !== 'host') throw refusals.locked()
  }
  if (state.conversation.kind === 'direct') throw refusals.direct()
  const added = members.filter(({ userId }) => !state.members.has(userId))
  if (state.members.size + added.length > rules.conversationMaxMembers) {
    throw refusals.invalid('members', `must not be more than ${rules.conversationMaxMembers} in all`)
  }
  if (added.length === 0) return { ...NOTHING, added }
  return { ...putMembers(state, { members: added, people }, now, rules), added }
}

/** Makes them members, and says so. In conversations too large for presence to be told they are offline. */
export function putMembers(
  state: ConversationState,
  { members: added, people }: Joining,
  now: Millis,
  rules: Pick<CoreOptions, 'presenceMaxMembers'>,
): Decision {
  const { id: conversationId, kind, hostId } = state.conversation
  const isTold = state.members.size + added.length <= rules.presenceMaxMembers
  const draft = createStateDraft(state)
  for (const invited of added) {
    // A host who was the last to leave a group is still its host.
    const member: Member = kind === 'group' && invited.userId === hostId ? { ...invited, role: 'host' } : invited
    draft.put(member)
    const status = (isTold ? people.get(member.userId)?.status : undefined) ?? 'offline'
    draft.emit({ type: 'member.joined', conversationId, at: now, member, status })
  }
  if (kind === 'group' && !draft.member(hostId)) passHostOn(draft, now)
  return { write: draft.change(), tell: [], arm: [] }
}

/** Somebody gives up their membership. A direct conversation stays one of its two. */
export function decideLeaveChat(state: ConversationState, userId: UserId, now: Millis): Decision {
  const member = requireMember(state, userId)
  if (state.conversation.kind === 'direct') throw refusals.direct()
  return dismiss(state, member, 'left', now)
}

/** Somebody is taken out: by themselves, as by `kick`, or by the site. */
export function decideRemoveMember(
  state: ConversationState,
  { byId, userId }: { readonly byId: By; readonly userId: UserId },
  now: Millis,
): Decision {
  if (byId === userId) return decideLeaveChat(state, userId, now)
  if (byId !== null) return decideKick(state, { byId, userId, ban: false }, now)
  const member = state.members.get(userId)
  if (!member) throw refusals.userNotFound()
  return dismiss(state, member, 'kicked', now)
}

/** Takes a member out; a host passes the role on. Every session of theirs leaves the conversation. */
export function dismiss(state: ConversationState, member: Member, reason: 'left' | 'kicked', now: Millis): Decision {
  const { id: conversationId, kind, hostId } = state.conversation
  const { userId } = member
  const draft = createStateDraft(state)
  removeMember(draft, member, reason, now)
  if (kind !== 'direct' && hostId === userId) {
    draft.set({ hostAbsentSince: now })
    passHostOn(draft, now)
  }
  const removed = toUser(userId, { type: 'member.removed', conversationId, at: now, userId, banned: false })
  return { write: draft.change(), tell: [removed], arm: [] }
}

function passHostOn(draft: StateDraft, now: Millis): void {
  const next = successorOf(draft.members(), draft.conversation.hostId)
  if (next) passHost(draft, next, null, now)
}

/** Gives a member whom nobody has named their own name. */
export function decideOwnName(state: ConversationState, userId: UserId, name: string): Decision {
  const member = state.members.get(userId)
  if (member === undefined || member.name !== memberName(userId, [])) return NOTHING
  const draft = createStateDraft(state)
  draft.put({ ...member, name })
  return { write: draft.change(), tell: [], arm: [] }
}

/** Host and moderators of a group, and the site. */
export function decideUpdate(
  state: ConversationState,
  changes: { readonly byId: By; readonly name: string | undefined; readonly retentionDays: number | null | undefined },
  now: Millis,
): Decision {
  const { byId, name, retentionDays } = changes
  if (byId !== null) requireModerator(state, byId)
  const { id: conversationId, ...current } = state.conversation
  const draft = createStateDraft(state)
  const isRenamed = name !== undefined && name !== current.name
  const isKeptOtherwise = retentionDays !== undefined && retentionDays !== current.retentionDays
  if (!isRenamed && !isKeptOtherwise) return NOTHING
  if (isKeptOtherwise) draft.set({ retentionDays })
  if (isRenamed) {
    draft.set({ name })
    draft.emit({ type: 'conversation.renamed', conversationId, at: now, byId, name })
  }
  return { write: draft.change(), tell: [], arm: [] }
}
