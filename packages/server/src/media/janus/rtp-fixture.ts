export const OPUS = 111
export const VP8 = 96

const OPUS_SAMPLES = 960
const VIDEO_TICKS = 1800
const LEVEL_DBOV = 20

/** A packet of 20 ms of Opus (RFC 3550), with its level (RFC 6464) in a one-byte extension. */
export function opusRtp(sequence: number, ssrc: number, frame: Uint8Array): Buffer {
  const extension = Buffer.from([0xbe, 0xde, 0, 1, 0x10, 0x80 | LEVEL_DBOV, 0, 0])
  const header = rtpHeader(sequence, sequence * OPUS_SAMPLES, ssrc, OPUS)
  header[0] = 0x90
  return Buffer.concat([header, extension, frame])
}

export type SentLayer = 'low' | 'medium' | 'high'
/** No real picture: what tells the sizes apart is how many bytes they have. */
const LAYER_BYTES: Readonly<Record<SentLayer, number>> = { low: 60, medium: 200, high: 600 }
const LAYERS = ['low', 'medium', 'high'] as const

/** A key frame of VP8 (RFC 7741) in as many sizes as there are sources, the smallest first. One source: the largest. */
export function vp8Rtp(sequence: number, ssrcs: readonly number[]): readonly Buffer[] {
  const layers = LAYERS.slice(-ssrcs.length)
  return ssrcs.map((ssrc, index) => {
    const header = rtpHeader(sequence, sequence * VIDEO_TICKS, ssrc, VP8)
    header[1] = 0x80 | VP8
    const picture = sequence & 0x7fff
    const descriptor = [0x90, 0x80, 0x80 | (picture >> 8), picture & 0xff]
    const keyFrame = [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00]
    const rest = Buffer.alloc(LAYER_BYTES[layers[index] ?? 'high'])
    return Buffer.concat([header, Buffer.from([...descriptor, ...keyFrame]), rest])
  })
}

/** Which one of them this payload is. */
export const layerOf = (payload: Uint8Array): SentLayer =>
  LAYERS.find((layer) => payload.length < LAYER_BYTES[layer] + 30) ?? 'high'

function rtpHeader(sequence: number, timestamp: number, ssrc: number, type: number): Buffer {
  const header = Buffer.alloc(12)
  header[0] = 0x80
  header[1] = type
  header.writeUInt16BE(sequence & 0xffff, 2)
  header.writeUInt32BE(timestamp % 2 ** 32, 4)
  header.writeUInt32BE(ssrc, 8)
  return header
}
