/** How loud a packet is, as its sender says (RFC 6464). */
export interface AudioLevel {
  /** Decibels below overload: 0 is the loudest, 127 is silence. */
  readonly belowFullDb: number
  /** The sender takes it for speech. */
  readonly isVoice: boolean
}

/** One RTP packet (RFC 3550), as far as audio needs it. */
export interface RtpPacket {
  readonly payloadType: number
  readonly isMarked: boolean
  /** 0–65535 */
  readonly sequenceNumber: number
  /** 32 bits, in units of the codec's clock: 48 kHz for Opus. */
  readonly timestamp: number
  readonly ssrc: number
  /** `null`: the packet says nothing of it. */
  readonly level: AudioLevel | null
  /** A view of the packet's bytes, no copy. */
  readonly payload: Uint8Array
}

const HEADER_BYTES = 12
/** Profile of one-byte header extensions (RFC 8285). */
const ONE_BYTE_EXTENSIONS = 0xbede
const RESERVED_ID = 15

/**
 * RTP and RTCP come on one port (RFC 5761): types 192 to 223 are RTCP.
 */
export const isRtcp = (bytes: Uint8Array): boolean => {
  const type = bytes[1] ?? 0
  return type >= 192 && type <= 223
}

/** Reads a packet; `null` when it is none. `levelId`: the id that the session gave to the audio level, 0 for none. */
export function readRtpPacket(bytes: Uint8Array, levelId: number): RtpPacket | null {
  if (bytes.length < HEADER_BYTES) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const first = view.getUint8(0)
  if (first >> 6 !== 2) return null
  let offset = HEADER_BYTES + (first & 0x0f) * 4
  let level: AudioLevel | null = null
  if ((first & 0x10) !== 0) {
    if (offset + 4 > bytes.length) return null
    const profile = view.getUint16(offset)
    const end = offset + 4 + view.getUint16(offset + 2) * 4
    if (end > bytes.length) return null
    if (profile === ONE_BYTE_EXTENSIONS && levelId > 0) level = findLevel(bytes.subarray(offset + 4, end), levelId)
    offset = end
  }
  const padding = (first & 0x20) === 0 ? 0 : view.getUint8(bytes.length - 1)
  if (offset + padding > bytes.length) return null
  const second = view.getUint8(1)
  return {
    payloadType: second & 0x7f,
    isMarked: second >= 0x80,
    sequenceNumber: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    level,
    payload: bytes.subarray(offset, bytes.length - padding),
  }
}

function findLevel(extensions: Uint8Array, levelId: number): AudioLevel | null {
  for (let at = 0; at < extensions.length; ) {
    const head = extensions[at] ?? 0
    const id = head >> 4
    if (id === RESERVED_ID) return null
    if (head === 0) {
      at += 1
      continue
    }
    if (id === levelId) {
      const value = extensions[at + 1]
      return value === undefined ? null : { belowFullDb: value & 0x7f, isVoice: value >= 0x80 }
    }
    at += 2 + (head & 0x0f)
  }
  return null
}

/** Builds a packet; with a level it takes the header extension `levelId`, 1–14. */
export function writeRtpPacket(packet: RtpPacket, levelId: number): Buffer {
  const { level, payload } = packet
  const hasLevel = level !== null && levelId > 0
  const bytes = Buffer.alloc(HEADER_BYTES + (hasLevel ? 8 : 0) + payload.length)
  bytes[0] = hasLevel ? 0x90 : 0x80
  bytes[1] = (packet.isMarked ? 0x80 : 0) | packet.payloadType
  bytes.writeUInt16BE(packet.sequenceNumber & 0xffff, 2)
  bytes.writeUInt32BE(packet.timestamp >>> 0, 4)
  bytes.writeUInt32BE(packet.ssrc >>> 0, 8)
  if (hasLevel) {
    bytes.writeUInt16BE(ONE_BYTE_EXTENSIONS, HEADER_BYTES)
    bytes.writeUInt16BE(1, HEADER_BYTES + 2)
    bytes[HEADER_BYTES + 4] = levelId << 4
    bytes[HEADER_BYTES + 5] = (level.isVoice ? 0x80 : 0) | Math.min(127, Math.max(0, Math.round(level.belowFullDb)))
  }
  bytes.set(payload, bytes.length - payload.length)
  return bytes
}
