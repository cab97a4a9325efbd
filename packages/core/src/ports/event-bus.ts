import type { Published } from '../events.ts'
import type { ConversationId } from '../ids.ts'

/**
 * Carries events to every node that has somebody in the conversation. A hint, not the truth: what it
 * loses is healed from the store. Events of one conversation published by one node arrive in order.
 */
export interface EventBus {
  publish(published: Published): void
  /** `listener` is called once for each event of the conversation until the returned function is called. */
  subscribe(conversationId: ConversationId, listener: (published: Published) => void): () => void
}
