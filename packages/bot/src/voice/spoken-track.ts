import { readFile } from 'node:fs/promises'
import { BotError } from '../bot-error.ts'
import { openPacketDecoder } from '../ogg/decode-opus.ts'
import { OPUS_RATE, samplesOfPacket } from '../ogg/opus-packet.ts'
import { readOggOpus } from '../ogg/read-ogg-opus.ts'
import type { AudioLevel } from '../rtp/rtp-packet.ts'

/** Sound that a bot can play: Opus packets as they were encoded, and how loud each is. */
export interface SpokenTrack {
  readonly packets: readonly { readonly payload: Uint8Array; readonly samples: number; readonly level: AudioLevel }[]
  readonly durationMs: number
}

/** Softer than this is no speech. */
const VOICE_AT_MOST_BELOW_DB = 60
const SILENT_DB = 127

/** How loud samples between -1 and 1 are: their root mean square, as RFC 6464 counts. */
export function levelOf(samples: Float32Array): AudioLevel {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length)
  const belowFullDb = power === 0 ? SILENT_DB : Math.min(SILENT_DB, Math.max(0, Math.round(-10 * Math.log10(power))))
  return { belowFullDb, isVoice: belowFullDb <= VOICE_AT_MOST_BELOW_DB }
}

/** Reads an Ogg Opus file for playing. Nothing is encoded anew; it is decoded once, to know how loud it is. */
export async function loadSpokenTrack(path: string): Promise<SpokenTrack> {
  const file = await readFile(path).catch((cause: unknown) => {
    throw new BotError('file', `${path} can't be read. Check the path.`, { cause })
  })
  let recording: ReturnType<typeof readOggOpus>
  try {
    recording = readOggOpus(file)
  } catch (cause) {
    throw new BotError('file', `${path} can't be played. ${cause instanceof Error ? cause.message : ''}`, { cause })
  }
  using decoder = await openPacketDecoder()
  const packets = recording.packets.map((payload) => ({
    payload,
    samples: samplesOfPacket(payload),
    level: levelOf(decoder.decode(payload)),
  }))
  return { packets, durationMs: (recording.samples * 1000) / OPUS_RATE }
}
