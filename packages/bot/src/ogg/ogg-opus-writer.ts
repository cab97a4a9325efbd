import { randomInt } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { segmentsOf, writeOggPage } from './ogg-page.ts'
import { OPUS_RATE, SILENCE, SILENCE_SAMPLES, samplesOfPacket } from './opus-packet.ts'

export interface OggOpusWriterOptions {
  readonly path: string
  /** What players show. */
  readonly title: string
}

/** An Ogg Opus file that grows packet by packet; what was written is playable at any time. */
export interface OggOpusWriter extends AsyncDisposable {
  /** Length so far, in samples of 48 kHz. */
  readonly samples: number
  append(packet: Uint8Array): void
  /** Fills with silence up to `samples`, to a packet's length. */
  appendSilence(samples: number): void
  /** Writes the end. Rejects when not everything could be written. */
  close(): Promise<void>
}

/** A page a second: what a crash may cost. */
const PAGE_SAMPLES = OPUS_RATE
const MAX_SEGMENTS = 255

/** Creates the file, or replaces it. Rejects when it can't be written to. */
export async function openOggOpusWriter({ path, title }: OggOpusWriterOptions): Promise<OggOpusWriter> {
  const file = await open(path, 'w')
  const serial = randomInt(2 ** 32)
  let sequence = 0
  let samples = 0
  let parts: Uint8Array[] = []
  let segments = 0
  let pageSamples = 0
  let written: Promise<unknown> = Promise.resolve()
  let failure: unknown = null

  function write(page: {
    readonly parts: readonly Uint8Array[]
    readonly isFirst?: boolean
    readonly isLast?: boolean
  }): void {
    const { isFirst = false, isLast = false } = page
    const bytes = writeOggPage({ parts: page.parts, isFirst, isLast, granule: BigInt(samples), serial, sequence })
    sequence += 1
    written = written
      .then(() => writeAll(file, bytes))
      .catch((error: unknown) => {
        failure ??= error
      })
  }

  function flush(isLast: boolean): void {
    write({ parts, isLast })
    parts = []
    segments = 0
    pageSamples = 0
  }

  function append(packet: Uint8Array): void {
    const needed = segmentsOf(packet)
    if (parts.length > 0 && (pageSamples >= PAGE_SAMPLES || segments + needed > MAX_SEGMENTS)) flush(false)
    // The buffer that a packet came in is used again.
    parts.push(Uint8Array.from(packet))
    segments += needed
    const length = samplesOfPacket(packet)
    pageSamples += length
    samples += length
  }

  async function close(): Promise<void> {
    flush(true)
    await written
    await file.close()
    if (failure !== null) throw failure
  }

  write({ parts: [opusHead()], isFirst: true })
  write({ parts: [opusTags(title)] })
  return {
    get samples() {
      return samples
    },
    append,
    appendSilence(until) {
      while (samples + SILENCE_SAMPLES <= until) append(SILENCE)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten
}

/** Stereo serves mono packets too: each packet says which it is. Nothing is skipped, as live sound has no beginning. */
function opusHead(): Buffer {
  const head = Buffer.alloc(19)
  head.write('OpusHead', 'latin1')
  head[8] = 1
  head[9] = 2
  head.writeUInt32LE(OPUS_RATE, 12)
  return head
}

function opusTags(title: string): Buffer {
  const text = (value: string): Buffer => {
    const bytes = Buffer.from(value)
    const length = Buffer.alloc(4)
    length.writeUInt32LE(bytes.length)
    return Buffer.concat([length, bytes])
  }
  const count = Buffer.alloc(4)
  count.writeUInt32LE(1)
  return Buffer.concat([Buffer.from('OpusTags'), text('parley-bot'), count, text(`TITLE=${title}`)])
}
