import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { opusRtp } from '../rtp-fixture.ts'
import { TONES, type Tone } from '../voice-peer-fixture.ts'
import { tonesIn } from './recording-fixture.ts'
import { writeWebm } from './write-webm.ts'

/** Unix ms. */
const START = 1_900_000_000_000
const PACKETS_PER_SECOND = 50
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-webm-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Packets of a tone, from one 20 ms to another. */
function packetsOf(tone: Tone, from: number, until: number): readonly Buffer[] {
  const frames = TONES[tone] ?? []
  return Array.from({ length: until - from }, (_, index) =>
    opusRtp(from + index, 7, Buffer.from(frames[index % frames.length] ?? '', 'base64')),
  )
}

/** As Janus writes it, https://janus.conf.meetecho.com/docs/recordings. */
async function writeMjr(name: string, startedAt: number, packets: readonly Buffer[]): Promise<string> {
  const header = Buffer.from(JSON.stringify({ t: 'a', c: 'opus', s: startedAt * 1000 - 5, u: startedAt * 1000 }))
  const length = Buffer.alloc(2)
  length.writeUInt16BE(header.length)
  const records = packets.map((packet) => {
    const record = Buffer.alloc(10)
    record.write('MEET')
    record.writeUInt16BE(packet.length, 8)
    return Buffer.concat([record, packet])
  })
  const path = join(folder, name)
  await writeFile(path, Buffer.concat([Buffer.from('MJR00002'), length, header, ...records]))
  return path
}

const span = { startedAt: START, endedAt: START + 3000 }
/** What each tenth of a second sounds like; tones begin and end within one. */
const around = (tones: readonly (Tone | null)[]) => [0.5, 1.5, 2.5].map((second) => tones[second * 10])

test('what comes late, after a gap or in another recording keeps its time', async () => {
  const one = [...packetsOf(440, 0, PACKETS_PER_SECOND)]
  const other = packetsOf(880, 0, PACKETS_PER_SECOND)
  const paths = [await writeMjr('b.mjr', START + 2000, other), await writeMjr('a.mjr', START, one)]
  const file = join(folder, 'gap.webm')
  expect(await writeWebm(file, paths, span)).toBe(true)
  const tones = await tonesIn(file)
  expect(tones).toHaveLength(30)
  expect(around(tones)).toEqual([440, null, 880])

  const paused = await writeMjr('c.mjr', START, [...packetsOf(440, 0, 50), ...packetsOf(660, 100, 150)])
  expect(await writeWebm(file, [paused], span)).toBe(true)
  expect(around(await tonesIn(file))).toEqual([440, null, 660])
})

test('packets that overtook each other, or came twice, are put in order', async () => {
  const packets = packetsOf(440, 0, 150)
  const mixed = packets.flatMap((packet, index) =>
    index % 10 === 0 ? [...packets.slice(index, index + 10), packet].reverse() : [],
  )
  const file = join(folder, 'mixed.webm')
  expect(await writeWebm(file, [await writeMjr('d.mjr', START, mixed)], span)).toBe(true)
  const tones = await tonesIn(file)
  expect(tones).toHaveLength(30)
  expect(tones.slice(1, -1)).toEqual(Array(28).fill(440))
})

test('timestamps go on where their numbers begin again', async () => {
  const wrapping = packetsOf(440, 0, 150).map((packet, index) => {
    packet.writeUInt32BE((2 ** 32 - 50 * 960 + index * 960) % 2 ** 32, 4)
    return packet
  })
  const file = join(folder, 'wrap.webm')
  expect(await writeWebm(file, [await writeMjr('e.mjr', START, wrapping)], span)).toBe(true)
  expect(around(await tonesIn(file))).toEqual([440, 440, 440])
})

test('a recording that breaks off is used up to there; without anything there is no file', async () => {
  const whole = await writeMjr('f.mjr', START, packetsOf(440, 0, 50))
  const broken = Buffer.concat([Buffer.from('MJR00002'), Buffer.from([0])])
  const [short, missing] = [join(folder, 'short.mjr'), join(folder, 'missing.mjr')]
  await writeFile(short, broken)
  const file = join(folder, 'broken.webm')
  expect(await writeWebm(file, [short, missing, whole], span)).toBe(true)
  expect(around(await tonesIn(file))).toEqual([440, null, null])
  const none = join(folder, 'none.webm')
  expect(await writeWebm(none, [short, missing], span)).toBe(false)
  expect(existsSync(none)).toBe(false)
})
