import { expect, it } from 'vitest'
import { middleOfNtp, type ReportBlock, readRtcp, reportNowMs, roundTripMs, writeRtcp } from './rtcp.ts'

const block: ReportBlock = {
  ssrc: 7,
  fractionLost: 0.25,
  packetsLost: -3,
  highestSequence: 70_000,
  jitter: 96,
  lastSenderReport: 0xffff_0001,
  delaySinceLastReport: 65_536,
}

it('reads the reports that it wrote, and passes over what is none', () => {
  const sender = { sentAtMs: 1_800_000_000_250, timestamp: 0xffff_ffff, packets: 10, octets: 1000 }
  const both = Buffer.concat([
    writeRtcp({ ssrc: 1, sender, blocks: [block] }, 'a-name'),
    writeRtcp({ ssrc: 2, sender: null, blocks: [block, { ...block, packetsLost: 8_000_000 }] }, ''),
  ])
  const [first, second, ...rest] = readRtcp(both)
  expect(rest).toEqual([])
  expect(first).toEqual({
    ssrc: 1,
    sender: { ...sender, sentAtMs: expect.closeTo(sender.sentAtMs, 3), middleOfNtp: middleOfNtp(sender.sentAtMs) },
    blocks: [block],
  })
  expect(second).toEqual({ ssrc: 2, sender: null, blocks: [block, { ...block, packetsLost: 8_000_000 }] })
})

it('writes whole words, as the length in each head says', () => {
  for (const name of ['', 'a', 'ab', 'abc', 'abcd', 'abcde']) {
    const bytes = writeRtcp({ ssrc: 1, sender: null, blocks: [] }, name)
    expect(bytes.length % 4).toBe(0)
    expect(8 + (bytes.readUInt16BE(10) + 1) * 4).toBe(bytes.length)
    // Ends with a zero.
    expect(bytes.at(-1)).toBe(0)
  }
})

it('ends at a packet that is cut off', () => {
  const bytes = writeRtcp({ ssrc: 1, sender: null, blocks: [block] }, 'x')
  expect(readRtcp(bytes.subarray(0, 20))).toEqual([])
  expect(readRtcp(new Uint8Array(0))).toEqual([])
})

it('takes the way there and back from a report: its arrival less the sending less the rest at the receiver', () => {
  const sentAtMs = 1_800_000_000_000
  const answer = { lastSenderReport: middleOfNtp(sentAtMs), delaySinceLastReport: 1.5 * 65_536 }
  expect(roundTripMs(answer, sentAtMs + 1500 + 42)).toBeCloseTo(42, 1)
  // The 16 bits of seconds turn over every 18 hours.
  const beforeTurn = Math.ceil(sentAtMs / 65_536_000) * 65_536_000 - (2_208_988_800_000 % 65_536_000) - 10
  const turning = { lastSenderReport: middleOfNtp(beforeTurn), delaySinceLastReport: 0 }
  expect(roundTripMs(turning, beforeTurn + 30)).toBeCloseTo(30, 1)
  expect(roundTripMs({ lastSenderReport: 0, delaySinceLastReport: 0 }, sentAtMs)).toBeNull()
})

it('reports at moments finer than a millisecond, as a way there and back may be', () => {
  const moments = Array.from({ length: 100 }, reportNowMs)
  expect(moments.some((moment) => !Number.isInteger(moment))).toBe(true)
  expect(Math.abs(reportNowMs() - Date.now())).toBeLessThan(60_000)
})
