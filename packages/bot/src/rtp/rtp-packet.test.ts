import { expect, it } from 'vitest'
import { isRtcp, type RtpPacket, readRtpPacket, writeRtpPacket } from './rtp-packet.ts'

const packet: RtpPacket = {
  payloadType: 111,
  isMarked: true,
  sequenceNumber: 65_535,
  timestamp: 0xfedc_ba98,
  ssrc: 0x8000_0001,
  level: { belowFullDb: 20, isVoice: true },
  payload: Uint8Array.of(1, 2, 3),
}

const read = (bytes: Uint8Array, levelId = 1) => {
  const found = readRtpPacket(bytes, levelId)
  return found === null ? null : { ...found, payload: Uint8Array.from(found.payload) }
}

it('reads what it wrote', () => {
  expect(read(writeRtpPacket(packet, 1))).toEqual(packet)
  expect(read(writeRtpPacket(packet, 0))).toEqual({ ...packet, level: null })
})

it('reads a level only under the id that was agreed', () => {
  expect(read(writeRtpPacket(packet, 3), 4)?.level).toBeNull()
  expect(read(writeRtpPacket(packet, 3), 3)?.level).toEqual(packet.level)
})

it('finds the level behind other extensions, and takes off sources and padding', () => {
  const bytes = Uint8Array.of(
    ...[0xb1, 111, 0, 7, 0, 0, 0, 9, 0, 0, 0, 5],
    ...[0, 0, 0, 77], // a contributing source
    ...[0xbe, 0xde, 0, 2],
    ...[0x31, 0xaa, 0xbb, 0, 0x10, 0x7f, 0, 0], // id 3, two bytes; padding; id 1
    ...[0xf8, 0xff],
    ...[0, 2], // padding
  )
  expect(read(bytes)).toEqual({
    payloadType: 111,
    isMarked: false,
    sequenceNumber: 7,
    timestamp: 9,
    ssrc: 5,
    level: { belowFullDb: 127, isVoice: false },
    payload: Uint8Array.of(0xf8, 0xff),
  })
})

it.each([
  ['nothing', []],
  ['another version', [0x40, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]],
  ['an extension that is longer than the packet', [0x90, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xbe, 0xde, 0, 9]],
  ['more padding than there are bytes', [0xa0, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 200]],
])('takes %s for no packet', (_, bytes) => {
  expect(readRtpPacket(Uint8Array.from(bytes), 1)).toBeNull()
})

it('tells RTCP from RTP by its type', () => {
  expect(isRtcp(Uint8Array.of(0x80, 200))).toBe(true)
  // Opus as payload type 111, marked.
  expect(isRtcp(Uint8Array.of(0x80, 239))).toBe(false)
  expect(isRtcp(Uint8Array.of(0x80, 111))).toBe(false)
})
