import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny'
import { OpusDecoder } from 'opus-decoder'
import { type Tone, toneOf } from '../voice-peer-fixture.ts'

const SAMPLES_PER_TENTH = 4800

/** The tone in each tenth of a second of a file. */
export async function tonesIn(path: string): Promise<readonly (Tone | null)[]> {
  const input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(path) })
  const track = await input.getPrimaryAudioTrack()
  if (track === null) throw new Error('the file has no sound')
  const frames: Uint8Array[] = []
  for await (const { data } of new EncodedPacketSink(track).packets()) frames.push(data)
  const decoder = new OpusDecoder({ channels: 1 })
  await decoder.ready
  const samples = decoder.decodeFrames(frames).channelData[0] ?? new Float32Array()
  decoder.free()
  return Array.from({ length: Math.floor(samples.length / SAMPLES_PER_TENTH) }, (_, index) =>
    toneOf(samples.subarray(index * SAMPLES_PER_TENTH, (index + 1) * SAMPLES_PER_TENTH)),
  )
}
