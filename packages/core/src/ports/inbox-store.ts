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
  /** Not deleted ones; `null` when nothing was said yet. */
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
   * What happened in the user's conversations after `cursor`, in each of them in order of `rev` and without
   * holes (only what was erased or pruned meanwhile is missing, and the revs tell); at most about `limit` items
   * or `maxBytes`, but one item at least, and `hasMore` when there are more. `null` as cursor: nothing, and the place to go on from. Their own leaving
   * or removal is the last thing that they get of a conversation; of one that they came into, what happened since,
   * their own joining included; of one that was made with them in it, that it was, first. Receipts, also their own, come as the places where the cursors of those who moved
   * stand by now; whoever has read up to a place is not said to have it delivered as well. The cursor is opaque,
   * and good on every node and after a restart. `null` is answered for a cursor that is not one of ours.
   */
  changes(
    userId: UserId,
    cursor: string | null,
    limit: number,
    maxBytes?: number,
  ): Promise<{ readonly items: readonly InboxItem[]; readonly cursor: string; readonly hasMore: boolean } | null>
}
