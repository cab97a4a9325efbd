import type { ChatSnapshot } from '@parley/client'
import type { Member } from '@parley/protocol/messenger'

const RANK: Readonly<Record<Member['role'], number>> = { host: 0, moderator: 1, speaker: 2, listener: 3 }

/** Yourself first, then by role, those who are here before those who are away, then by name. */
export function inOrder(members: readonly Member[], selfId: string | null, language: string): Member[] {
  const names = new Intl.Collator(language)
  return [...members].sort(
    (a, b) =>
      Number(b.userId === selfId) - Number(a.userId === selfId) ||
      RANK[a.role] - RANK[b.role] ||
      Number(b.online) - Number(a.online) ||
      names.compare(a.name, b.name),
  )
}

/** What one person may do to another: the host everything, moderators remove those without a role of their own. */
export function mayRemove(self: Member | undefined, other: Member): boolean {
  if (self === undefined || self.userId === other.userId) return false
  if (self.role === 'host') return true
  return self.role === 'moderator' && (other.role === 'speaker' || other.role === 'listener')
}

export const maySetRole = (self: Member | undefined, other: Member): boolean =>
  self?.role === 'host' && self.userId !== other.userId

/** Who decides about the lobby. */
export const mayAdmit = (self: Member | undefined): boolean => self?.role === 'host' || self?.role === 'moderator'

/** Who becomes host when the host leaves: the moderator who has been here longest, else whoever has. */
export function heirOf(others: readonly Member[]): Member | undefined {
  const byStay = others.toSorted((a, b) => a.joinedAt - b.joinedAt)
  return byStay.find(({ role }) => role === 'moderator') ?? byStay[0]
}

/** The name of anybody whom the conversation has seen, also of those who left; `null` for the others. */
export function nameIn(
  { members, timeline }: Pick<ChatSnapshot, 'members' | 'timeline'>,
  userId: string,
): string | null {
  const member = members.find((one) => one.userId === userId)
  if (member !== undefined) return member.name
  const item = timeline.findLast((one) =>
    one.kind === 'message' ? one.message.senderId === userId : 'userId' in one.notice && one.notice.userId === userId,
  )
  if (item === undefined) return null
  if (item.kind === 'message') return item.message.senderName
  return 'name' in item.notice ? item.notice.name : null
}
