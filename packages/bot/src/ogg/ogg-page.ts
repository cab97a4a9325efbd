/** A page of an Ogg file (RFC 3533). */
export interface OggPage {
  /** Its first packet goes on from the page before. */
  readonly isContinued: boolean
  readonly isFirst: boolean
  readonly isLast: boolean
  /** For Opus: samples up to the end of the page's last whole packet; -1 when no packet ends here. */
  readonly granule: bigint
  /** Which of the file's streams it belongs to. */
  readonly serial: number
  readonly sequence: number
  /** The packets, or parts of them, in order. */
  readonly parts: readonly Uint8Array[]
  /** The last part is a whole packet's end. */
  readonly endsWhole: boolean
}

const HEAD_BYTES = 27
const MAGIC = 0x5367_674f
const MAX_SEGMENTS = 255
const CONTINUED = 1
const FIRST = 2
const LAST = 4

const CHECKSUMS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24
  for (let bit = 0; bit < 8; bit += 1) value = value < 0 ? (value << 1) ^ 0x04c1_1db7 : value << 1
  return value >>> 0
})

/** CRC-32 with Ogg's polynomial, the field of the checksum itself taken as zero. */
export function checksumOf(page: Uint8Array): number {
  let sum = 0
  for (const [at, byte] of page.entries()) {
    const value = at >= 22 && at < 26 ? 0 : byte
    sum = ((sum << 8) ^ (CHECKSUMS[((sum >>> 24) ^ value) & 0xff] ?? 0)) >>> 0
  }
  return sum
}

/** The pages of a file, in order. Throws an error that says where it is not Ogg or broken. */
export function* readOggPages(file: Uint8Array): Generator<OggPage> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  for (let at = 0; at < file.length; ) {
    const end = endOfPage(view, at)
    if (end === null) throw new Error(at === 0 ? 'It is no Ogg file.' : `The file is cut off or broken at byte ${at}.`)
    if (checksumOf(file.subarray(at, end)) !== view.getUint32(at + 22, true)) {
      throw new Error(`The file is damaged: the checksum of the page at byte ${at} is wrong.`)
    }
    yield pageAt(file, view, at)
    at = end
  }
}

function endOfPage(view: DataView, at: number): number | null {
  if (at + HEAD_BYTES > view.byteLength || view.getUint32(at, true) !== MAGIC || view.getUint8(at + 4) !== 0)
    return null
  const segments = view.getUint8(at + 26)
  let end = at + HEAD_BYTES + segments
  if (end > view.byteLength) return null
  for (let index = 0; index < segments; index += 1) end += view.getUint8(at + HEAD_BYTES + index)
  return end > view.byteLength ? null : end
}

function pageAt(file: Uint8Array, view: DataView, at: number): OggPage {
  const flags = view.getUint8(at + 5)
  const segments = view.getUint8(at + 26)
  const parts: Uint8Array[] = []
  let from = at + HEAD_BYTES + segments
  let size = 0
  let lacing = 0
  for (let index = 0; index < segments; index += 1) {
    lacing = view.getUint8(at + HEAD_BYTES + index)
    size += lacing
    if (lacing === MAX_SEGMENTS && index < segments - 1) continue
    parts.push(file.subarray(from, from + size))
    from += size
    size = 0
  }
  return {
    isContinued: (flags & CONTINUED) !== 0,
    isFirst: (flags & FIRST) !== 0,
    isLast: (flags & LAST) !== 0,
    granule: view.getBigInt64(at + 6, true),
    serial: view.getUint32(at + 14, true),
    sequence: view.getUint32(at + 18, true),
    parts,
    endsWhole: lacing < MAX_SEGMENTS,
  }
}

/** Segments that a packet takes of a page's 255. */
export const segmentsOf = (packet: Uint8Array): number => Math.floor(packet.length / MAX_SEGMENTS) + 1

/** Builds a page of whole packets. Throws when they take more than its 255 segments. */
export function writeOggPage(
  page: Pick<OggPage, 'isFirst' | 'isLast' | 'granule' | 'serial' | 'sequence' | 'parts'>,
): Buffer {
  const lacing = page.parts.flatMap((packet) => [
    ...Array<number>(segmentsOf(packet) - 1).fill(MAX_SEGMENTS),
    packet.length % MAX_SEGMENTS,
  ])
  if (lacing.length > MAX_SEGMENTS) throw new Error('The packets do not fit into a page.')
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUInt32LE(MAGIC, 0)
  head[5] = (page.isFirst ? FIRST : 0) | (page.isLast ? LAST : 0)
  head.writeBigInt64LE(page.granule, 6)
  head.writeUInt32LE(page.serial, 14)
  head.writeUInt32LE(page.sequence, 18)
  head[26] = lacing.length
  const bytes = Buffer.concat([head, Buffer.from(lacing), ...page.parts])
  bytes.writeUInt32LE(checksumOf(bytes), 22)
  return bytes
}
