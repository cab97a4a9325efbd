import { randomInt } from 'node:crypto'
import { type ReportBlock, type RtcpReport, roundTripMs, writeRtcp } from './rtcp.ts'
import { type AudioLevel, writeRtpPacket } from './rtp-packet.ts'

export interface OutboundStreamOptions {
  readonly ssrc: number
  readonly payloadType: number
  /** 0 when the other side does not take levels. */
  readonly levelId: number
  readonly cname: string
}

/** One stream of Opus packets to one receiver. */
export interface OutboundStream {
  readonly ssrc: number
  /**
   * The next packet, at `mediaTime` on the sender's 48 kHz clock. `isFirst`: it comes after silence that was not
   * sent.
   */
  packet(payload: Uint8Array, mediaTime: number, level: AudioLevel, isFirst: boolean): Buffer
  /** The next sender report. `mediaTime`: as of now. */
  report(nowMs: number, mediaTime: number, blocks: readonly ReportBlock[]): Buffer
  /** What the receiver says of this stream. */
  noteReport(report: RtcpReport, nowMs: number): void
  /** As the receiver told last; `null` before it did. */
  readonly roundTripMs: number | null
  /** 0–1; `null` before the receiver told. */
  readonly fractionLost: number | null
}

export function createOutboundStream({ ssrc, payloadType, levelId, cname }: OutboundStreamOptions): OutboundStream {
  const firstTimestamp = randomInt(2 ** 32)
  let sequenceNumber = randomInt(2 ** 15)
  let packets = 0
  let octets = 0
  let roundTrip: number | null = null
  let fractionLost: number | null = null
  const timestampAt = (mediaTime: number): number => (firstTimestamp + Math.round(mediaTime)) % 2 ** 32
  return {
    ssrc,
    packet(payload, mediaTime, level, isFirst) {
      sequenceNumber = (sequenceNumber + 1) % 65_536
      packets += 1
      octets += payload.length
      const timestamp = timestampAt(mediaTime)
      return writeRtpPacket(
        { payloadType, isMarked: isFirst, sequenceNumber, timestamp, ssrc, level, payload },
        levelId,
      )
    },
    report: (nowMs, mediaTime, blocks) =>
      writeRtcp(
        { ssrc, sender: { sentAtMs: nowMs, timestamp: timestampAt(mediaTime), packets, octets }, blocks },
        cname,
      ),
    noteReport(report, nowMs) {
      const block = report.blocks.find((candidate) => candidate.ssrc === ssrc)
      if (block === undefined) return
      fractionLost = block.fractionLost
      roundTrip = roundTripMs(block, nowMs) ?? roundTrip
    },
    get roundTripMs() {
      return roundTrip
    },
    get fractionLost() {
      return fractionLost
    },
  }
}
