import type { ConversationId, Recording, VoiceJoined, VoiceParticipant, VoiceState } from '@parley/core'
import type { messenger } from '@parley/protocol'

function participantView(participant: VoiceParticipant): messenger.VoiceParticipant {
  const { userId, name, joinedAt, legs, muted, hardMuted, deafened, listenOnly, maySend } = participant
  const { speaking, sources, hand, quality } = participant
  return {
    ...{ userId, name, joinedAt, legs, muted, hardMuted, deafened, speaking, hand, quality },
    listenOnly: listenOnly || !maySend,
    sources: [...sources],
  }
}

function recordingView(recording: Recording | null): messenger.Recording | null {
  return recording && { startedAt: recording.startedAt, byId: recording.byId }
}

/** Who is in voice, as the messenger wire tells it. */
export function voiceStateView(chatId: ConversationId, voice: VoiceState): messenger.ServerData<'voice:state'> {
  const { topology, participants, recording, hasStage } = voice
  return {
    ...{ chatId, topology, stage: hasStage },
    participants: participants.map(participantView),
    recording: recordingView(recording),
  }
}

export function voiceJoinedView(
  joined: VoiceJoined,
  ice: messenger.Answer<'voice:ice-servers'>,
): messenger.Answer<'voice:join'> {
  const { topology, self, participants, recording, hasStage, isEncrypted } = joined
  return {
    ...ice,
    ...{ topology, e2ee: isEncrypted, stage: hasStage },
    self: participantView(self),
    participants: participants.map(participantView),
    recording: recordingView(recording),
  }
}
