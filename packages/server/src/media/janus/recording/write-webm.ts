import { EncodedAudioPacketSource, EncodedPacket, FilePathTarget, Output, WebMOutputFormat } from 'mediabunny'
import { opusDuration } from './opus-duration.ts'
import { type RecordedPacket, readMjr } from './read-mjr.ts'

const TICKS_PER_SECOND = 48_000
const TICKS_PER_MS = 48
/** 20 ms of nothing: a mono CELT frame that tells the decoder to be silent. */
const SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe)
const SILENCE_TICKS = 960
/** How far packets may overtake each other. */
const REORDERED_PACKETS = 20

/**
 * Puts what one person said, in one or several recordings of Janus, into one WebM file with Opus that begins at
 * `startedAt` (Unix ms) and lasts until `endedAt`: what is missing is silence, so that files of several people line up.
 * Resolves with whether there was anything; without, there is no file.
 */
export async function writeWebm(
  path: string,
  recordings: readonly string[],
  { startedAt, endedAt }: { readonly startedAt: number; readonly endedAt: number },
): Promise<boolean> {
  const parts = (await Promise.all(recordings.map(readMjr))).filter((part) => part?.header.codec === 'opus')
  const inOrder = parts
    .flatMap((part) => part ?? [])
    .sort((one, other) => one.header.startedAt - other.header.startedAt)
  if (inOrder.length === 0) return false

  const source = new EncodedAudioPacketSource('opus')
  const output = new Output({ format: new WebMOutputFormat(), target: new FilePathTarget(path) })
  output.addAudioTrack(source)
  await output.start()
  let position = 0

  async function add(data: Uint8Array, ticks: number): Promise<void> {
    const packet = new EncodedPacket(data, 'key', position / TICKS_PER_SECOND, ticks / TICKS_PER_SECOND)
    const decoderConfig = { codec: 'opus', numberOfChannels: 2, sampleRate: TICKS_PER_SECOND }
    await source.add(packet, position === 0 ? { decoderConfig } : undefined)
    position += ticks
  }
  async function beSilentUntil(ticks: number): Promise<void> {
    while (position + SILENCE_TICKS <= ticks) await add(SILENCE, SILENCE_TICKS)
  }

  try {
    for (const { header, packets } of inOrder) {
      const offset = Math.max(header.startedAt - startedAt, 0) * TICKS_PER_MS
      let first: number | null = null
      for await (const { timestamp, payload } of reordered(packets)) {
        first ??= timestamp
        const at = offset + timestamp - first
        const ticks = opusDuration(payload)
        // What is older than what was written came too late, or twice.
        if (ticks === 0 || at + ticks <= position) continue
        await beSilentUntil(at)
        await add(payload, ticks)
      }
    }
    await beSilentUntil((endedAt - startedAt) * TICKS_PER_MS)
    await output.finalize()
    return true
  } catch (error) {
    await output.cancel()
    throw error
  }
}

/** Packets in the order in which they were sent, as far as those few allow that are held back. */
async function* reordered(packets: AsyncIterable<RecordedPacket>): AsyncGenerator<RecordedPacket> {
  const held: RecordedPacket[] = []
  for await (const packet of packets) {
    const place = held.findLastIndex(({ timestamp }) => timestamp <= packet.timestamp) + 1
    held.splice(place, 0, packet)
    if (held.length > REORDERED_PACKETS) yield held.shift() as RecordedPacket
  }
  yield* held
}
