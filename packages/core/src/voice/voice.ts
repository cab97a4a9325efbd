import type { ConversationId, Millis, SessionId, UserId } from '../ids.ts'
import type { MediaSource } from '../ports/media-plane.ts'

/** How good a person's line is, as they measured it. */
export type VoiceQuality = 'good' | 'fair' | 'poor' | 'unknown'

/** Why somebody is out of voice by no wish of their own. */
export type VoiceEndReason = 'left' | 'elsewhere' | 'kicked' | 'expired' | 'unavailable'

/** Somebody in voice. */
export interface VoiceParticipant {
  readonly userId: UserId
  readonly name: string
  /** The one session with which they are in it. */
  readonly sessionId: SessionId
  readonly joinedAt: Millis
  /** How often they have joined: a new number means new media legs, and that connections to them begin anew. */
  readonly legs: number
  readonly muted: boolean
  /** A moderator keeps them muted. */
  readonly hardMuted: boolean
  /** A moderator muted them, and they have not unmuted themselves since. */
  readonly silenced: boolean
  readonly deafened: boolean
  /** They came to listen. */
  readonly listenOnly: boolean
  /** Their role lets them send. */
  readonly maySend: boolean
  readonly speaking: boolean
  /** What they send, in the order in which it began. */
  readonly sources: readonly MediaSource[]
  /** Since when their hand is up. */
  readonly hand: Millis | null
  readonly quality: VoiceQuality
  /** Since when their session has been gone; `null` while it is there. */
  readonly goneSince: Millis | null
}

export interface Recording {
  readonly startedAt: Millis
  readonly byId: UserId
}

/** The voice of one conversation. */
export interface Voice {
  readonly conversationId: ConversationId
  /** In the order in which they came. */
  readonly participants: readonly VoiceParticipant[]
  /** Those whom a moderator keeps muted, in voice or not. */
  readonly hardMuted: readonly UserId[]
  readonly recording: Recording | null
  /** The conversation is encrypted from end to end. */
  readonly isEncrypted: boolean
  /** When the conversation ends, as far as those knew who changed its voice; `null` for one that lasts. */
  readonly endsAt: Millis | null
  /** Guards the next change; see `VoiceStore`. */
  readonly version: number
}

/** What lists of members tell of a member's voice. */
export interface VoiceMark {
  readonly joined: boolean
  readonly muted: boolean
  readonly speaking: boolean
}

export const NO_VOICE: VoiceMark = { joined: false, muted: false, speaking: false }

export function emptyVoice(conversationId: ConversationId): Voice {
  const nobody = { participants: [], hardMuted: [], recording: null, isEncrypted: false, endsAt: null }
  return { conversationId, ...nobody, version: 0 }
}

/** Nobody is in it, and nobody is kept muted. */
export function isEmptyVoice({ participants, hardMuted }: Voice): boolean {
  return participants.length === 0 && hardMuted.length === 0
}
