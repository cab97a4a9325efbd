import { createReadStream } from 'node:fs'

/** One RTP packet as Janus recorded it. */
export interface RecordedPacket {
  /** Its time in ticks of 48 kHz, without wrapping. */
  readonly timestamp: number
  readonly payload: Uint8Array
}

export interface MjrHeader {
  /** When Janus wrote the first packet, Unix ms. */
  readonly startedAt: number
  /** Short, as Janus names it: `opus`, `vp8`. */
  readonly codec: string
}

const FILE_MARK = 'MJR00002'
const PACKET_MARK = 'MEET'
/** The mark, the time of arrival, and the length. */
const PACKET_HEADER_BYTES = 10
const RTP_HEADER_BYTES = 12

/**
 * Reads a recording of Janus, https://janus.conf.meetecho.com/docs/recordings: a header, then every RTP packet as it
 * came. A file that ends early, because Janus did, is read up to there. `null`: it holds nothing.
 */
export async function readMjr(
  path: string,
): Promise<{ readonly header: MjrHeader; readonly packets: AsyncIterable<RecordedPacket> } | null> {
  const chunks = inPieces(path)
  const mark = await chunks.read(FILE_MARK.length + 2)
  if (mark === null) return null
  if (mark.toString('latin1', 0, FILE_MARK.length) !== FILE_MARK) throw new Error(`${path} is no recording of Janus`)
  const described = await chunks.read(mark.readUInt16BE(FILE_MARK.length))
  if (described === null) return null
  const { c, u } = JSON.parse(described.toString()) as { readonly c: string; readonly u: number }

  async function* packets(): AsyncGenerator<RecordedPacket> {
    const unwrap = createUnwrapper()
    for (;;) {
      const head = await chunks.read(PACKET_HEADER_BYTES)
      if (head === null || head.toString('latin1', 0, PACKET_MARK.length) !== PACKET_MARK) return
      const rtp = await chunks.read(head.readUInt16BE(PACKET_HEADER_BYTES - 2))
      if (rtp === null) return
      if (rtp.length >= RTP_HEADER_BYTES) yield { timestamp: unwrap(rtp.readUInt32BE(4)), payload: payloadOf(rtp) }
    }
  }
  return { header: { startedAt: u / 1000, codec: c }, packets: packets() }
}

/** A file in pieces of the sizes that are asked for; `null` when it has no more. */
function inPieces(path: string): { read(bytes: number): Promise<Buffer | null> } {
  const stream = createReadStream(path)[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let held = Buffer.alloc(0)
  return {
    async read(bytes) {
      while (held.length < bytes) {
        const { value, done } = await stream.next().catch(endWhereMissing)
        if (done === true) return null
        held = Buffer.concat([held, value])
      }
      const piece = held.subarray(0, bytes)
      held = held.subarray(bytes)
      return piece
    },
  }
}

/** Where nothing ever came, Janus makes no file. */
function endWhereMissing(error: NodeJS.ErrnoException): IteratorReturnResult<undefined> {
  if (error.code === 'ENOENT') return { done: true, value: undefined }
  throw error
}

/** Timestamps of 32 bits begin again after a day; those that are a little older than the last are no new round. */
function createUnwrapper(): (timestamp: number) => number {
  let last: number | null = null
  return (timestamp) => {
    last = last === null ? timestamp : last + ((timestamp - (last >>> 0)) | 0)
    return last
  }
}

/** RFC 3550, 5.1: behind the fixed header come sources, an extension, and in the end padding. */
export function payloadOf(rtp: Uint8Array): Uint8Array {
  const first = rtp[0] ?? 0
  let start = RTP_HEADER_BYTES + 4 * (first & 0x0f)
  if ((first & 0x10) !== 0) start += 4 + 4 * (((rtp[start + 2] ?? 0) << 8) | (rtp[start + 3] ?? 0))
  const padding = (first & 0x20) === 0 ? 0 : (rtp.at(-1) ?? 0)
  return rtp.subarray(start, rtp.length - padding)
}
