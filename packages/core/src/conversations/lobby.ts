import type { Millis, UserId } from '../ids.ts'
import type { ConversationState, Waiting } from './conversation.ts'
import { type Decision, NOTHING, toModerators, toUser } from './decision.ts'
import { refusals } from './refusals.ts'
import { requireModerator } from './rights.ts'

/** How many of those let in are remembered; the oldest are forgotten first and have to ask again. */
const MAX_REMEMBERED = 1_000

export function isWaiting(state: ConversationState, userId: UserId): boolean {
  return state.conversation.waiting.some((one) => one.userId === userId)
}

export function withoutWaiting(waiting: readonly Waiting[], userId: UserId): readonly Waiting[] {
  return waiting.filter((one) => one.userId !== userId)
}

export function withAdmitted(admitted: readonly UserId[], userId: UserId): readonly UserId[] {
  if (admitted.includes(userId)) return admitted
  return [...admitted, userId].slice(-MAX_REMEMBERED)
}

/** Takes somebody out of the lobby who went away by themselves. */
export function decideStopWaiting(state: ConversationState, userId: UserId, now: Millis): Decision {
  if (!isWaiting(state, userId)) return NOTHING
  const { id, waiting } = state.conversation
  return {
    write: { conversation: { waiting: withoutWaiting(waiting, userId) }, events: [] },
    tell: [toModerators({ type: 'lobby.answered', conversationId: id, at: now, userId })],
    arm: [],
  }
}

/** Lets somebody in, or sends them away; they may ask again. Host and moderators only. */
export function decideAdmit(
  state: ConversationState,
  command: { readonly byId: UserId; readonly userId: UserId; readonly admit: boolean },
  now: Millis,
): Decision {
  requireModerator(state, command.byId)
  const { userId } = command
  const { id, waiting, admitted } = state.conversation
  const about = { conversationId: id, at: now, userId }
  if (!isWaiting(state, userId)) {
    const isAdmitted = admitted.includes(userId) && !state.members.has(userId)
    if (!command.admit || !isAdmitted) throw refusals.userNotFound()
    // It was stored, and the answer lost: neither the one who waits nor the one who asks again may know.
    return { ...NOTHING, tell: [toUser(userId, { type: 'lobby.admitted', ...about })] }
  }
  return {
    write: {
      conversation: {
        waiting: withoutWaiting(waiting, userId),
        ...(command.admit && { admitted: withAdmitted(admitted, userId) }),
      },
      events: [],
    },
    tell: [
      toUser(userId, { type: command.admit ? 'lobby.admitted' : 'lobby.refused', ...about }),
      toModerators({ type: 'lobby.answered', ...about }),
    ],
    arm: [],
  }
}
