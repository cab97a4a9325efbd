/** Opus counts time in 1/48000 s, whatever the audio's own rate. */
export const OPUS_RATE = 48_000

/** 20 ms of silence, mono: what an encoder makes of zeros. */
export const SILENCE: Uint8Array = Uint8Array.of(0xf8, 0xff, 0xfe)
export const SILENCE_SAMPLES = 960

/** Samples of a frame, by the configuration in a packet's first byte (RFC 6716, table 2). */
const SILK_FRAMES = [480, 960, 1920, 2880] as const
const HYBRID_FRAMES = [480, 960] as const
const CELT_FRAMES = [120, 240, 480, 960] as const

function samplesPerFrame(toc: number): number {
  const configuration = toc >> 3
  if (configuration < 12) return SILK_FRAMES[configuration % 4] ?? 0
  if (configuration < 16) return HYBRID_FRAMES[configuration % 2] ?? 0
  return CELT_FRAMES[configuration % 4] ?? 0
}

/** How long a packet sounds, in samples of 48 kHz: at most 120 ms. 0 for what is no Opus packet. */
export function samplesOfPacket(packet: Uint8Array): number {
  const toc = packet[0]
  if (toc === undefined) return 0
  const code = toc & 3
  const frames = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 0) & 0x3f
  const samples = frames * samplesPerFrame(toc)
  return samples > 5760 ? 0 : samples
}
