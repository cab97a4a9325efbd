import type { ConversationId, MessageId, Millis, UserId } from '../ids.ts'

export type MessageType = 'text' | 'image' | 'video' | 'audio' | 'file' | 'voice'

/** Stands as `senderId` in messages of users who were deleted. */
export const DELETED_USER: UserId = 'deleted-user'

/** A message before the store has given it its place. */
export interface NewMessage {
  readonly id: MessageId
  readonly conversationId: ConversationId
  /** The sender's own id; a second send with the same one gets the first one's answer. */
  readonly clientId: string | null
  readonly senderId: UserId
  readonly senderName: string
  readonly content: string
  readonly type: MessageType
  readonly replyTo: MessageId | null
  /** Opaque JSON of the client. */
  readonly metadata: Readonly<Record<string, unknown>> | null
  readonly createdAt: Millis
}

/** A message as stored. A deleted one keeps its place; its content and metadata are gone. */
export interface Message extends NewMessage {
  /** The `rev` of its sending; its place in the conversation for good. */
  readonly seq: number
  /** The `rev` of its latest change. */
  readonly rev: number
  readonly editedAt: Millis | null
  readonly deletedAt: Millis | null
  /** Emoji to those who reacted with it, in the order they did. */
  readonly reactions: Readonly<Record<string, readonly UserId[]>>
}
