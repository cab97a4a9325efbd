import { expect, it } from 'vitest'
import { createReception, type Reception } from './reception.ts'
import type { RtpPacket } from './rtp-packet.ts'

const packet = (sequenceNumber: number, timestamp = sequenceNumber * 960): RtpPacket => ({
  payloadType: 111,
  isMarked: false,
  sequenceNumber: sequenceNumber & 0xffff,
  timestamp: timestamp >>> 0,
  ssrc: 9,
  level: { belowFullDb: 30, isVoice: true },
  payload: new Uint8Array(50),
})

/** A stream from `from` on, of which these packets came, each 20 ms after the one before it in the stream. */
function arrived(from: number, sequence: readonly number[]): Reception {
  const reception = createReception(packet(from))
  for (const number of sequence) reception.receive(packet(number), number * 20)
  return reception
}

it('counts what is missing, across the turn of the counter', () => {
  const all = Array.from({ length: 20 }, (_, index) => 65_526 + index)
  const some = all.filter((number) => number !== 65_530 && number !== 65_537)
  expect(arrived(65_526, all).figures()).toMatchObject({ packetsReceived: 20, packetsLost: 0, bytesReceived: 1000 })
  expect(arrived(65_526, some).figures()).toMatchObject({ packetsReceived: 18, packetsLost: 2 })
})

it('does not take for lost what comes late', () => {
  const reception = createReception(packet(1))
  const places = [1, 2, 5, 4, 3, 6].map((number) => reception.receive(packet(number), number * 20))
  expect(places).toEqual([1, 2, 5, 4, 3, 6])
  expect(reception.figures().packetsLost).toBe(0)
})

it('gives late packets from before the turn their place', () => {
  const reception = createReception(packet(65_534))
  expect([65_534, 65_536, 65_535].map((number) => reception.receive(packet(number), number * 20))).toEqual([
    65_534, 65_536, 65_535,
  ])
})

it('reports what was lost since the report before', () => {
  const reception = arrived(1, [1, 2, 3, 5])
  expect(reception.report(0)).toMatchObject({ fractionLost: 0.2, packetsLost: 1, highestSequence: 5 })
  for (const number of [6, 7, 8, 9]) reception.receive(packet(number), number * 20)
  expect(reception.report(0)).toMatchObject({ fractionLost: 0, packetsLost: 1, highestSequence: 9 })
})

it('finds no jitter in packets as evenly spaced as they were sent, pauses included', () => {
  const reception = createReception(packet(0))
  for (const [index, number] of [0, 1, 2, 22, 23].entries()) reception.receive(packet(index, number * 960), number * 20)
  expect(reception.figures().jitterMs).toBe(0)
})

it('smooths jitter by sixteenths, as RFC 3550 wants', () => {
  const reception = createReception(packet(0))
  reception.receive(packet(0), 0)
  reception.receive(packet(1), 28)
  expect(reception.figures().jitterMs).toBeCloseTo(8 / 16)
  reception.receive(packet(2), 40)
  expect(reception.figures().jitterMs).toBeCloseTo(0.5 + (8 - 0.5) / 16)
})

it('follows timestamps over their turn', () => {
  const reception = createReception(packet(0))
  for (let number = 0; number < 4; number += 1)
    reception.receive(packet(number, 2 ** 32 - 1920 + number * 960), number * 20)
  expect(reception.figures().jitterMs).toBeCloseTo(0)
})

it('leaves a single stray packet out, and begins anew with a sender that starts again', () => {
  const reception = arrived(1, [1, 2, 3])
  expect(reception.receive(packet(30_000), 80)).toBeNull()
  expect(reception.receive(packet(4), 80)).toBe(4)
  expect(reception.receive(packet(40_000), 100)).toBeNull()
  expect(reception.receive(packet(40_001), 120)).toBe(40_001)
  expect(reception.receive(packet(40_002), 140)).toBe(40_002)
  expect(reception.figures()).toMatchObject({ packetsLost: 0, packetsReceived: 6 })
})

it('says when the sender’s report came, for the sender to know the way there and back', () => {
  const reception = arrived(1, [1])
  expect(reception.report(0)).toMatchObject({ lastSenderReport: 0, delaySinceLastReport: 0 })
  const sender = { sentAtMs: 0, timestamp: 0, packets: 1, octets: 1, middleOfNtp: 1234 }
  reception.noteReport({ ssrc: 9, sender, blocks: [] }, 1000)
  expect(reception.report(1500)).toMatchObject({ lastSenderReport: 1234, delaySinceLastReport: 32_768 })
})
