import type { ReportBlock, RtcpReport } from './rtcp.ts'
import type { AudioLevel, RtpPacket } from './rtp-packet.ts'

/** How a stream arrives. Times in ms. */
export interface ReceptionFigures {
  readonly packetsReceived: number
  /** Expected less received, since the beginning; not less than 0. */
  readonly packetsLost: number
  readonly bytesReceived: number
  /** Mean deviation of the packets' spacing (RFC 3550, 6.4.1 and A.8). */
  readonly jitterMs: number
  /** `null` before the first packet. */
  readonly lastPacketAtMs: number | null
  /** The latest packet's; `null` when the sender does not tell. */
  readonly level: AudioLevel | null
}

/** What is known of one stream that we receive. */
export interface Reception {
  readonly ssrc: number
  /** `arrivedAtMs`: of any steady clock. Returns the sequence number counted on beyond 16 bits; `null` for a packet far from the stream. */
  receive(packet: RtpPacket, arrivedAtMs: number): number | null
  /** The sender's own report came. */
  noteReport(report: RtcpReport, arrivedAtMs: number): void
  figures(): ReceptionFigures
  /** For the next receiver report: what was lost since the one before. */
  report(nowMs: number): ReportBlock
}

const CLOCK_PER_MS = 48
const WRAP = 65_536
/** A jump by more is another stream under the same name (RFC 3550, A.1). */
const MAX_DROPOUT = 3000
const MAX_MISORDER = 100

export function createReception(first: RtpPacket): Reception {
  const { ssrc } = first
  let base = first.sequenceNumber
  /** The highest sequence number so far, without the wraps. */
  let highest = base
  let wraps = 0
  let received = 0
  let bytes = 0
  /** Until the stream began anew. */
  const before = { received: 0, lost: 0 }
  let expectedBefore = 0
  let receivedBefore = 0
  let jitter = 0
  let transit: number | null = null
  let lastPacketAtMs: number | null = null
  let level: AudioLevel | null = null
  let sender: { readonly middleOfNtp: number; readonly atMs: number } | null = null
  let strange: number | null = null

  const expected = (): number => wraps + highest - base + 1

  /** The stream begins anew; what was counted stays counted. */
  function restart(sequenceNumber: number): void {
    before.lost += Math.max(0, expected() - received)
    before.received += received
    base = sequenceNumber
    highest = sequenceNumber
    wraps = 0
    received = 0
    expectedBefore = 0
    receivedBefore = 0
    transit = null
    strange = null
  }

  function extend(sequenceNumber: number): number | null {
    const ahead = (sequenceNumber - highest + WRAP) % WRAP
    if (ahead < MAX_DROPOUT) {
      if (sequenceNumber < highest) wraps += WRAP
      highest = sequenceNumber
      return wraps + sequenceNumber
    }
    if (ahead > WRAP - MAX_MISORDER) return (sequenceNumber > highest ? wraps - WRAP : wraps) + sequenceNumber
    // Two in a row from there: the sender started again.
    if (strange !== sequenceNumber) {
      strange = (sequenceNumber + 1) % WRAP
      return null
    }
    restart(sequenceNumber)
    return sequenceNumber
  }

  return {
    ssrc,
    receive(packet, arrivedAtMs) {
      const extended = extend(packet.sequenceNumber)
      if (extended === null) return null
      received += 1
      bytes += packet.payload.length
      lastPacketAtMs = arrivedAtMs
      level = packet.level
      const now = arrivedAtMs * CLOCK_PER_MS - packet.timestamp
      if (transit !== null) {
        const difference = Math.abs(wrapped(now - transit))
        jitter += (difference - jitter) / 16
      }
      transit = now
      return extended
    },
    noteReport(report, atMs) {
      if (report.sender !== null) sender = { middleOfNtp: report.sender.middleOfNtp, atMs }
    },
    figures: () => ({
      packetsReceived: before.received + received,
      packetsLost: before.lost + Math.max(0, expected() - received),
      bytesReceived: bytes,
      jitterMs: jitter / CLOCK_PER_MS,
      lastPacketAtMs,
      level,
    }),
    report(nowMs) {
      const expectedNow = expected() - expectedBefore
      const lostNow = expectedNow - (received - receivedBefore)
      expectedBefore = expected()
      receivedBefore = received
      return {
        ssrc,
        fractionLost: expectedNow <= 0 ? 0 : Math.max(0, lostNow) / expectedNow,
        packetsLost: expected() - received,
        highestSequence: wraps + highest,
        jitter,
        lastSenderReport: sender?.middleOfNtp ?? 0,
        delaySinceLastReport: sender === null ? 0 : Math.round((nowMs - sender.atMs) * 65.536),
      }
    },
  }
}

/** A difference of 32-bit timestamps: the nearer way around. */
function wrapped(difference: number): number {
  const span = 2 ** 32
  return difference - span * Math.round(difference / span)
}
