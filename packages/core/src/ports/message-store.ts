import type { ConversationId, MessageId, UserId } from '../ids.ts'
import type { Message } from '../messages/message.ts'

export interface PageQuery {
  /** Only messages with a smaller `seq`. */
  readonly before?: number
  /** Only messages with a greater `seq`; the page then starts with the oldest of them. */
  readonly after?: number
  /** 1–100. */
  readonly limit: number
}

export interface BoundedPageQuery extends PageQuery {
  /** About how many bytes of messages the page holds; without it as many as there are. */
  readonly maxBytes?: number
}

/** Reads messages. Writing them is `ConversationStore.append`'s alone. */
export interface MessageStore {
  get(conversationId: ConversationId, messageId: MessageId): Promise<Message | null>
  /** The message with this id of the sender's own. `null` as sender stands for anybody; of several messages the latest is given. */
  findByClientId(conversationId: ConversationId, senderId: UserId | null, clientId: string): Promise<Message | null>
  /** Ascending by `seq`; without `after` the newest page; one message at least, if there is one. `hasMore` speaks of the direction read. */
  page(
    conversationId: ConversationId,
    query: BoundedPageQuery,
  ): Promise<{ readonly messages: readonly Message[]; readonly hasMore: boolean }>
}
