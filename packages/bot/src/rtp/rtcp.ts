/** What a receiver says of one stream (RFC 3550, 6.4.1). */
export interface ReportBlock {
  /** The stream that is spoken of. */
  readonly ssrc: number
  /** The share of lost packets among those expected since the report before: 0–1. */
  readonly fractionLost: number
  /** Since the beginning; less than 0 when packets came twice. */
  readonly packetsLost: number
  readonly highestSequence: number
  /** In units of the codec's clock. */
  readonly jitter: number
  /** The middle 32 bits of the time in the last sender report, 0 when there was none. */
  readonly lastSenderReport: number
  /** Since that report came, in 1/65536 s. */
  readonly delaySinceLastReport: number
}

/** What a sender says of its stream. */
export interface SenderInfo {
  /** Unix ms, by the sender's clock. */
  readonly sentAtMs: number
  readonly timestamp: number
  readonly packets: number
  readonly octets: number
}

export interface RtcpReport {
  /** Who speaks. */
  readonly ssrc: number
  /** `null` from somebody who sends nothing. */
  readonly sender: (SenderInfo & { readonly middleOfNtp: number }) | null
  readonly blocks: readonly ReportBlock[]
}

const SENDER_REPORT = 200
const RECEIVER_REPORT = 201
const SOURCE_DESCRIPTION = 202
const BLOCK_BYTES = 24
/** From 1900, where NTP counts from, to 1970. */
const NTP_OFFSET_S = 2_208_988_800

/**
 * Now, for sender reports, in Unix ms with its fraction: the whole ones of `Date.now()` are longer than a way there
 * and back on one machine, which would read as 0. A clock that is set in between does not move it.
 */
export const reportNowMs = (): number => performance.timeOrigin + performance.now()

/** The middle 32 bits of an NTP time: 1/65536 s. */
export const middleOfNtp = (unixMs: number): number => Math.floor(((unixMs / 1000 + NTP_OFFSET_S) % 65_536) * 65_536)

/**
 * The way there and back, in ms, as a receiver report tells it to the sender that it answers; `null` when it
 * answers none.
 */
export function roundTripMs(
  { lastSenderReport, delaySinceLastReport }: Pick<ReportBlock, 'lastSenderReport' | 'delaySinceLastReport'>,
  nowMs: number,
): number | null {
  if (lastSenderReport === 0) return null
  const units = (middleOfNtp(nowMs) - lastSenderReport - delaySinceLastReport) | 0
  // Two clocks of one machine may be a tick apart.
  return Math.max(0, units / 65.536)
}

/** The sender and receiver reports of a compound packet; what is no report is passed over. */
export function readRtcp(bytes: Uint8Array): RtcpReport[] {
  const reports: RtcpReport[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at + 8 <= bytes.length; ) {
    const end = at + 4 + view.getUint16(at + 2) * 4
    if (view.getUint8(at) >> 6 !== 2 || end > bytes.length) break
    const type = view.getUint8(at + 1)
    if (type === SENDER_REPORT || type === RECEIVER_REPORT) {
      const report = readReport(view, at, end, type === SENDER_REPORT)
      if (report !== null) reports.push(report)
    }
    at = end
  }
  return reports
}

function readReport(view: DataView, at: number, end: number, isSender: boolean): RtcpReport | null {
  const count = view.getUint8(at) & 0x1f
  const blocksAt = at + (isSender ? 28 : 8)
  if (blocksAt + count * BLOCK_BYTES > end) return null
  return {
    ssrc: view.getUint32(at + 4),
    sender: isSender ? readSender(view, at + 8) : null,
    blocks: Array.from({ length: count }, (_, index) => readBlock(view, blocksAt + index * BLOCK_BYTES)),
  }
}

function readSender(view: DataView, at: number): RtcpReport['sender'] {
  const seconds = view.getUint32(at)
  const fraction = view.getUint32(at + 4)
  return {
    sentAtMs: (seconds - NTP_OFFSET_S + fraction / 2 ** 32) * 1000,
    middleOfNtp: ((seconds & 0xffff) * 65_536 + (fraction >>> 16)) >>> 0,
    timestamp: view.getUint32(at + 8),
    packets: view.getUint32(at + 12),
    octets: view.getUint32(at + 16),
  }
}

const readBlock = (view: DataView, at: number): ReportBlock => ({
  ssrc: view.getUint32(at),
  fractionLost: view.getUint8(at + 4) / 256,
  packetsLost: (view.getInt32(at + 4) << 8) >> 8,
  highestSequence: view.getUint32(at + 8),
  jitter: view.getUint32(at + 12),
  lastSenderReport: view.getUint32(at + 16),
  delaySinceLastReport: view.getUint32(at + 20),
})

/** A compound packet: one report, and the name by which the streams of one participant are known (RFC 3550, 6.1). */
export function writeRtcp(
  report: { readonly ssrc: number; readonly sender: SenderInfo | null; readonly blocks: readonly ReportBlock[] },
  cname: string,
): Buffer {
  const { sender, blocks } = report
  const head = Buffer.alloc((sender === null ? 8 : 28) + blocks.length * BLOCK_BYTES)
  head[0] = 0x80 | blocks.length
  head[1] = sender === null ? RECEIVER_REPORT : SENDER_REPORT
  head.writeUInt16BE(head.length / 4 - 1, 2)
  head.writeUInt32BE(report.ssrc, 4)
  if (sender !== null) writeSender(head, sender)
  for (const [index, block] of blocks.entries()) {
    writeBlock(head, head.length - (blocks.length - index) * BLOCK_BYTES, block)
  }
  return Buffer.concat([head, writeName(report.ssrc, cname)])
}

function writeSender(head: Buffer, { sentAtMs, timestamp, packets, octets }: SenderInfo): void {
  const seconds = sentAtMs / 1000 + NTP_OFFSET_S
  head.writeUInt32BE(Math.floor(seconds), 8)
  head.writeUInt32BE(Math.floor((seconds % 1) * 2 ** 32), 12)
  head.writeUInt32BE(timestamp >>> 0, 16)
  head.writeUInt32BE(packets >>> 0, 20)
  head.writeUInt32BE(octets >>> 0, 24)
}

function writeBlock(head: Buffer, at: number, block: ReportBlock): void {
  head.writeUInt32BE(block.ssrc, at)
  head.writeInt32BE(Math.min(0x7fffff, Math.max(-0x800000, block.packetsLost)), at + 4)
  head[at + 4] = Math.min(255, Math.floor(block.fractionLost * 256))
  head.writeUInt32BE(block.highestSequence >>> 0, at + 8)
  head.writeUInt32BE(Math.round(block.jitter), at + 12)
  head.writeUInt32BE(block.lastSenderReport, at + 16)
  head.writeUInt32BE(block.delaySinceLastReport >>> 0, at + 20)
}

function writeName(ssrc: number, cname: string): Buffer {
  const name = Buffer.from(cname)
  // Ends with at least one zero, at a multiple of four bytes.
  const description = Buffer.alloc(4 + Math.ceil((4 + 2 + name.length + 1) / 4) * 4)
  description[0] = 0x81
  description[1] = SOURCE_DESCRIPTION
  description.writeUInt16BE(description.length / 4 - 1, 2)
  description.writeUInt32BE(ssrc, 4)
  description[8] = 1
  description[9] = name.length
  description.set(name, 10)
  return description
}
