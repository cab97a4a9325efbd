import type { ConversationId, Millis, UserId } from '../ids.ts'
import type { PresenceStatus, User } from '../people/user.ts'

/** People as their tokens tell of them. */
export interface UserStore {
  /** Stores what the latest token says; what the user set here stays. */
  put(user: Pick<User, 'id' | 'name' | 'avatar' | 'roles'>, now: Millis): Promise<void>
  /** Those of these users who are known. */
  get(ids: readonly UserId[]): Promise<ReadonlyMap<UserId, User>>
  setStatus(
    id: UserId,
    status: { readonly status: PresenceStatus; readonly customStatus: string | null },
  ): Promise<void>
  setLastSeen(id: UserId, at: Millis): Promise<void>
  /** Every conversation that the user is or ever was a member of, as long as it is there. */
  everIn(id: UserId): Promise<readonly ConversationId[]>
  /** Removes the profile, what they set, their notifications and what is left of memberships. What they did in conversations goes by `ConversationStore.eraseMember`. */
  erase(id: UserId): Promise<void>
}
