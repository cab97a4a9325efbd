import type { VoiceCue } from '@parley/client'
import type { Note } from '../room/sound-player.ts'

/** Rising for what opens, falling for what closes; push-to-talk short and low, so that it does not talk over anybody. */
export const VOICE_SOUNDS: Readonly<Record<VoiceCue | 'recording' | 'asked', readonly Note[]>> = {
  joined: [
    { hertz: 440, at: 0 },
    { hertz: 659.25, at: 0.1 },
  ],
  left: [
    { hertz: 659.25, at: 0 },
    { hertz: 440, at: 0.1 },
  ],
  muted: [{ hertz: 329.63, at: 0 }],
  unmuted: [{ hertz: 493.88, at: 0 }],
  'ptt-on': [{ hertz: 392, at: 0 }],
  'ptt-off': [{ hertz: 261.63, at: 0 }],
  hand: [
    { hertz: 523.25, at: 0 },
    { hertz: 523.25, at: 0.16 },
  ],
  recording: [
    { hertz: 523.25, at: 0 },
    { hertz: 659.25, at: 0.14 },
    { hertz: 523.25, at: 0.28 },
    { hertz: 659.25, at: 0.42 },
  ],
  asked: [
    { hertz: 587.33, at: 0 },
    { hertz: 739.99, at: 0.12 },
  ],
}
