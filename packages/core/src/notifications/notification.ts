import type { ConversationId, MessageId, Millis, UserId } from '../ids.ts'

export type NotificationId = string

/**
 * - `mention`: a message's `metadata.mentions` names the user
 * - `message`: a message in a direct chat
 * - `call`: a call that they missed
 * - `event`: something happened to them: added to a chat, made host
 */
export type NotificationKind = 'mention' | 'message' | 'call' | 'event'

/** Something that waits for a user until they have seen it on one of their devices. */
export interface Notification {
  readonly id: NotificationId
  readonly userId: UserId
  readonly kind: NotificationKind
  readonly conversationId: ConversationId | null
  readonly messageId: MessageId | null
  /** The message's place: reading the conversation up to here clears the notification. The store fills it in for a message that is being sent. */
  readonly seq: number | null
  /** What a device shows: who, where, and for `event` and `call` what. Small, and never the content of a message. */
  readonly data: Readonly<Record<string, string | number | boolean | null>>
  readonly createdAt: Millis
}
