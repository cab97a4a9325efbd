import type { Core } from '../core.ts'
import type { CoreOptions } from '../options.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { ChangeConversation } from './change-conversation.ts'
import { decideExtend, decideKick, decideLock, decideSetRole, decideSetStage } from './decide-moderation.ts'
import { decideAdmit } from './lobby.ts'

export type ModerationService = Pick<Core, 'lock' | 'kick' | 'setRole' | 'setStage' | 'admit' | 'extend'>

/** What hosts and moderators do. */
export function createModerationService(
  { presence, report }: Pick<CorePorts, 'presence' | 'report'>,
  options: CoreOptions,
  change: ChangeConversation,
): ModerationService {
  return {
    async lock({ userId: byId }, { conversationId, isLocked }) {
      await change(conversationId, (state, now) => decideLock(state, { byId, isLocked }, now))
    },
    async kick({ userId: byId }, { conversationId, userId, ban }) {
      await change(conversationId, (state, now) => decideKick(state, { byId, userId, ban }, now))
    },
    async setRole({ userId: byId }, { conversationId, userId, role }) {
      await change(conversationId, (state, now) => decideSetRole(state, { byId, userId, role }, now, options))
    },
    async setStage({ userId: byId }, { conversationId, hasStage }) {
      await change(conversationId, (state, now) => decideSetStage(state, { byId, hasStage }, now))
    },
    async admit({ userId: byId }, { conversationId, userId, admit }) {
      await change(conversationId, (state, now) => decideAdmit(state, { byId, userId, admit }, now))
    },
    async extend({ userId: byId }, { conversationId, minutes }) {
      const { decision } = await change(conversationId, (state, now) =>
        decideExtend(state, { byId, minutes }, now, options),
      )
      // It is extended, whatever becomes of this; leases that go on being renewed are kept anyway.
      await presence.extend(conversationId, decision.expiresAt).catch((error) => report?.(error))
      return { expiresAt: decision.expiresAt }
    },
  }
}
