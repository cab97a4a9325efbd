import type { ConversationState, Member, Role } from '../conversations/conversation.ts'
import type { Published } from '../events.ts'
import type { ConversationId, Millis, SessionId, UserId } from '../ids.ts'
import type { MediaPlane, MediaSource } from '../ports/media-plane.ts'
import type { Voice, VoiceEndReason, VoiceParticipant, VoiceQuality } from './voice.ts'
import {
  endingAt,
  inVoice,
  mayPublish,
  onSession,
  sendsVideo,
  unchanged,
  type VoiceDecision,
  withoutParticipants,
  withParticipant,
} from './voice-people.ts'
import { voiceRefusals } from './voice-refusals.ts'

type Capacity = MediaPlane['capacity']
type Session = Pick<VoiceParticipant, 'userId' | 'sessionId'>

interface JoinVoice {
  readonly member: Pick<Member, 'userId' | 'name' | 'role'>
  readonly sessionId: SessionId
  readonly muted?: boolean | undefined
  readonly video?: boolean | undefined
  readonly listenOnly?: boolean | undefined
}

/** A place in voice, or the place that the user has, with fresh media. */
export function decideJoinVoice(voice: Voice, input: JoinVoice, capacity: Capacity, now: Millis): VoiceDecision {
  const { member, sessionId } = input
  const before = inVoice(voice, member.userId)
  // The same device, or one whose line broke a moment ago: as if nothing had happened.
  const kept = before && (before.sessionId === sessionId || before.goneSince !== null) ? before : undefined
  const maySend = member.role !== 'listener'
  const listenOnly = input.listenOnly ?? kept?.listenOnly ?? false
  const hardMuted = voice.hardMuted.includes(member.userId)
  const mayTalk = maySend && !listenOnly
  const sources = mayTalk ? sourcesOf(kept?.sources ?? [], input.video) : []
  const joined: VoiceParticipant = {
    userId: member.userId,
    name: member.name,
    sessionId,
    joinedAt: kept?.joinedAt ?? now,
    legs: (before?.legs ?? 0) + 1,
    muted: !mayTalk || hardMuted || (input.muted ?? kept?.muted ?? false),
    hardMuted,
    silenced: kept?.silenced === true && input.muted !== false,
    deafened: kept?.deafened ?? false,
    listenOnly,
    maySend,
    speaking: false,
    sources,
    hand: kept?.hand ?? null,
    quality: 'unknown',
    goneSince: null,
  }
  const next = withParticipant(voice, joined)
  if (before === undefined) requirePlace(next, capacity)
  else if (sendsVideo(joined) && !sendsVideo(before)) requireVideoPlace(next, capacity)
  const isElsewhere = before !== undefined && kept === undefined
  return { voice: next, tell: isElsewhere ? [endedEvent(voice.conversationId, before, 'elsewhere', now)] : [] }
}

function sourcesOf(before: readonly MediaSource[], video: boolean | undefined): readonly MediaSource[] {
  if (video === false) return before.filter((source) => source !== 'camera')
  return video === true && !before.includes('camera') ? [...before, 'camera'] : before
}

function requirePlace({ participants }: Voice, capacity: Capacity): void {
  const withVideo = participants.some(sendsVideo)
  const most = capacity(withVideo)
  if (participants.length <= most) return
  throw withVideo && participants.length <= capacity(false)
    ? voiceRefusals.fullForVideo(most)
    : voiceRefusals.full(most)
}

function requireVideoPlace({ participants }: Voice, capacity: Capacity): void {
  const most = capacity(true)
  if (participants.length > most) throw voiceRefusals.fullForVideo(most)
}

/**
 * The place that somebody had, as it was: they were taken for gone and are not. Nothing changes for whoever is in voice.
 * Throws when there is no place any more.
 */
export function decideGiveBack(
  voice: Voice,
  place: VoiceParticipant,
  about: { readonly role: Role; readonly isEncrypted: boolean; readonly endsAt: Millis | null },
  capacity: Capacity,
): VoiceDecision {
  if (inVoice(voice, place.userId) !== undefined) return unchanged(voice)
  const maySend = about.role !== 'listener'
  const hardMuted = voice.hardMuted.includes(place.userId)
  const mayTalk = maySend && !place.listenOnly
  const back: VoiceParticipant = {
    ...place,
    ...{ maySend, hardMuted, speaking: false, goneSince: null },
    muted: !mayTalk || hardMuted || place.muted,
    sources: mayTalk ? place.sources : [],
  }
  const next = withParticipant({ ...voice, isEncrypted: about.isEncrypted }, back)
  requirePlace(next, capacity)
  return unchanged(endingAt(next, about.endsAt))
}

/** The session is out of voice. Harmless when it is not in it. */
export function decideLeaveVoice(voice: Voice, sessionId: SessionId): VoiceDecision {
  return unchanged(withoutParticipants(voice, (one) => one.sessionId === sessionId))
}

/** The session has lost its line; for a while its place is kept, as others see it. */
export function decideVoiceGone(voice: Voice, sessionId: SessionId, now: Millis): VoiceDecision {
  const one = onSession(voice, sessionId)
  if (one === undefined || one.goneSince !== null) return unchanged(voice)
  return unchanged(withParticipant(voice, { ...one, goneSince: now, speaking: false }))
}

