import type { Clock } from '@parley/core'

/** Turns what Janus says of somebody's loudness into what people see. */
export interface SpeechMeter {
  /** `dBov` is 0 (the loudest) to −127. */
  note(isTalking: boolean, dBov: number): void
  /** They send nothing any more. */
  stop(): void
}

export interface SpeechMeterOptions {
  readonly clock: Clock
  /** `level` is 0 to 1. */
  tell(isSpeaking: boolean, level: number): void
}

/** Somebody who takes a breath still speaks: words have gaps, and a sign that flickers says nothing. */
const HOLD_MS = 400
/** What is softer than this is nothing. */
const FLOOR_DBOV = -60

/** Speaking is told at once; silence when it has lasted. */
export function createSpeechMeter({ clock, tell }: SpeechMeterOptions): SpeechMeter {
  let isSpeaking = false
  let stopTimer: () => void = () => undefined

  function quiet(): void {
    if (!isSpeaking) return
    isSpeaking = false
    tell(false, 0)
  }

  return {
    note(isTalking, dBov) {
      stopTimer()
      if (isTalking) {
        isSpeaking = true
        tell(true, Math.min(Math.max(1 - dBov / FLOOR_DBOV, 0), 1))
      } else if (isSpeaking) stopTimer = clock.schedule(clock.now() + HOLD_MS, quiet)
    },
    stop() {
      stopTimer()
      quiet()
    },
  }
}
