import { expect, test } from 'vitest'
import { createRandom } from '../testing/random.ts'
import { createFrameOpener, createFrameSealer, FRAME_OVERHEAD_BYTES, type Frame } from './frame-cipher.ts'
import { createRoomKey, importRoomKey } from './room-key.ts'

const ROOM = 'room-1'
const KEY = createRoomKey()
const root = await importRoomKey(KEY)
const seed = Math.floor(Math.random() * 2 ** 32)
const random = createRandom(seed)
const bytes = (length: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length }, () => Math.floor(random() * 256))
const audio = (data: ArrayBuffer): Frame => ({ data, kind: 'audio', isKeyFrame: false })
const video = (data: ArrayBuffer, isKeyFrame: boolean): Frame => ({ data, kind: 'video', isKeyFrame })
const hex = (data: ArrayBuffer | null): string | null => (data === null ? null : Buffer.from(data).toString('hex'))
async function sealed(frame: Frame, sealer = createFrameSealer(root, ROOM, 'ada')): Promise<Frame> {
  return { ...frame, data: (await sealer.seal(frame)) ?? new ArrayBuffer() }
}

test('frames of any size come out as they went in, for who has the key and knows who speaks', async () => {
  const opener = createFrameOpener(root, ROOM)
  const sealer = createFrameSealer(root, ROOM, 'ada')
  for (const length of [1, 2, 3, 9, 10, 11, 120, 1275, 40_000]) {
    const data = bytes(length)
    for (const frame of [audio(data.buffer), video(data.buffer, true), video(data.buffer, false)]) {
      const made = await sealed(frame, sealer)
      expect(made.data.byteLength).toBe(length + FRAME_OVERHEAD_BYTES)
      expect(hex(await opener.open(made, 'ada')), `seed ${seed}, ${length} bytes`).toBe(hex(data.buffer))
    }
  }
})

test('what a media server reads of video stays readable, and can’t be changed', async () => {
  const data = bytes(200)
  for (const [isKeyFrame, clear] of [
    [true, 10],
    [false, 3],
  ] as const) {
    const made = await sealed(video(data.buffer, isKeyFrame))
    expect([...new Uint8Array(made.data, 0, clear)]).toEqual([...data.slice(0, clear)])
    expect(hex(made.data)).not.toContain(hex(data.slice(clear, clear + 12).buffer))
    for (let index = 0; index < clear; index += 1) {
      const changed = new Uint8Array(made.data.slice(0))
      changed[index] = (changed[index] ?? 0) ^ 1
      expect(await createFrameOpener(root, ROOM).open({ ...made, data: changed.buffer }, 'ada')).toBeNull()
    }
  }
  const voice = await sealed(audio(data.buffer))
  expect(hex(voice.data)).not.toContain(hex(data.slice(0, 12).buffer))
})

test('another key, room, person or kind, plain frames, noise and any changed bit are dropped', async () => {
  const data = bytes(80)
  const made = await sealed(audio(data.buffer))
  const opener = createFrameOpener(root, ROOM)
  expect(await createFrameOpener(await importRoomKey(createRoomKey()), ROOM).open(made, 'ada')).toBeNull()
  expect(await createFrameOpener(root, 'room-2').open(made, 'ada')).toBeNull()
  expect(await opener.open(made, 'bo')).toBeNull()
  expect(await opener.open({ ...made, kind: 'video' }, 'ada')).toBeNull()
  for (const length of [0, 1, 28, 29, 30, 200]) expect(await opener.open(audio(bytes(length).buffer), 'ada')).toBeNull()
  for (let index = 0; index < made.data.byteLength; index += 1) {
    const changed = new Uint8Array(made.data.slice(0))
    changed[index] = (changed[index] ?? 0) ^ (1 << Math.floor(random() * 8))
    expect(await opener.open({ ...made, data: changed.buffer }, 'ada'), `seed ${seed}, byte ${index}`).toBeNull()
  }
  expect(hex(await opener.open(made, 'ada'))).toBe(hex(data.buffer))
})

test('a frame is played once: late ones and those in another order are, old ones and copies are not', async () => {
  const sealer = createFrameSealer(root, ROOM, 'ada')
  const frames: Frame[] = []
  for (let index = 0; index < 2200; index += 1) frames.push(await sealed(audio(bytes(4).buffer), sealer))
  const opener = createFrameOpener(root, ROOM)
  const plays = async (index: number): Promise<boolean> =>
    (await opener.open(frames[index] ?? audio(new ArrayBuffer()), 'ada')) !== null

  expect(await plays(1)).toBe(true)
  expect(await plays(0)).toBe(true)
  expect([await plays(0), await plays(1)]).toEqual([false, false])
  // Both copies at once.
  expect((await Promise.all([plays(2), plays(2)])).filter(Boolean)).toHaveLength(1)
  const shuffled = Array.from({ length: 500 }, (_, index) => 3 + index).sort(() => random() - 0.5)
  for (const index of shuffled) expect(await plays(index), `seed ${seed}, frame ${index}`).toBe(true)
  for (const index of shuffled) expect(await plays(index), `seed ${seed}, frame ${index}`).toBe(false)
  // After a gap, as when another layer was watched.
  expect(await plays(2100)).toBe(true)
  expect(await plays(2099)).toBe(true)
  expect(await plays(600)).toBe(false)
  // Frames that are still in the window from before the gap stay taken.
  for (let index = 2101; index < 2200; index += 1) expect(await plays(index)).toBe(true)
  expect(await plays(2100)).toBe(false)
})

test('no nonce is used twice under one key, over senders, tabs and reconnects', async () => {
  const used = new Set<string>()
  let sealers = [createFrameSealer(root, ROOM, 'ada'), createFrameSealer(root, ROOM, 'ada')]
  let count = 0
  for (let turn = 0; turn < 400; turn += 1) {
    if (random() < 0.1) sealers = [...sealers.slice(1), createFrameSealer(root, ROOM, 'ada')]
    const burst = Array.from({ length: 1 + Math.floor(random() * 6) }, () => {
      const sealer = sealers[Math.floor(random() * sealers.length)]
      return sealed(random() < 0.5 ? audio(bytes(20).buffer) : video(bytes(60).buffer, true), sealer)
    })
    count += burst.length
    // Counter and key id, as they stand in the trailer.
    for (const { data } of await Promise.all(burst)) used.add(new Uint8Array(data).slice(-13, -1).join())
  }
  expect(used.size, `seed ${seed}`).toBe(count)
})
