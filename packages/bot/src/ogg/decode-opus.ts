import { OpusDecoder } from 'opus-decoder'
import type { OpusRecording } from './read-ogg-opus.ts'

/** Decodes packets one after the other; must be freed, its memory is not Node's. */
export interface PacketDecoder extends Disposable {
  /** Samples of 48 kHz between -1 and 1, channels mixed into one; empty when the packet is broken. */
  decode(packet: Uint8Array): Float32Array
}

/** Starts a decoder for mono and stereo. */
export async function openPacketDecoder(): Promise<PacketDecoder> {
  const decoder = new OpusDecoder({ channels: 2 })
  await decoder.ready
  return {
    decode(packet) {
      const { channelData, samplesDecoded } = decoder.decodeFrame(packet)
      const [left, right] = channelData
      if (left === undefined || right === undefined) return new Float32Array(0)
      return left.subarray(0, samplesDecoded).map((sample, index) => (sample + (right[index] ?? 0)) / 2)
    },
    [Symbol.dispose]: () => decoder.free(),
  }
}

/** Decodes a whole recording, without what is to be skipped. */
export async function decodeOpus({
  packets,
  preSkip,
}: Pick<OpusRecording, 'packets' | 'preSkip'>): Promise<Float32Array> {
  using decoder = await openPacketDecoder()
  const parts = packets.map((packet) => decoder.decode(packet))
  const samples = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    samples.set(part, at)
    at += part.length
  }
  return samples.subarray(preSkip)
}
