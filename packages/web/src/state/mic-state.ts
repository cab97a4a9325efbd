import type { VoiceSelf } from '@parley/client'

/** What the button of our own microphone shows, and what pressing it would do about it. */
export type MicState = 'listening' | 'muted-by-host' | 'muted' | 'not-heard' | 'hold' | 'open'

type Known = Pick<VoiceSelf, 'listenOnly' | 'hardMuted' | 'muted' | 'hint' | 'microphone'>

/** `not-heard`: nothing of ours is held back, and yet there is no microphone that the page may use. */
export function micState({ listenOnly, hardMuted, muted, hint, microphone }: Known): MicState {
  if (listenOnly) return 'listening'
  if (hardMuted) return 'muted-by-host'
  if (muted) return 'muted'
  if (hint === 'microphone-blocked' || hint === 'no-microphone') return 'not-heard'
  return microphone.mode === 'push-to-talk' ? 'hold' : 'open'
}
