import type { Addressed, Published } from '../events.ts'
import type { ConversationId, UserId } from '../ids.ts'

/**
 * Carries events to every node that has somebody in the conversation, or a connection of the user. A hint, not
 * the truth: what it loses is healed from the store. What one node publishes to one conversation or user
 * arrives in order.
 */
export interface EventBus {
  publish(published: Published): void
  /**
   * `listener` is called once for each event of the conversation until the returned function is called; `missed` when
   * some may have been lost, and come again.
   */
  subscribe(conversationId: ConversationId, listener: (published: Published) => void, missed?: () => void): () => void
  /** Tells all connections of these users, wherever they look. */
  publishToUsers(addressed: Addressed): void
  /**
   * `listener` is called once for each event that is addressed to this user, until the returned function is called;
   * `missed` when some may have been lost, and come again.
   */
  subscribeUser(userId: UserId, listener: (addressed: Addressed) => void, missed?: () => void): () => void
}
