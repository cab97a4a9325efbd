import type { messenger, rooms } from '@parley/protocol'

/** Somebody in voice, as a client was told. */
export interface SeenInVoice {
  readonly userId: string
  readonly muted: boolean
  /** Whether their hand is up; `null`: the wire does not say. */
  readonly hand: boolean | null
}

export const seenInVoice = ({ userId, muted, hand }: messenger.VoiceParticipant): SeenInVoice => ({
  userId,
  muted,
  hand: hand !== null,
})

/** As the rooms wire tells it. */
export const membersInVoice = (
  participants: rooms.RoomEvent<'joined'>['room']['participants'],
): readonly SeenInVoice[] =>
  participants
    .filter(({ voice }) => voice.joined)
    .map(({ id: userId, voice: { muted } }) => ({ userId, muted, hand: null }))
