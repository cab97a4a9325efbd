import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixture } from '../testing/fixture.ts'
import { frequencyOf } from '../testing/frequency.ts'
import { decodeOpus } from './decode-opus.ts'
import { openOggOpusWriter } from './ogg-opus-writer.ts'
import { checksumOf, readOggPages, writeOggPage } from './ogg-page.ts'
import { SILENCE, samplesOfPacket } from './opus-packet.ts'
import { readOggOpus } from './read-ogg-opus.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-bot-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('reading', () => {
  it('finds a second of each tone, packet by packet', async () => {
    for (const hertz of [440, 880]) {
      const recording = readOggOpus(await readFile(fixture(`tone-${hertz}.ogg`)))
      expect(recording).toMatchObject({ channels: 1, preSkip: 312 })
      expect(recording.packets).toHaveLength(51)
      expect(recording.samples).toBe(51 * 960)
      const samples = await decodeOpus(recording)
      expect(frequencyOf(samples)).toBeCloseTo(hertz, -1)
    }
  })

  it('puts packets together that go on over pages', () => {
    const long = new Uint8Array(1000).fill(3)
    long[0] = 0xf8
    const head = new Uint8Array(19)
    head.set(Buffer.from('OpusHead'))
    head.set([1, 1], 8)
    const page = { granule: 0n, serial: 5, isLast: false, isFirst: false }
    const cut = 255 * 2
    const first = writeOggPage({ ...page, isFirst: true, sequence: 0, parts: [head] })
    const tags = writeOggPage({ ...page, sequence: 1, parts: [Buffer.from('OpusTags')] })
    const file = Buffer.concat([
      first,
      tags,
      pageOfPart(long.subarray(0, cut), false),
      pageOfPart(long.subarray(cut), true),
    ])
    expect(readOggOpus(file).packets.map((packet) => Buffer.from(packet))).toEqual([Buffer.from(long)])
  })

  it.each([
    ['text', 'It is no Ogg file.', () => Buffer.from('Once upon a time')],
    ['half a file', 'cut off', (file: Buffer) => file.subarray(0, 3000)],
    [
      'a damaged file',
      'damaged',
      (file: Buffer) => {
        file[2000] = (file[2000] ?? 0) ^ 1
        return file
      },
    ],
    [
      'Ogg without Opus',
      'no Opus',
      () =>
        writeOggPage({
          parts: [Buffer.from('\x01vorbis')],
          granule: 0n,
          isFirst: true,
          isLast: true,
          serial: 1,
          sequence: 0,
        }),
    ],
  ])('says what is wrong with %s', async (_, words, change) => {
    const file = change(await readFile(fixture('tone-440.ogg')))
    expect(() => readOggOpus(file)).toThrow(words)
  })
})

describe('writing', () => {
  it('keeps every packet and fills gaps with silence', async () => {
    const path = join(folder, 'written.ogg')
    const { packets } = readOggOpus(await readFile(fixture('tone-440.ogg')))
    {
      await using writer = await openOggOpusWriter({ path, title: 'Ann’s words' })
      writer.appendSilence(48_000)
      for (const packet of packets) writer.append(packet)
      expect(writer.samples).toBe(48_000 + 51 * 960)
      writer.appendSilence(writer.samples + 48_000)
    }
    const back = readOggOpus(await readFile(path))
    expect(back.packets.slice(50, 101)).toEqual(packets.map((packet) => Buffer.from(packet)))
    expect(back.packets.filter((packet) => Buffer.from(packet).equals(Buffer.from(SILENCE)))).toHaveLength(100)
    const samples = await decodeOpus(back)
    const loudest = (from: number, to: number) =>
      Math.max(...samples.subarray(from * 48_000, to * 48_000).map(Math.abs))
    expect(loudest(0, 0.99)).toBeLessThan(0.001)
    expect(loudest(1.2, 1.8)).toBeGreaterThan(0.2)
    expect(loudest(2.2, 2.9)).toBeLessThan(0.001)
  })

  it('numbers its pages and says which is the last', async () => {
    const path = join(folder, 'pages.ogg')
    {
      await using writer = await openOggOpusWriter({ path, title: '' })
      writer.appendSilence(48_000 * 3)
    }
    const pages = [...readOggPages(await readFile(path))]
    expect(pages.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4])
    expect(pages.map(({ isLast }) => isLast)).toEqual([false, false, false, false, true])
    expect(pages.map(({ granule }) => Number(granule))).toEqual([0, 0, 48_000, 96_000, 144_000])
  })

  it('refuses a path that can’t be written to', async () => {
    await expect(openOggOpusWriter({ path: join(folder, 'no', 'such.ogg'), title: '' })).rejects.toThrow('ENOENT')
  })
})

it('knows how long packets sound', () => {
  const lengthOf = (...bytes: number[]) => samplesOfPacket(Uint8Array.from(bytes)) / 48
  expect(lengthOf(0xf8)).toBe(20)
  expect(lengthOf(0x08)).toBe(20)
  expect(lengthOf(0x18)).toBe(60)
  expect(lengthOf(0xe0)).toBe(2.5)
  expect(lengthOf(0xf9)).toBe(40)
  expect(lengthOf(0xfb, 3)).toBe(60)
  expect(lengthOf(0xfb, 63)).toBe(0)
  expect(lengthOf()).toBe(0)
})

/** A page with the beginning or the end of a packet: `writeOggPage` makes only whole ones. */
function pageOfPart(part: Uint8Array, isEnd: boolean): Buffer {
  const lacing = [...Array<number>(Math.floor(part.length / 255)).fill(255), ...(isEnd ? [part.length % 255] : [])]
  const page = Buffer.concat([Buffer.alloc(27), Buffer.from(lacing), part])
  page.write('OggS')
  page[5] = isEnd ? 1 | 4 : 0
  page.writeBigInt64LE(isEnd ? 960n : -1n, 6)
  page.writeUInt32LE(5, 14)
  page[26] = lacing.length
  page.writeUInt32LE(checksumOf(page), 22)
  return page
}
