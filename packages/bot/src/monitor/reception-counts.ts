import type { ReceptionFigures } from '../rtp/reception.ts'

/** What came of one person over all of their streams, and over all legs that there were. */
interface ReceptionCounts {
  readonly received: number
  readonly lost: number
  readonly bytes: number
  readonly jitterMs: number | null
}

const NOTHING_RECEIVED: ReceptionCounts = { received: 0, lost: 0, bytes: 0, jitterMs: null }

/** The greatest of what is known. */
export function greatest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.max(...known)
}

/** Goes on counting when the counters begin anew, as they do with new legs. */
export interface ContinuedCounts {
  /** Everything since the beginning. */
  readonly total: ReceptionCounts
  /** Takes what the counters show now, and returns what came since the time before. */
  take(streams: readonly ReceptionFigures[]): ReceptionCounts
}

export function createContinuedCounts(): ContinuedCounts {
  let shown = NOTHING_RECEIVED
  let total = NOTHING_RECEIVED
  return {
    get total() {
      return total
    },
    take(streams) {
      const now: ReceptionCounts = {
        received: streams.reduce((sum, { packetsReceived }) => sum + packetsReceived, 0),
        lost: streams.reduce((sum, { packetsLost }) => sum + packetsLost, 0),
        bytes: streams.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0),
        jitterMs: greatest(streams.map(({ jitterMs }) => jitterMs)),
      }
      const base = now.received < shown.received ? NOTHING_RECEIVED : shown
      shown = now
      const since: ReceptionCounts = {
        received: now.received - base.received,
        // What was taken for lost and came late after all is no gain.
        lost: Math.max(0, now.lost - base.lost),
        bytes: now.bytes - base.bytes,
        jitterMs: now.jitterMs,
      }
      total = {
        received: total.received + since.received,
        lost: total.lost + since.lost,
        bytes: total.bytes + since.bytes,
        jitterMs: now.jitterMs ?? total.jitterMs,
      }
      return since
    },
  }
}
