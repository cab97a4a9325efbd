import type { ConversationState } from '../conversations/conversation.ts'
import { refusals } from '../conversations/refusals.ts'
import { isModerating, requireHost, requireModerator } from '../conversations/rights.ts'
import type { Millis, UserId } from '../ids.ts'
import type { CoreOptions } from '../options.ts'
import type { Voice, VoiceParticipant } from './voice.ts'
import { endingAt, inVoice, unchanged, type VoiceDecision, withParticipant } from './voice-people.ts'
import { voiceRefusals } from './voice-refusals.ts'

/** Host and moderators: of those with a role of their own only the host. */
export function decideMuteMember(
  voice: Voice,
  state: ConversationState,
  input: { readonly byId: UserId; readonly userId: UserId; readonly muted: boolean; readonly hard: boolean },
  now: Millis,
): VoiceDecision {
  const { byId, userId, muted, hard } = input
  const by = requireModerator(state, byId)
  const member = state.members.get(userId)
  if (member === undefined) throw refusals.userNotFound()
  if (byId !== userId && by.role !== 'host' && isModerating(member.role)) throw refusals.forbidden('the host')
  const one = inVoice(voice, userId)
  if (!muted) {
    const lifted = { ...voice, hardMuted: voice.hardMuted.filter((id) => id !== userId) }
    const isKept = voice.hardMuted.includes(userId)
    const next = isKept && one ? withParticipant(lifted, { ...one, hardMuted: false }) : lifted
    const asked = one?.muted === true && byId !== userId ? [askToUnmute(voice, one, by, now)] : []
    return { voice: isKept ? next : voice, tell: asked }
  }
  const kept = hard && !voice.hardMuted.includes(userId) ? { ...voice, hardMuted: [...voice.hardMuted, userId] } : voice
  const next = one === undefined ? kept : withParticipant(kept, silence(one, hard))
  return unchanged(endingAt(next, state.conversation.expiresAt))
}

function askToUnmute(
  { conversationId }: Voice,
  { sessionId }: VoiceParticipant,
  by: { readonly userId: UserId; readonly name: string },
  at: Millis,
): VoiceDecision['tell'][number] {
  return {
    event: { type: 'voice.unmute-asked', conversationId, at, byId: by.userId, byName: by.name },
    audience: { kind: 'sessions', sessionIds: [sessionId] },
    exceptSession: null,
  }
}

/** Everybody in voice but host, moderators and the one who does it. */
export function decideMuteAll(
  voice: Voice,
  state: ConversationState,
  { byId, hard }: { readonly byId: UserId; readonly hard: boolean },
): VoiceDecision {
  requireModerator(state, byId)
  const isMeant = ({ userId }: VoiceParticipant) =>
    userId !== byId && !isModerating(state.members.get(userId)?.role ?? 'speaker')
  const meant = voice.participants.filter(isMeant)
  if (meant.length === 0) return unchanged(voice)
  const added = hard ? meant.map(({ userId }) => userId).filter((userId) => !voice.hardMuted.includes(userId)) : []
  return unchanged({
    ...voice,
    hardMuted: [...voice.hardMuted, ...added],
    participants: voice.participants.map((one) => (isMeant(one) ? silence(one, hard) : one)),
  })
}

function silence(one: VoiceParticipant, hard: boolean): VoiceParticipant {
  return { ...one, muted: true, silenced: true, speaking: false, hardMuted: one.hardMuted || hard }
}

/** Host only, where the deployment allows it. */
export function decideRecord(
  voice: Voice,
  state: ConversationState,
  { byId, on }: { readonly byId: UserId; readonly on: boolean },
  { allowsRecording }: Pick<CoreOptions, 'allowsRecording'>,
  now: Millis,
): VoiceDecision {
  requireHost(state, byId)
  if (!on) return unchanged(voice.recording === null ? voice : { ...voice, recording: null })
  if (!allowsRecording) throw voiceRefusals.notRecorded()
  if (state.conversation.encrypted) throw voiceRefusals.encrypted()
  if (voice.participants.length === 0) throw voiceRefusals.nothingToRecord()
  return unchanged(voice.recording === null ? { ...voice, recording: { startedAt: now, byId } } : voice)
}
