import { bytesOf } from './derived-keys.ts'
import { importRoomKey } from './room-key.ts'

/** What safety phrases are made of. The order is part of what people compare: it never changes. */
export const SAFETY_EMOJI: readonly string[] = Array.from(
  '🐶🐱🦁🐴🦄🐷🐘🐰🐼🐔🐧🐢🐟🐙🦋🌻🌳🌵🍄🌍🌙☁🔥🍌🍎🍓🌽🍕🎂❤🤖🎩👓🔧🎅👍☂⏳⏰🎁💡📕✏📎✂🔒🔑🔨☎🏁🚂🚲✈🚀🏆⚽🎸🎺🔔⚓🎧📁📌🥕',
)

const WORDS = 8
const ROUNDS = 200_000

/**
 * Eight places in `SAFETY_EMOJI`, 48 bits, the same for all who hold the key of this room. Made slowly on purpose
 * (a few tens of milliseconds), so that looking for another key with the same phrase takes millions of years.
 */
export async function safetyPhrase(key: string, roomId: string): Promise<readonly number[]> {
  const root = await importRoomKey(key)
  const info = bytesOf(['parley/1 safety', roomId])
  const seed = await crypto.subtle.deriveBits(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info },
    root,
    256,
  )
  const password = await crypto.subtle.importKey('raw', seed, 'PBKDF2', false, ['deriveBits'])
  const stretched = await crypto.subtle.deriveBits(
    { name: 'PBKDF2', hash: 'SHA-256', salt: info, iterations: ROUNDS },
    password,
    WORDS * 8,
  )
  return Array.from(new Uint8Array(stretched), (byte) => byte % SAFETY_EMOJI.length)
}
