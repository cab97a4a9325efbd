import { type OggPage, readOggPages } from './ogg-page.ts'
import { samplesOfPacket } from './opus-packet.ts'

/** The Opus packets of a file, as they were encoded. */
export interface OpusRecording {
  /** 1 or 2. */
  readonly channels: number
  /** Samples of 48 kHz at the beginning that are not meant to be heard. */
  readonly preSkip: number
  readonly packets: readonly Uint8Array[]
  /** How long all packets last, in samples of 48 kHz, what is skipped included. */
  readonly samples: number
}

/**
 * Reads an Ogg Opus file (RFC 7845): its first Opus stream, packet for packet. Throws an error with a sentence
 * for the person who named the file.
 */
export function readOggOpus(file: Uint8Array): OpusRecording {
  const packets: Uint8Array[] = []
  let serial: number | null = null
  let head: { readonly channels: number; readonly preSkip: number } | null = null
  let pending: Uint8Array[] = []
  for (const page of readOggPages(file)) {
    if (page.isFirst && serial === null && isOpusHead(page)) {
      serial = page.serial
      head = readHead(page.parts[0] ?? new Uint8Array())
      continue
    }
    if (page.serial !== serial) continue
    if (!page.isContinued) pending = []
    for (const [index, part] of page.parts.entries()) {
      pending.push(part)
      if (index === page.parts.length - 1 && !page.endsWhole) break
      packets.push(pending.length === 1 ? part : Buffer.concat(pending))
      pending = []
    }
    if (page.isLast) break
  }
  if (head === null) throw new Error('There is no Opus in the file. Encode it first, for example with opusenc.')
  // The first packet holds the tags.
  const sound = packets.slice(1).filter((packet) => samplesOfPacket(packet) > 0)
  if (sound.length === 0) throw new Error('The file holds no sound.')
  return { ...head, packets: sound, samples: sound.reduce((sum, packet) => sum + samplesOfPacket(packet), 0) }
}

const isOpusHead = ({ parts: [first] }: OggPage): boolean =>
  first !== undefined && Buffer.from(first.subarray(0, 8)).toString('latin1') === 'OpusHead'

function readHead(head: Uint8Array): { readonly channels: number; readonly preSkip: number } {
  const [version = 0, channels = 0] = head.subarray(8)
  if (head.length < 19 || version >> 4 !== 0) throw new Error('The Opus in the file is of a kind that is not known.')
  const family = head[18]
  if (family !== 0) {
    throw new Error(`The file has ${channels} channels as surround sound. Encode it with one or two channels.`)
  }
  return { channels, preSkip: (head[10] ?? 0) + (head[11] ?? 0) * 256 }
}
