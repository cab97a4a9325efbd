/** Opens with the first loud moment and closes when it was quiet for a while. */
export interface VoiceGate {
  readonly isOpen: boolean
  /** `level` as heard at `now`, in ms that only go forward. Returns whether it is open. */
  hear(level: number, now: number): boolean
  close(): void
}

export interface VoiceGateSettings {
  /** 0–1 */
  readonly threshold: number
  readonly releaseMs: number
}

/** While open, a little less is loud enough: words fade out. */
const HYSTERESIS = 0.05

/** `settings` is asked each time, so that they can change while it runs. */
export function createVoiceGate(settings: () => VoiceGateSettings): VoiceGate {
  let lastLoudAt = Number.NEGATIVE_INFINITY
  let isOpen = false
  return {
    get isOpen() {
      return isOpen
    },
    hear(level, now) {
      const { threshold, releaseMs } = settings()
      if (level >= (isOpen ? threshold - HYSTERESIS : threshold)) lastLoudAt = now
      isOpen = now - lastLoudAt <= releaseMs
      return isOpen
    },
    close() {
      lastLoudAt = Number.NEGATIVE_INFINITY
      isOpen = false
    },
  }
}
