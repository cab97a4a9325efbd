import type { ConversationId, SessionId } from '../ids.ts'
import type { Voice } from '../voice/voice.ts'

/** Who is in voice. Nothing of it has to outlast the nodes. */
export interface VoiceStore {
  /** The conversation's voice. Where there is none: an empty one at version 0. */
  load(conversationId: ConversationId): Promise<Voice>
  /**
   * Stores it under a version that this conversation never had, while the stored one still is `voice.version`; `null`
   * when it is another by now. One with nothing in it is forgotten, and is at version 0 again. Where its conversation
   * ends, nothing of it is left soon after `voice.endsAt`, whether or not anybody empties it.
   */
  replace(voice: Voice): Promise<Voice | null>
  /** The versions of the voice of these conversations; those at version 0 are left out. */
  versions(conversationIds: readonly ConversationId[]): Promise<ReadonlyMap<ConversationId, number>>
  /** The conversation in whose voice this session is. */
  placeOf(sessionId: SessionId): Promise<ConversationId | null>
}