/** The time of one whose line broke is up, unless they are back. */
export function decideStillGone(voice: Voice, sessionId: SessionId, now: Millis, graceMs: number): VoiceDecision {
  const isLeaving = (one: VoiceParticipant) =>
    one.sessionId === sessionId && one.goneSince !== null && now - one.goneSince >= graceMs
  return unchanged(withoutParticipants(voice, isLeaving))
}

/** Whoever is in voice is a member, and sends what their role allows; the voice lasts as long as the conversation. */
export function decideFollow(voice: Voice, { members, conversation }: ConversationState): VoiceDecision {
  const there = withoutParticipants(voice, ({ userId }) => !members.has(userId))
  const participants = there.participants.map((one) => {
    const maySend = members.get(one.userId)?.role !== 'listener'
    if (maySend === one.maySend) return one
    return maySend ? { ...one, maySend } : { ...one, maySend, muted: true, speaking: false, sources: [] }
  })
  const isSame = there === voice && participants.every((one, place) => one === voice.participants[place])
  return unchanged(endingAt(isSame ? voice : { ...there, participants }, conversation.expiresAt))
}

/** Everybody's voice is over, or that of these. */
export function decideEnd(
  voice: Voice,
  reason: VoiceEndReason,
  now: Millis,
  isLeaving: (participant: VoiceParticipant) => boolean = () => true,
): VoiceDecision {
  const leaving = voice.participants.filter(isLeaving)
  const tell = leaving.map((one) => endedEvent(voice.conversationId, one, reason, now))
  return { voice: withoutParticipants(voice, isLeaving), tell }
}

export function decideMuted(
  voice: Voice,
  session: Session,
  { muted, deafened }: { readonly muted: boolean; readonly deafened?: boolean | undefined },
): VoiceDecision {
  const self = requireInVoice(voice, session)
  if (!muted) requireMayTalk(self)
  const changed = { ...self, muted, deafened: deafened ?? self.deafened, silenced: self.silenced && muted }
  return changes(voice, self, muted ? { ...changed, speaking: false } : changed)
}

function requireMayTalk(self: VoiceParticipant): void {
  if (!self.maySend) throw voiceRefusals.listener()
  if (self.listenOnly) throw voiceRefusals.listenOnly()
  if (self.hardMuted) throw voiceRefusals.hardMuted()
}

export function decidePublish(voice: Voice, session: Session, source: MediaSource, capacity: Capacity): VoiceDecision {
  const self = requireInVoice(voice, session)
  if (!mayPublish(self)) throw self.maySend ? voiceRefusals.listenOnly() : voiceRefusals.listener()
  if (self.sources.includes(source)) return unchanged(voice)
  const next = withParticipant(voice, { ...self, sources: [...self.sources, source] })
  if (source !== 'mic') requireVideoPlace(next, capacity)
  return unchanged(next)
}

export function decideUnpublish(voice: Voice, session: Session, source: MediaSource): VoiceDecision {
  const self = requireInVoice(voice, session)
  if (!self.sources.includes(source)) return unchanged(voice)
  return unchanged(withParticipant(voice, { ...self, sources: self.sources.filter((one) => one !== source) }))
}

export function decideHand(voice: Voice, session: Session, raised: boolean, now: Millis): VoiceDecision {
  const self = requireInVoice(voice, session)
  return changes(voice, self, { ...self, hand: raised ? (self.hand ?? now) : null })
}

export function decideQuality(voice: Voice, session: Session, quality: VoiceQuality): VoiceDecision {
  const self = requireInVoice(voice, session)
  return changes(voice, self, { ...self, quality })
}

/** Whether they speak. Whoever is muted, or gone, does not. */
export function decideSpeaking(voice: Voice, userId: UserId, isSpeaking: boolean): VoiceDecision {
  const one = inVoice(voice, userId)
  if (one === undefined) return unchanged(voice)
  const speaking = isSpeaking && !one.muted && one.goneSince === null
  return changes(voice, one, { ...one, speaking })
}

/** Nobody hears anybody for the moment. */
export function decideSilence(voice: Voice): VoiceDecision {
  if (!voice.participants.some(({ speaking }) => speaking)) return unchanged(voice)
  return unchanged({ ...voice, participants: voice.participants.map((one) => ({ ...one, speaking: false })) })
}

/** Whoever is in voice with this very session. Throws `NOT_IN_ROOM`. */
export function requireInVoice(voice: Voice, { userId, sessionId }: Session): VoiceParticipant {
  const self = inVoice(voice, userId)
  if (self?.sessionId !== sessionId || self.goneSince !== null) throw voiceRefusals.notInVoice()
  return self
}

function changes(voice: Voice, before: VoiceParticipant, after: VoiceParticipant): VoiceDecision {
  const isSame = (Object.keys(after) as (keyof VoiceParticipant)[]).every((key) => before[key] === after[key])
  return unchanged(isSame ? voice : withParticipant(voice, after))
}

/** Tells the session that it is out of voice. */
export function endedEvent(
  conversationId: ConversationId,
  { sessionId }: Pick<VoiceParticipant, 'sessionId'>,
  reason: VoiceEndReason,
  at: Millis,
): Published {
  return {
    event: { type: 'voice.ended', conversationId, at, sessionId, reason },
    audience: { kind: 'sessions', sessionIds: [sessionId] },
    exceptSession: null,
  }
}
