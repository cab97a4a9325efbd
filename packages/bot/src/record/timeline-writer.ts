import type { OggOpusWriter } from '../ogg/ogg-opus-writer.ts'
import { samplesOfPacket } from '../ogg/opus-packet.ts'

export interface TimedPacket {
  readonly ssrc: number
  /** Counted on beyond 16 bits. */
  readonly sequence: number
  /** RTP, 32 bits at 48 kHz. */
  readonly timestamp: number
  readonly payload: Uint8Array
  /** Since the beginning of the recording, in samples of 48 kHz. */
  readonly arrivedAt: number
}

/** Puts packets to their places on a recording's time: in order, what is missing as silence. */
export interface TimelineWriter {
  take(packet: TimedPacket): void
  /** Writes what still waits for packets before it. */
  finish(): void
}

/** So many packets wait for one that is late: half a second of speech. */
const PATIENCE = 25
/** A place that differs from the clock by more is wrong: the sender slept, or began anew. */
const MAX_DRIFT_SAMPLES = 48_000

export function createTimelineWriter(
  writer: Pick<OggOpusWriter, 'samples' | 'append' | 'appendSilence'>,
): TimelineWriter {
  let waiting: TimedPacket[] = []
  let ssrc: number | null = null
  let next: number | null = null
  /** Place of timestamp `fromTimestamp`. */
  let from = { timestamp: 0, place: 0 }

  function begin(packet: TimedPacket): void {
    finish()
    ssrc = packet.ssrc
    next = null
    anchor(packet)
  }

  function anchor({ timestamp, arrivedAt }: TimedPacket): void {
    from = { timestamp, place: Math.max(arrivedAt, writer.samples) }
  }

  const placeOf = ({ timestamp }: TimedPacket): number => from.place + ((timestamp - from.timestamp) | 0)

  function write(packet: TimedPacket): void {
    next = packet.sequence + 1
    if (samplesOfPacket(packet.payload) === 0) return
    if (Math.abs(placeOf(packet) - packet.arrivedAt) > MAX_DRIFT_SAMPLES) anchor(packet)
    writer.appendSilence(placeOf(packet))
    writer.append(packet.payload)
  }

  function drain(patience: number): void {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      if (first.sequence !== next && waiting.length <= patience && next !== null) return
      waiting.shift()
      write(first)
    }
  }

  function finish(): void {
    drain(0)
  }

  return {
    take(packet) {
      if (packet.ssrc !== ssrc) begin(packet)
      // Too late, or twice.
      if (next !== null && packet.sequence < next) return
      if (waiting.some(({ sequence }) => sequence === packet.sequence)) return
      const at = waiting.findLastIndex(({ sequence }) => sequence < packet.sequence)
      waiting = waiting.toSpliced(at + 1, 0, packet)
      drain(PATIENCE)
    },
    finish,
  }
}
