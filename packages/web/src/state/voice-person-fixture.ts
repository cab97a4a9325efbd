import type { VoicePerson } from '@parley/client'

/** Somebody in voice, heard and not seen, for tests. */
export const voicePerson = (userId: string, changes: Partial<VoicePerson> = {}): VoicePerson => ({
  userId,
  name: userId,
  joinedAt: 0,
  muted: false,
  hardMuted: false,
  deafened: false,
  listenOnly: false,
  speaking: false,
  level: 0,
  hand: null,
  quality: 'good',
  volume: 1,
  sources: ['mic'],
  video: [],
  hasAudio: true,
  missingKey: false,
  isSelf: false,
  ...changes,
})
