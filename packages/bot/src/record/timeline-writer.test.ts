import { describe, expect, it } from 'vitest'
import { fileNameOf } from './recorder.ts'
import { createTimelineWriter, type TimedPacket } from './timeline-writer.ts'

/** What was written: numbers of packets, and how many packets of silence. */
function openTape() {
  const written: string[] = []
  let samples = 0
  const timeline = createTimelineWriter({
    get samples() {
      return samples
    },
    append(packet) {
      written.push(`${packet[1]}`)
      samples += 960
    },
    appendSilence(until) {
      const count = Math.max(0, Math.floor((until - samples) / 960))
      if (count > 0) written.push(`${count} silent`)
      samples += count * 960
    },
  })
  return { written, timeline }
}

const packet = (sequence: number, change: Partial<TimedPacket> = {}): TimedPacket => ({
  ssrc: 1,
  sequence,
  timestamp: sequence * 960,
  payload: Uint8Array.of(0xf8, sequence),
  arrivedAt: sequence * 960,
  ...change,
})

describe('the tape of one person', () => {
  it('begins with silence up to their first word', () => {
    const { written, timeline } = openTape()
    for (const number of [10, 11, 12]) timeline.take(packet(number))
    expect(written).toEqual(['10 silent', '10', '11', '12'])
  })

  it('puts late packets where they belong, and leaves out what came twice', () => {
    const { written, timeline } = openTape()
    for (const number of [0, 2, 3, 2, 1, 4, 3]) timeline.take(packet(number))
    expect(written).toEqual(['0', '1', '2', '3', '4'])
  })

  it('waits half a second for a lost packet, then puts silence in its place', () => {
    const { written, timeline } = openTape()
    timeline.take(packet(0))
    for (let number = 2; number < 27; number += 1) timeline.take(packet(number))
    expect(written).toEqual(['0'])
    timeline.take(packet(27))
    expect(written.slice(0, 4)).toEqual(['0', '1 silent', '2', '3'])
    expect(written).toHaveLength(28)
  })

  it('writes what waits when it ends', () => {
    const { written, timeline } = openTape()
    for (const number of [0, 2, 4]) timeline.take(packet(number))
    timeline.finish()
    expect(written).toEqual(['0', '1 silent', '2', '1 silent', '4'])
  })

  it('keeps pauses as long as they were, over the turn of the timestamps', () => {
    const { written, timeline } = openTape()
    timeline.take(packet(0, { timestamp: 2 ** 32 - 960 }))
    timeline.take(packet(1, { timestamp: 960 * 49, arrivedAt: 960 * 50 }))
    expect(written).toEqual(['0', '49 silent', '1'])
  })

  it('goes by the clock when a sender begins anew', () => {
    const { written, timeline } = openTape()
    timeline.take(packet(0))
    timeline.take(packet(7, { ssrc: 2, timestamp: 123_456, arrivedAt: 960 * 100 }))
    timeline.take(packet(8, { ssrc: 2, timestamp: 123_456 + 960, arrivedAt: 960 * 101 }))
    expect(written).toEqual(['0', '99 silent', '7', '8'])
  })

  it('goes by the clock when timestamps run away from it', () => {
    const { written, timeline } = openTape()
    timeline.take(packet(0))
    timeline.take(packet(1, { timestamp: 960 * 100_000, arrivedAt: 960 * 3 }))
    expect(written).toEqual(['0', '2 silent', '1'])
  })
})

it('makes names fit for files of names of people', () => {
  expect(fileNameOf('Ann-Marie O’Neill')).toBe('Ann-Marie-O-Neill')
  expect(fileNameOf('../../etc/passwd')).toBe('etc-passwd')
  expect(fileNameOf('آن')).toBe('آن')
  expect(fileNameOf('///')).toBe('')
})
