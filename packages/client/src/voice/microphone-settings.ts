import type { MicrophoneSettings } from './voice-types.ts'

/** What fits most people: an open microphone, cleaned up. */
export const DEFAULT_MICROPHONE: MicrophoneSettings = {
  mode: 'open',
  threshold: 0.4,
  releaseMs: 500,
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  music: false,
}
