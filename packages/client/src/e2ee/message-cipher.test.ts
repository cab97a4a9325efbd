import { SIZES } from '@parley/protocol/constants'
import { expect, test } from 'vitest'
import { createRandom } from '../testing/random.ts'
import { fromBase64Url, toBase64Url } from './base64url.ts'
import { createMessageCipher, isSealed, kindOf, type MessagePlace } from './message-cipher.ts'
import { createRoomKey, importRoomKey, isRoomKey } from './room-key.ts'

const ROOM = 'room-1'
const place: MessagePlace = { senderId: 'ada', kind: 'new', reference: 'c1', replyToId: 'm0', messageType: 'text' }
const cipherOf = (key: string, room = ROOM) => createMessageCipher(importRoomKey(key), room)

test('whoever holds the key reads it; another key, another room, and another place do not', async () => {
  const key = createRoomKey()
  const content = await cipherOf(key).seal('hello 👋', place)
  expect(content).not.toContain('hello')
  expect(isSealed(content)).toBe(true)
  expect(kindOf(content)).toBe('new')
  expect(await cipherOf(key).open(content, place)).toBe('hello 👋')

  expect(await cipherOf(createRoomKey()).open(content, place)).toBeNull()
  expect(await cipherOf(key, 'room-2').open(content, place)).toBeNull()
  const elsewhere: Partial<MessagePlace>[] = [
    { senderId: 'bo' },
    { kind: 'edit' },
    { reference: 'c2' },
    { replyToId: 'm1' },
    { messageType: 'file' },
    // The same characters, divided otherwise.
    { reference: 'c', replyToId: '1m0' },
  ]
  for (const change of elsewhere) expect(await cipherOf(key).open(content, { ...place, ...change })).toBeNull()
})

test('what was changed anywhere on the way is not read', async () => {
  const key = createRoomKey()
  const content = await cipherOf(key).seal('transfer 10 to Ada', place)
  const bytes = fromBase64Url(content.slice(3)) ?? new Uint8Array()
  const seed = Math.floor(Math.random() * 2 ** 32)
  const random = createRandom(seed)
  for (let index = 0; index < bytes.length; index += 1) {
    const changed = bytes.slice()
    changed[index] = (changed[index] ?? 0) ^ (1 << Math.floor(random() * 8))
    expect(await cipherOf(key).open(`e1.${toBase64Url(changed)}`, place), `seed ${seed}, byte ${index}`).toBeNull()
  }
  for (const part of ['', 'e1.', 'e1.AAAA', content.slice(0, -4), `${content}AAAA`, `e2${content.slice(2)}`, 'hello'])
    expect(await cipherOf(key).open(part, place), part).toBeNull()
})

test('no nonce is used twice under one key, over reloads, tabs and whatever is sealed at the same time', async () => {
  const key = createRoomKey()
  const seed = Math.floor(Math.random() * 2 ** 32)
  const random = createRandom(seed)
  const tabs = [cipherOf(key), cipherOf(key)]
  const used = new Set<string>()
  let sealed = 0
  for (let turn = 0; turn < 120; turn += 1) {
    const tab = Math.floor(random() * tabs.length)
    // A reload begins anew.
    if (random() < 0.2) tabs[tab] = cipherOf(key)
    const burst = 1 + Math.floor(random() * 8)
    const contents = await Promise.all(
      Array.from({ length: burst }, () => tabs[tab]?.seal('same words', place) ?? Promise.reject()),
    )
    sealed += burst
    // Key id and counter.
    for (const content of contents) used.add((fromBase64Url(content.slice(3)) ?? new Uint8Array()).slice(2, 22).join())
  }
  expect(used.size, `seed ${seed}`).toBe(sealed)
})

test('a message may be as long as the wire carries, and one that is longer is refused before it is sent', async () => {
  const cipher = cipherOf(createRoomKey())
  const longest = 'x'.repeat(49_111)
  const content = await cipher.seal(longest, place)
  expect(content.length).toBeLessThanOrEqual(SIZES.maxContentBytes)
  expect(await cipher.open(content, place)).toBe(longest)
  await expect(cipher.seal(`${longest}x`, place)).rejects.toThrow(RangeError)
  // What the web app lets people write fits whatever the script.
  expect(await cipher.open(await cipher.seal('字'.repeat(4000), place), place)).toHaveLength(4000)
})

test('half a key is no key', async () => {
  const key = createRoomKey()
  expect(isRoomKey(key)).toBe(true)
  for (const part of ['', key.slice(0, -1), key.slice(0, 20), `${key}A`, ` ${key}`, key.replace(/.$/, '=')])
    expect(isRoomKey(part), part).toBe(false)
  await expect(importRoomKey(key.slice(1))).rejects.toThrow(RangeError)
})
