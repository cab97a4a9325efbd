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

/** Whether the same device, opened with the same wishes, serves both. */
export const isSameSound = (a: MicrophoneSettings, b: MicrophoneSettings): boolean =>
  a.music === b.music &&
  a.echoCancellation === b.echoCancellation &&
  a.noiseSuppression === b.noiseSuppression &&
  a.autoGainControl === b.autoGainControl &&
  (a.mode === 'voice-activation') === (b.mode === 'voice-activation')
