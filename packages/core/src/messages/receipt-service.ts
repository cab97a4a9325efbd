import type { Caller } from '../caller.ts'
import type { KnownConversations } from '../conversations/known-conversations.ts'
import { refusals } from '../conversations/refusals.ts'
import { requireMember } from '../conversations/rights.ts'
import type { ConversationCommands } from '../core.ts'
import type { ConversationId, MessageId, SessionId } from '../ids.ts'
import type { NotificationService } from '../notifications/notification-service.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import { findMessage } from './find-message.ts'

export type ReceiptService = Pick<ConversationCommands, 'markDelivered' | 'markRead' | 'findMessage'>

/** How far members have got. */
export function createReceiptService(
  { conversations, messages, receipts, bus, clock }: CorePorts,
  known: KnownConversations,
  { clearUpTo }: Pick<NotificationService, 'clearUpTo'>,
): ReceiptService {
  /** Resolves with the message's place. */
  async function mark(
    caller: Caller & { readonly sessionId?: SessionId },
    id: ConversationId,
    messageId: MessageId,
    kind: 'delivered' | 'read',
  ): Promise<number> {
    const { userId } = caller
    const message = await findMessage(messages, id, userId, messageId)
    if (message === null) {
      await requireMembership(caller, id)
      throw refusals.messageNotFound()
    }
    const { id: named, clientId, seq } = message
    const at = clock.now()
    const advanced = await receipts.advance(id, userId, { [kind]: seq }, at)
    if (advanced === null) throw refusals.stranger((await known.look(id))?.kind ?? 'group')
    if (advanced.moved) {
      bus.publish({
        event: { type: 'receipt.moved', conversationId: id, at, userId, messageId: named, clientId, seq, kind },
        audience: { kind: 'topic' },
        exceptSession: caller.sessionId ?? null,
      })
    }
    return seq
  }

  async function requireMembership({ userId }: Caller, id: ConversationId): Promise<void> {
    const state = await conversations.load(id)
    if (state === null) throw refusals.notFound()
    requireMember(state, userId)
  }

  return {
    async markDelivered(caller, { conversationId, messageId }) {
      await mark(caller, await known.resolve(conversationId), messageId, 'delivered')
    },

    async markRead(caller, { conversationId, messageId }) {
      const id = await known.resolve(conversationId)
      const seq = await mark(caller, id, messageId, 'read')
      // Also when the cursor was there already: an earlier call may have come no further than that.
      await clearUpTo(caller.userId, id, seq)
    },

    async findMessage(caller, conversationId, messageId) {
      const id = await known.resolve(conversationId)
      await requireMembership(caller, id)
      const message = await findMessage(messages, id, caller.userId, messageId)
      if (message === null) throw refusals.messageNotFound()
      return message
    },
  }
}
