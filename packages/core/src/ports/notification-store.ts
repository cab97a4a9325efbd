import type { ConversationId, UserId } from '../ids.ts'
import type { Notification, NotificationId } from '../notifications/notification.ts'

/** Which of a user's notifications were seen. */
export type NotificationChoice =
  | { readonly ids: readonly NotificationId[] }
  /** Those about messages of this conversation up to this place. */
  | { readonly conversationId: ConversationId; readonly upTo: number }
  | 'all'

/** What waits for users. Those about messages are stored with the message, by `ConversationStore.append`. */
export interface NotificationStore {
  /** Harmless for one whose id is there already. */
  add(notifications: readonly Notification[]): Promise<void>
  /** Oldest first: the latest `limit` of them. */
  pending(userId: UserId, limit: number): Promise<readonly Notification[]>
  count(userId: UserId): Promise<number>
  /** Removes them, and says which there were. */
  clear(userId: UserId, choice: NotificationChoice): Promise<readonly NotificationId[]>
}
