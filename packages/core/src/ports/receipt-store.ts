import type { ConversationId, Millis, UserId } from '../ids.ts'
import type { Cursor } from '../messages/receipt.ts'

/**
 * Up-to cursors of members. They only move forward. They begin with the membership, at the `rev` before what
 * brought the member in (what was said earlier is not unread), and end with it.
 */
export interface ReceiptStore {
  /**
   * Moves the member's cursors to these places where they are further on; reading is being delivered too.
   * `moved` is false when both were there already. `null` for somebody who is not a member.
   */
  advance(
    conversationId: ConversationId,
    userId: UserId,
    to: Partial<Cursor>,
    at: Millis,
  ): Promise<{ readonly cursor: Cursor; readonly moved: boolean } | null>
  /** The cursors of all members. */
  cursors(conversationId: ConversationId): Promise<ReadonlyMap<UserId, Cursor>>
}
