import type { Conversation, Member, Position } from '../conversations/conversation.ts'
import type { DurableEvent, UserEvent } from '../events.ts'
import type { ConversationId, MessageId, Millis, UserId } from '../ids.ts'
import type { Message } from '../messages/message.ts'
import type { Cursor } from '../messages/receipt.ts'

/** A conversation in a user's list. */
export interface Listing {
  readonly conversation: Conversation
  readonly position: Position
  readonly self: Member
  /** The last message that is not deleted; `null` when nothing was said yet. */
  readonly lastMessage: Message | null
  /** Messages of others after the user's read cursor, at most `UNREAD_MAX`. */
  readonly unread: number
  readonly cursor: Cursor
  /** When something last happened in it: the list is in this order, latest first. */
  readonly activeAt: Millis
}

/** More unread messages than this are not counted. */
export const UNREAD_MAX = 999

/** Somebody got further in a conversation of the user's. */
export interface ReceiptMoved {
  readonly type: 'receipt.moved'
  readonly conversationId: ConversationId
  readonly userId: UserId
  readonly messageId: MessageId
  readonly seq: number
  readonly kind: 'delivered' | 'read'
  readonly at: Millis
}

/** The user was made a member when the conversation was made: no durable event says that they came. */
export type ConversationAdded = Extract<UserEvent, { readonly type: 'conversation.added' }>

export type InboxItem = DurableEvent | ReceiptMoved | ConversationAdded

/** What a user sees over all of their lasting conversations. */
export interface InboxStore {
  /**
   * Latest first, of those at the same time the greater id first. `before` is the `activeAt` and id of the last one of
   * the page before. A page ends where its last messages have about `maxBytes`, and holds one conversation at least.
   */
  list(
    userId: UserId,
    page: {
      readonly limit: number
      readonly maxBytes?: number
      readonly before?: { readonly activeAt: Millis; readonly id: ConversationId }
    },
  ): Promise<{ readonly listings: readonly Listing[]; readonly hasMore: boolean }>
  /** Unread messages of the user per conversation, only those with some. */
  unread(userId: UserId): Promise<ReadonlyMap<ConversationId, number>>
  /** Every conversation that the user is a member of. */
  conversationIds(userId: UserId): Promise<readonly ConversationId[]>
  /** What the user was brought into, or joined, at this time or later, and the name that they got there; in no order. */
  joinedSince(
    userId: UserId,
    since: Millis,
  ): Promise<readonly { readonly conversationId: ConversationId; readonly name: string }[]>
  /** Those who share a conversation of at most `maxMembers` members with the user; not the user. */
  contacts(userId: UserId, maxMembers: number): Promise<ReadonlySet<UserId>>
  /** Those of `others` who share any conversation with the user. */
  sharing(userId: UserId, others: readonly UserId[]): Promise<ReadonlySet<UserId>>
  /**
   * What happened in the user's conversations after `cursor`.
   *
   * - Order: each conversation's items come in order of `rev`, without holes. Only what was erased or pruned meanwhile
   *   is missing; the revs show it.
   * - Size: about `limit` items or `maxBytes` at most, but one item at least. `hasMore` says that there are more.
   * - Cursor: opaque, and good on every node and after a restart. With `null` there are no items, only the cursor to go
   *   on from. The answer is `null` for a cursor that is not one of ours.
   * - A conversation that the user left, or was removed from: that event is its last item.
   * - A conversation that the user came into: everything from their own joining on.
   * - A conversation that was made with the user in it: `conversation.added` comes first.
   * - Receipts, the user's own too: where the cursors of those who moved stand by now. A place up to which somebody has
   *   read is not told as delivered as well.
   */
  changes(
    userId: UserId,
    cursor: string | null,
    limit: number,
    maxBytes?: number,
  ): Promise<{ readonly items: readonly InboxItem[]; readonly cursor: string; readonly hasMore: boolean } | null>
}
