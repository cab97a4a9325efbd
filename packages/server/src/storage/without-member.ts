import { type ConversationState, DELETED_USER, type StateWrite, type UserId } from '@parley/core'

/** Takes a user who is deleted out of settings and members; `null` when they are in neither. */
export function withoutMember(
  { conversation, members }: Pick<ConversationState, 'conversation' | 'members'>,
  userId: UserId,
  at: number,
): Omit<StateWrite, 'ifVersion'> | null {
  const { id, hostId, banned, admitted, waiting } = conversation
  const member = members.get(userId)
  const isNamed =
    hostId === userId || [...banned, ...admitted].includes(userId) || waiting.some((one) => one.userId === userId)
  if (member === undefined && !isNamed) return null
  return {
    conversation: {
      hostId: hostId === userId ? DELETED_USER : hostId,
      banned: banned.filter((one) => one !== userId),
      admitted: admitted.filter((one) => one !== userId),
      waiting: waiting.filter((one) => one.userId !== userId),
    },
    removeMembers: [userId],
    events: member ? [{ type: 'member.left', conversationId: id, at, userId, name: member.name, reason: 'left' }] : [],
  }
}
