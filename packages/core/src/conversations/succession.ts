import type { Millis, UserId } from '../ids.ts'
import type { Conversation, Member } from './conversation.ts'
import type { StateDraft } from './state-draft.ts'

/** Whether the host has been away for the whole grace, so that somebody else may take over. */
function isHostGone(conversation: Conversation, now: Millis, graceMs: number): boolean {
  return conversation.hostAbsentSince !== null && now - conversation.hostAbsentSince >= graceMs
}

/** The longest-present moderator, else the longest-present participant; `null` when nobody else is here. */
export function successorOf(members: Iterable<Member>, hostId: UserId): Member | null {
  let best: Member | null = null
  for (const member of members) {
    if (member.absentSince !== null || member.userId === hostId) continue
    if (best === null || precedes(member, best)) best = member
  }
  return best
}

function precedes(a: Member, b: Member): boolean {
  const isModerator = a.role === 'moderator'
  if (isModerator !== (b.role === 'moderator')) return isModerator
  return a.joinedAt < b.joinedAt || (a.joinedAt === b.joinedAt && a.userId < b.userId)
}

/** Makes `next` the host. A former host who is still a member becomes a moderator. */
export function passHost(draft: StateDraft, next: Member, byId: UserId | null, now: Millis): void {
  const former = draft.member(draft.conversation.hostId)
  if (former) draft.put({ ...former, role: 'moderator' })
  draft.put({ ...next, role: 'host' })
  draft.set({ hostId: next.userId, hostAbsentSince: next.absentSince })
  draft.emit({
    type: 'role.changed',
    conversationId: draft.conversation.id,
    at: now,
    userId: next.userId,
    role: 'host',
    hostId: next.userId,
    former: former && { userId: former.userId, role: 'moderator' },
    byId,
  })
}

/** Passes the role on when its holder is gone and somebody else is here; otherwise it waits for either to come. */
export function passHostIfGone(draft: StateDraft, now: Millis, graceMs: number): void {
  if (!isHostGone(draft.conversation, now, graceMs)) return
  const next = successorOf(draft.members(), draft.conversation.hostId)
  if (next) passHost(draft, next, null, now)
}
