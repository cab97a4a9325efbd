import type { Millis } from '../ids.ts'
import type { PresenceStatus } from '../people/user.ts'
import type { VoiceMark } from '../voice/voice.ts'
import type { Conversation, Member } from './conversation.ts'

export interface MemberView {
  readonly member: Member
  /** In a room: looks at it. In a conversation that lasts: is connected, and wants to be seen. */
  readonly online: boolean
  readonly status: PresenceStatus
  readonly voice: VoiceMark
}

/** A conversation, without the password hash and the lists that only the core needs. */
export interface ConversationView
  extends Pick<
    Conversation,
    | 'id'
    | 'kind'
    | 'name'
    | 'hostId'
    | 'createdAt'
    | 'expiresAt'
    | 'maxParticipants'
    | 'isLocked'
    | 'hasLobby'
    | 'hasStage'
    | 'encrypted'
    | 'retentionDays'
  > {
  readonly hasPassword: boolean
  /** The latest that an extension may reach; `null` for a conversation that lasts. */
  readonly expiresAtMost: Millis | null
}
