import type { Conversation, ConversationState, Member } from '../conversations/conversation.ts'
import type { DurableEvent } from '../events.ts'
import type { ConversationId, MessageId, Millis, UserId } from '../ids.ts'
import type { Message, NewMessage } from '../messages/message.ts'
import type { Notification } from '../notifications/notification.ts'

/** `Omit` that keeps a union a union. */
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
/** A durable event of state (members, roles, lock, life) before the store has given it its `rev`. */
export type StateEvent = Without<
  Extract<
    DurableEvent,
    {
      type:
        | 'member.joined'
        | 'member.left'
        | 'role.changed'
        | 'conversation.locked'
        | 'conversation.unlocked'
        | 'conversation.extended'
        | 'conversation.renamed'
    }
  >,
  'rev'
>

/** A change of settings and members, decided on `ifVersion` and stored only if that still stands. */
export interface StateWrite {
  readonly ifVersion: number
  readonly conversation?: Partial<Omit<Conversation, 'id' | 'kind' | 'createdAt'>>
  readonly putMembers?: readonly Member[]
  readonly removeMembers?: readonly UserId[]
  /** Each takes the next `rev`, in this order; none for a change that only the lobby or presence sees. */
  readonly events: readonly StateEvent[]
}

export type MessageWrite =
  /** The sender must be a member, else `not-member`; the message is stored under the name that the conversation knows them by. */
  | {
      readonly type: 'send'
      readonly message: Omit<NewMessage, 'senderName'>
      /** Stored in the same step, with the message's `seq`; none of them for a duplicate. */
      readonly notifications?: readonly Omit<Notification, 'seq'>[]
    }
  /** `missing` when there is no such message, or it is deleted. */
  | { readonly type: 'edit'; readonly messageId: MessageId; readonly content: string; readonly at: Millis }
  /** Content, metadata and reactions leave the store at once, also from the events kept for recovery. */
  | { readonly type: 'delete'; readonly messageId: MessageId; readonly byId: UserId; readonly at: Millis }
  /** `unchanged`, without a `rev`, when it already stands as asked. */
  | {
      readonly type: 'react'
      readonly messageId: MessageId
      readonly userId: UserId
      readonly emoji: string
      readonly on: boolean
      readonly at: Millis
    }

export type StateAppended =
  | { readonly status: 'appended'; readonly state: ConversationState; readonly events: readonly DurableEvent[] }
  /** Somebody else changed the state since `ifVersion`: read it again and decide again. */
  | { readonly status: 'stale' }
  | { readonly status: 'gone' }

export type MessageAppended =
  | {
      readonly status: 'appended'
      readonly message: Message
      readonly event: DurableEvent
      /** The epoch of the conversation that it was stored in. */
      readonly epoch: string
      /** The notifications that were stored with it; absent when none were asked for. */
      readonly notifications?: readonly Notification[]
    }
  /** The sender's `clientId` was used before: this is what became of the first. */
  | { readonly status: 'duplicate'; readonly message: Message }
  | { readonly status: 'unchanged'; readonly message: Message }
  | { readonly status: 'missing' | 'not-member' | 'gone' }

/** An open room, as `listRooms` tells of it. */
export interface RoomListing {
  readonly conversation: Conversation
  /** Seats that are taken, by people who are connected or not. */
  readonly members: number
}

/**
 * Conversations, their members and their messages.
 *
 * - The only place where `rev` is given out: each durable event takes the next one in the same step that stores its
 *   change.
 * - What a resolved promise reports is stored.
 * - Appends to one conversation resolve in the order of their revs. What they report is published as it comes, and that
 *   is the order in which people hear of it.
 * - A store that is out of reach rejects with `DomainError('UNAVAILABLE')`, and nothing was stored.
 */
export interface ConversationStore {
  /**
   * Stores a new conversation with its first members at rev 0, version 0.
   * `exists` when the id is taken, `quota` when `quotaKey` has `maxPerQuotaKey` open ones, `full` when the store has no room for more.
   */
  create(
    conversation: Conversation,
    epoch: string,
    members: readonly Member[],
    maxPerQuotaKey: number,
  ): Promise<'created' | 'exists' | 'quota' | 'full'>
  /** `null` when there is none or it is deleted. What it returns never changes afterwards. */
  load(id: ConversationId): Promise<ConversationState | null>
  appendState(id: ConversationId, write: StateWrite): Promise<StateAppended>
  append(id: ConversationId, write: MessageWrite): Promise<MessageAppended>
  /**
   * The durable events after `since`, ascending. `null` when they can't all be given: another epoch, a
   * `rev` from the future, more than are kept, or about more than `maxBytes`.
   */
  changesSince(
    id: ConversationId,
    since: { readonly epoch: string; readonly rev: number },
    maxBytes?: number,
  ): Promise<readonly DurableEvent[] | null>
  /**
   * Takes a user out of the conversation, with all that is theirs. At most `limit` durable changes at a time; `done`
   * when nothing of theirs is left.
   *
   * - Membership, reactions and cursors go, membership first.
   * - Messages stay as deleted ones without a sender: `DELETED_USER`, no name, no client id. Those that were deleted
   *   earlier keep their `deletedAt`.
   * - Events about the user are not kept. A `member.left` of `DELETED_USER` stands where they left, and at each place of
   *   theirs that no other event tells of, for those who ask the inbox.
   * - Whoever comes back from a position before all this gets a fresh snapshot.
   * - A host has no successor: `hostId` becomes `DELETED_USER`. Somebody else's stays.
   * - Harmless for a conversation that is gone, and for somebody who was never there.
   */
  eraseMember(
    id: ConversationId,
    userId: UserId,
    at: Millis,
    limit: number,
  ): Promise<{
    /** The epoch of the conversation that it happened in; `null` when it is gone. */
    readonly epoch: string | null
    readonly events: readonly DurableEvent[]
    readonly done: boolean
  }>
  /**
   * Deletes messages that are older than their conversation keeps them, and the events about them: at most `limit` of
   * them, oldest first. How long a conversation keeps them is its `retentionDays`, else `defaultRetentionDays`; `null`
   * keeps them for good. Whoever comes back from before that gets a fresh snapshot. Resolves with how many there were.
   */
  prune(now: Millis, defaultRetentionDays: number | null, limit: number): Promise<number>
  /** Removes the conversation and everything of it. Harmless when it is gone. */
  delete(id: ConversationId): Promise<void>
  /**
   * Conversations of the kind `room`, for whoever runs the server: up to `limit` of them after `cursor` (`null`: from
   * the beginning), in no order that is promised. A page may be short, or empty, and not be the last: that one has
   * `null` as its cursor. A room that is there from the first page to the last comes exactly once; one that begins or
   * ends meanwhile comes once or not at all. The cursor is opaque; one that was not given out lists anything.
   */
  listRooms(
    limit: number,
    cursor: string | null,
  ): Promise<{ readonly rooms: readonly RoomListing[]; readonly cursor: string | null }>
  /** Open conversations and their members, for `/health`. */
  count(): Promise<{ readonly conversations: number; readonly members: number }>
}
