import type { Millis, SessionId, UserId } from '../ids.ts'
import type { PresenceStatus } from '../people/user.ts'

/** A connection of a user. */
export interface StatusLease {
  readonly userId: UserId
  readonly sessionId: SessionId
}

/** The status that others were last told of somebody who is not offline. */
export interface Seen {
  readonly status: Exclude<PresenceStatus, 'offline'>
  readonly customStatus: string | null
}

export interface Connectedness {
  /** The user has a lease that has not ended. */
  readonly isConnected: boolean
  /** When the user last did something, on any connection; `null` without one. */
  readonly activeAt: Millis | null
  /** What others were last told; `null`: offline. */
  readonly seen: Seen | null
}

/** Who is connected at all, whatever conversations they look at: a lease per connection, so that a dead node's people go by themselves. */
export interface StatusStore {
  /** Connecting is doing something. */
  connect(lease: StatusLease, now: Millis, until: Millis): Promise<void>
  /** Harmless for a lease that is gone. */
  disconnect(lease: StatusLease): Promise<void>
  /** Keeps leases, makes those that had ended anew, and notes when their users last did something. */
  renew(leases: readonly (StatusLease & { readonly activeAt: Millis })[], until: Millis): Promise<void>
  /** Whether this very lease is there and has not ended. */
  has(lease: StatusLease, now: Millis): Promise<boolean>
  /** One entry for each of the users. */
  read(userIds: readonly UserId[], now: Millis): Promise<ReadonlyMap<UserId, Connectedness>>
  /** Notes what others are told from now on, and says what they were told before: of several who note the same, one makes the change. */
  swapSeen(userId: UserId, seen: Seen | null): Promise<Seen | null>
  /** Removes leases that ended by `now`. Resolves with those who have no lease and are still seen. */
  expire(now: Millis): Promise<readonly UserId[]>
}
