import type { Caller, SessionCaller } from '../caller.ts'
import type { ConversationId, UserId } from '../ids.ts'
import type { MediaPlane, MediaSignal, MediaSource } from '../ports/media-plane.ts'
import type { Recording, VoiceParticipant, VoiceQuality } from './voice.ts'

/** Voice as a member of the conversation sees it. */
export interface VoiceState {
  readonly topology: MediaPlane['topology']
  readonly participants: readonly VoiceParticipant[]
  readonly recording: Recording | null
  /** Whoever comes into the room from now on is a listener. */
  readonly hasStage: boolean
}

export interface VoiceJoined extends VoiceState {
  readonly self: VoiceParticipant
  readonly isEncrypted: boolean
}

interface InConversation {
  readonly conversationId: ConversationId
}
interface AboutMember extends InConversation {
  readonly userId: UserId
}

/**
 * People hearing and seeing each other in a conversation. A session is in voice in one conversation at most, a user in
 * a conversation's voice with one session. What is done in voice throws `NOT_IN_ROOM` for sessions that are not in it.
 */
export interface VoiceCommands {
  /**
   * Takes a place in voice and fresh media; again by the same session: the same place. `undefined` leaves things as
   * they were. Another session of the user, and another place of the session, end.
   * Throws `MEDIA_CAPACITY`, `MEDIA_UNAVAILABLE`, and for those who are not members what other commands throw.
   */
  joinVoice(
    caller: SessionCaller,
    input: InConversation & {
      readonly muted?: boolean | undefined
      readonly video?: boolean | undefined
      readonly listenOnly?: boolean | undefined
    },
  ): Promise<VoiceJoined>
  /** Harmless for a session that is not in voice there. */
  leaveVoice(caller: SessionCaller, input: InConversation): Promise<void>
  /** Throws `FORBIDDEN` for listeners, and while a moderator keeps them muted. */
  setMuted(
    caller: SessionCaller,
    input: InConversation & { readonly muted: boolean; readonly deafened?: boolean | undefined },
  ): Promise<void>
  /** The caller sends this from now on. Throws `FORBIDDEN` for listeners, `MEDIA_CAPACITY` for one video too many. */
  publishMedia(caller: SessionCaller, input: InConversation & { readonly source: MediaSource }): Promise<void>
  unpublishMedia(caller: SessionCaller, input: InConversation & { readonly source: MediaSource }): Promise<void>
  /** `to`: somebody in voice, under mesh; `null`: the media server. */
  signalMedia(
    caller: SessionCaller,
    input: InConversation & { readonly to: UserId | null; readonly signal: MediaSignal },
  ): Promise<void>
  /** One's own level, from 0 to 1. Only where no media server hears it; elsewhere it is passed over. */
  reportLevel(
    caller: SessionCaller,
    input: InConversation & { readonly isSpeaking: boolean; readonly level: number },
  ): Promise<void>
  raiseHand(caller: SessionCaller, input: InConversation & { readonly raised: boolean }): Promise<void>
  reactInVoice(caller: SessionCaller, input: InConversation & { readonly emoji: string }): Promise<void>
  reportQuality(
    caller: SessionCaller,
    input: InConversation & { readonly quality: Exclude<VoiceQuality, 'unknown'> },
  ): Promise<void>

  /**
   * Host and moderators: mutes somebody; `hard` until it is lifted, in voice or not. `muted: false` lifts that, and
   * asks them to unmute: nobody's microphone is opened by others.
   */
  muteMember(caller: Caller, input: AboutMember & { readonly muted: boolean; readonly hard: boolean }): Promise<void>
  /** Host and moderators: everybody else who is neither. */
  muteAll(caller: Caller, input: InConversation & { readonly hard: boolean }): Promise<void>
  /** Host of a room. On: whoever comes from now on is a listener. */
  setStage(caller: Caller, input: InConversation & { readonly hasStage: boolean }): Promise<void>
  /** Host, where the deployment allows it, and never what is encrypted. Everybody is told. */
  record(caller: Caller, input: InConversation & { readonly on: boolean }): Promise<void>

  /** Who is in voice, and how. For members. */
  voice(caller: Caller, conversationId: ConversationId): Promise<VoiceState>
  isInVoice(userId: UserId, conversationId: ConversationId): Promise<boolean>
}
