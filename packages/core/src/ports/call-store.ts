import type { Call, CallId } from '../calls/call.ts'
import type { ConversationId, Millis, UserId } from '../ids.ts'

export interface CallStore {
  /** Stores a new call at version 0. `exists` when the id is taken, or another call of this conversation is not over. */
  create(call: Call): Promise<'created' | 'exists'>
  load(id: CallId): Promise<Call | null>
  /** Stores the call, whose `version` is one more than `ifVersion`. False when it has another version by now, or is gone. */
  replace(call: Call, ifVersion: number): Promise<boolean>
  /** The calls that the user rings in or has joined, and that are not over. */
  openOf(userId: UserId): Promise<readonly Call[]>
  /** The call of this conversation that is not over. */
  openIn(conversationId: ConversationId): Promise<Call | null>
  /** Forgets calls that ended before. */
  prune(before: Millis): Promise<void>
}
