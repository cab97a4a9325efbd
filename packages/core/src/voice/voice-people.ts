import type { Published } from '../events.ts'
import type { Millis, SessionId, UserId } from '../ids.ts'
import { isEmptyVoice, type Voice, type VoiceMark, type VoiceParticipant } from './voice.ts'

/** What a rule decided about voice. */
export interface VoiceDecision {
  /** The voice to be stored; the very object that was given when nothing changes. */
  readonly voice: Voice
  /** Events to be told once it is stored, besides that something changed. */
  readonly tell: readonly Published[]
}

export function unchanged(voice: Voice): VoiceDecision {
  return { voice, tell: [] }
}

export function inVoice(voice: Voice, userId: UserId): VoiceParticipant | undefined {
  return voice.participants.find((participant) => participant.userId === userId)
}

/** Whoever is in voice with this session. */
export function onSession(voice: Voice, sessionId: SessionId): VoiceParticipant | undefined {
  return voice.participants.find((participant) => participant.sessionId === sessionId)
}

export function sendsVideo({ sources }: VoiceParticipant): boolean {
  return sources.includes('camera') || sources.includes('screen')
}

/** They may send, and came to do so. */
export function mayPublish({ maySend, listenOnly }: VoiceParticipant): boolean {
  return maySend && !listenOnly
}

export interface AllowedMedia {
  readonly audio: boolean
  readonly video: boolean
}

/** What of theirs reaches others, as far as that is not up to themselves. */
export function allowedMedia(participant: VoiceParticipant): AllowedMedia {
  const { hardMuted, silenced } = participant
  return { audio: mayPublish(participant) && !hardMuted && !silenced, video: mayPublish(participant) }
}

/** The voice with this one in the place of theirs of before; a new one comes last. */
export function withParticipant(voice: Voice, changed: VoiceParticipant): Voice {
  const isThere = voice.participants.some(({ userId }) => userId === changed.userId)
  const participants = isThere
    ? voice.participants.map((one) => (one.userId === changed.userId ? changed : one))
    : [...voice.participants, changed]
  return { ...voice, participants }
}

/** The voice without these. When nobody is left, nothing is recorded. */
export function withoutParticipants(voice: Voice, isLeaving: (participant: VoiceParticipant) => boolean): Voice {
  const participants = voice.participants.filter((participant) => !isLeaving(participant))
  if (participants.length === voice.participants.length) return voice
  return { ...voice, participants, recording: participants.length === 0 ? null : voice.recording }
}

/**
 * The voice, with the end of its conversation if there is something in it. None comes to end earlier: what says so was
 * read before the conversation was extended.
 */
export function endingAt(voice: Voice, expiresAt: Millis | null): Voice {
  if (isEmptyVoice(voice)) return voice
  const { endsAt } = voice
  const latest = endsAt === null || expiresAt === null ? expiresAt : Math.max(endsAt, expiresAt)
  return latest === endsAt ? voice : { ...voice, endsAt: latest }
}

/** What lists of members tell of each user who is in voice. */
export function voiceMarks({ participants }: Voice): ReadonlyMap<UserId, VoiceMark> {
  return new Map(participants.map(({ userId, muted, speaking }) => [userId, { joined: true, muted, speaking }]))
}
