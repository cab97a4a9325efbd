import type { Millis, SessionId, UserId } from '../ids.ts'

/** A connection of a user. */
export interface StatusLease {
  readonly userId: UserId
  readonly sessionId: SessionId
}

export interface Connectedness {
  /** The user has a lease that has not ended. */
  readonly isConnected: boolean
  /** When the user last did something, on any connection; `null` without one. */
  readonly activeAt: Millis | null
}

/** Who is connected at all, whatever conversations they look at: a lease per connection, so that a dead node's people go by themselves. */
export interface StatusStore {
  /** `first`: the user had no lease before. */
  connect(lease: StatusLease, now: Millis, until: Millis): Promise<{ readonly first: boolean }>
  /** `last`: the user has no lease any more. Harmless for a lease that is gone. */
  disconnect(lease: StatusLease): Promise<{ readonly last: boolean }>
  /** Keeps leases, and notes when their users last did something. Resolves with those that had ended: they are made anew. */
  renew(
    leases: readonly (StatusLease & { readonly activeAt: Millis })[],
    until: Millis,
  ): Promise<readonly StatusLease[]>
  /** One entry for each of the users. */
  read(userIds: readonly UserId[], now: Millis): Promise<ReadonlyMap<UserId, Connectedness>>
  /** Removes leases that ended by `now`, and says whose last one that was. */
  expire(now: Millis): Promise<readonly UserId[]>
}
