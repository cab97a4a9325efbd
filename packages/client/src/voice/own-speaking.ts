import { createVoiceGate } from './voice-gate.ts'

export interface OwnSpeakingOptions {
  /** Begins or ends; told seldom enough for the server's limits. */
  readonly onSpeaking: (isSpeaking: boolean, level: number) => void
  readonly onTalkingWhileMuted: (isTalking: boolean) => void
}

export interface OwnSpeaking {
  /** What the microphone hears at `now`, in ms that only go forward. */
  hear(level: number, now: number, state: { readonly isMuted: boolean; readonly isTransmitting: boolean }): void
}

/** Somewhat above the hum of a quiet room, −39 dB. */
const SPEECH = { threshold: 0.35, releaseMs: 600 }
/** Plain speech, −33 dB: nobody is told that they are muted for a rustle. */
const PLAIN_SPEECH = { threshold: 0.45, releaseMs: 4000 }
/** How long it has to last before we say that they talk while muted. */
const MUTED_TALK_MS = 400
const MIN_INTERVAL_MS = 700

/** Tells from the microphone's level whether we speak, and whether we do so in vain. */
export function createOwnSpeaking({ onSpeaking, onTalkingWhileMuted }: OwnSpeakingOptions): OwnSpeaking {
  const speech = createVoiceGate(() => SPEECH)
  const plainSpeech = createVoiceGate(() => PLAIN_SPEECH)
  let isSpeaking = false
  let toldAt = Number.NEGATIVE_INFINITY
  let isInVain = false
  let talkedMs = 0
  let heardAt = 0

  function tellSpeaking(next: boolean, level: number, now: number): void {
    if (next === isSpeaking || now - toldAt < MIN_INTERVAL_MS) return
    isSpeaking = next
    toldAt = now
    onSpeaking(next, next ? level : 0)
  }

  function tellInVain(next: boolean): void {
    if (next === isInVain) return
    isInVain = next
    onTalkingWhileMuted(next)
  }

  return {
    hear(level, now, { isMuted, isTransmitting }) {
      if (!isTransmitting) speech.close()
      tellSpeaking(isTransmitting && speech.hear(level, now), level, now)
      const sinceMs = Math.min(100, now - heardAt)
      heardAt = now
      if (!isMuted) {
        talkedMs = 0
        plainSpeech.close()
        tellInVain(false)
        return
      }
      const isOpen = plainSpeech.hear(level, now)
      talkedMs = level >= PLAIN_SPEECH.threshold ? talkedMs + sinceMs : isOpen ? talkedMs : 0
      tellInVain(isOpen && talkedMs >= MUTED_TALK_MS)
    },
  }
}
