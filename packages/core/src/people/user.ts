import type { Millis, UserId } from '../ids.ts'

/** What a user may say of themselves. `offline` is to be invisible. */
export type PresenceStatus = 'online' | 'offline' | 'away' | 'busy'

/** A person with an account elsewhere, as their latest token told of them, and what they set here. */
export interface User {
  readonly id: UserId
  readonly name: string
  readonly avatar: string | null
  readonly roles: readonly string[]
  /** What they chose to be seen as. */
  readonly status: PresenceStatus
  readonly customStatus: string | null
  readonly lastSeenAt: Millis | null
  readonly createdAt: Millis
}

/** A user as others may see them: those who share a conversation with them. */
export interface PersonStatus {
  readonly userId: UserId
  readonly name: string
  readonly status: PresenceStatus
  readonly customStatus: string | null
  /** `null` for somebody who has never been here. */
  readonly lastSeenAt: Millis | null
}
