import type { LineQuality } from './voice-types.ts'

/** How a line did in the last few seconds. */
export interface LineSample {
  /** The worse of both directions, 0–1. */
  readonly loss: number
  readonly jitterMs: number | null
  readonly roundTripMs: number | null
}

/** From when on a conversation suffers, and from when on it fails. */
const FAIR = { loss: 0.03, jitterMs: 50, roundTripMs: 300 }
const POOR = { loss: 0.1, jitterMs: 120, roundTripMs: 700 }

const exceeds = (sample: LineSample, limit: typeof FAIR): boolean =>
  sample.loss >= limit.loss ||
  (sample.jitterMs ?? 0) >= limit.jitterMs ||
  (sample.roundTripMs ?? 0) >= limit.roundTripMs

export type MeasuredQuality = Exclude<LineQuality, 'unknown'>

export const qualityOf = (sample: LineSample): MeasuredQuality =>
  exceeds(sample, POOR) ? 'poor' : exceeds(sample, FAIR) ? 'fair' : 'good'

/** Follows a line: it is said to be another only when two looks in a row agree. */
export function createQualityWatch(onChange: (quality: MeasuredQuality) => void) {
  let told: MeasuredQuality | null = null
  let last: MeasuredQuality | null = null
  return {
    get quality(): LineQuality {
      return told ?? 'unknown'
    },
    add(sample: LineSample): void {
      const now = qualityOf(sample)
      if (now === last && now !== told) {
        told = now
        onChange(now)
      }
      last = now
    },
  }
}
