import type { Track } from 'node-datachannel'
import { createReception, type Reception, type ReceptionFigures } from '../rtp/reception.ts'
import { type RtcpReport, readRtcp, writeRtcp } from '../rtp/rtcp.ts'
import { isRtcp, readRtpPacket } from '../rtp/rtp-packet.ts'
import { sendOnTrack } from './send-on-track.ts'
import type { HeardPacket, StreamOwner } from './voice-legs.ts'

export interface InboundLineOptions {
  readonly track: Track
  readonly cname: string
  readonly onPacket: (heard: HeardPacket) => void
  /** Reports that came on this line: they may speak of what we send. */
  readonly onReport: (report: RtcpReport) => void
}

/** One line of a connection on which somebody's sound comes in; whose, may change. */
export interface InboundLine {
  /** `null`: nobody's for now. */
  setOwner(owner: StreamOwner | null, levelId: number): void
  /** Says how it arrives. `ssrc`: who we are. */
  report(ssrc: number): void
  figures(): (StreamOwner & ReceptionFigures) | null
}

export function createInboundLine({ track, cname, onPacket, onReport }: InboundLineOptions): InboundLine {
  let owner: StreamOwner | null = null
  let levelId = 0
  let reception: Reception | null = null

  track.onMessage((bytes) => {
    const atMs = performance.now()
    if (!isRtcp(bytes)) {
      hear(bytes, atMs)
      return
    }
    for (const report of readRtcp(bytes)) {
      if (report.ssrc === reception?.ssrc) reception.noteReport(report, atMs)
      onReport(report)
    }
  })

  function hear(bytes: Uint8Array, atMs: number): void {
    const packet = owner === null ? null : readRtpPacket(bytes, levelId)
    if (packet === null || owner === null) return
    if (reception?.ssrc !== packet.ssrc) reception = createReception(packet)
    const sequence = reception.receive(packet, atMs)
    if (sequence !== null) onPacket({ ...owner, packet, sequence, atMs })
  }

  return {
    setOwner(next, nextLevelId) {
      levelId = nextLevelId
      if (owner?.userId !== next?.userId || owner?.source !== next?.source) reception = null
      owner = next
    },
    report(ssrc) {
      const from = reception
      if (from === null) return
      sendOnTrack(track, () => {
        const block = from.report(performance.now())
        return writeRtcp({ ssrc, sender: null, blocks: [block] }, cname)
      })
    },
    figures: () => (owner === null || reception === null ? null : { ...owner, ...reception.figures() }),
  }
}
