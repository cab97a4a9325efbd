/** Frame lengths by configuration number, RFC 6716, table 2: in ticks of 48 kHz. */
const SILK_TICKS = [480, 960, 1920, 2880]
const HYBRID_TICKS = [480, 960]
const CELT_TICKS = [120, 240, 480, 960]

/** How long an Opus packet sounds, in ticks of 48 kHz; 0 for one that is none. RFC 6716, 3.1 and 3.2. */
export function opusDuration(packet: Uint8Array): number {
  const toc = packet[0]
  if (toc === undefined) return 0
  const configuration = toc >> 3
  const frames = framesIn(toc & 3, packet[1])
  if (configuration < 12) return frames * (SILK_TICKS[configuration % 4] ?? 0)
  if (configuration < 16) return frames * (HYBRID_TICKS[configuration % 2] ?? 0)
  return frames * (CELT_TICKS[configuration % 4] ?? 0)
}

function framesIn(code: number, count: number | undefined): number {
  if (code === 0) return 1
  return code === 3 ? (count ?? 0) & 0x3f : 2
}
