import { openPacketDecoder, type PacketDecoder } from '../ogg/decode-opus.ts'
import type { HeardPacket } from '../voice/voice-legs.ts'
import { amplitudeOf } from './frequency.ts'

/** What somebody hears, decoded, per person. */
export interface Ear extends Disposable {
  hear(heard: HeardPacket): void
  /** How loud `hertz` is in the last half second of this person's sound, as a sine's amplitude. */
  amplitude(userId: string, hertz: number): number
}

const WINDOW = 24_000

export async function openEar(): Promise<Ear> {
  const decoders = new Map<string, PacketDecoder>()
  const latest = new Map<string, Float32Array>()
  const spare = await Promise.all(Array.from({ length: 4 }, openPacketDecoder))
  return {
    hear({ userId, packet }) {
      const decoder = decoders.get(userId) ?? spare.pop()
      if (decoder === undefined) throw new Error('more people than this ear has decoders')
      decoders.set(userId, decoder)
      const samples = decoder.decode(packet.payload)
      const before = latest.get(userId) ?? new Float32Array(WINDOW)
      const next = new Float32Array(WINDOW)
      next.set(before.subarray(samples.length))
      next.set(samples, WINDOW - samples.length)
      latest.set(userId, next)
    },
    amplitude: (userId, hertz) => amplitudeOf(latest.get(userId) ?? new Float32Array(WINDOW), hertz),
    [Symbol.dispose]() {
      for (const decoder of [...decoders.values(), ...spare]) decoder[Symbol.dispose]()
    },
  }
}
