import type { ConversationId, Millis, SessionId, UserId } from '../ids.ts'

export interface Lease {
  readonly conversationId: ConversationId
  readonly userId: UserId
  readonly sessionId: SessionId
}

/** Who is in a conversation now: a lease per session, so that a dead node's people leave by themselves. */
export interface PresenceStore {
  /**
   * Adds a lease. `first` says that the user had none here before. `endsAt` is when the conversation ends, `null` for one
   * that lasts: soon after that nothing of its leases is left, whether or not anybody clears them.
   */
  enter(lease: Lease, until: Millis, endsAt: Millis | null): Promise<{ readonly first: boolean }>
  /** The conversation ends later than was said. */
  extend(conversationId: ConversationId, endsAt: Millis): Promise<void>
  /**
   * Takes a lease away. `last` says that the user has none here any more. Harmless for a lease that is gone. Where this
   * answer can be lost, `expire` says it once more from `sayAgainAt` on, unless the user is back by then; `null` when
   * nothing follows from it.
   */
  leave(lease: Lease, sayAgainAt: Millis | null): Promise<{ readonly last: boolean }>
  /** Resolves with those that had ended: they are made anew, and their users may have been taken for gone. */
  renew(leases: readonly Lease[], until: Millis): Promise<readonly Lease[]>
  /** The sessions of this user with a lease that has not ended by `now`, in no order. */
  sessions(conversationId: ConversationId, userId: UserId, now: Millis): Promise<readonly SessionId[]>
  /** Users with a lease that has not ended by `now`. */
  online(conversationId: ConversationId, now: Millis): Promise<ReadonlySet<UserId>>
  /** Removes leases that ended by `now` and says whose last one that was. */
  expire(now: Millis): Promise<readonly { readonly conversationId: ConversationId; readonly userId: UserId }[]>
  clear(conversationId: ConversationId): Promise<void>
}
