import type { VoicePerson } from '@parley/client'

type Known = Pick<VoicePerson, 'muted' | 'listenOnly' | 'hasAudio' | 'sources'>

/** Nobody holds back what they say, and yet no sound comes: their browser has no microphone, or does not give it to the page. */
export const lacksMicrophone = ({ muted, listenOnly, hasAudio, sources }: Known): boolean =>
  !muted && !listenOnly && !hasAudio && !sources.includes('mic')
