import { fromBase64Url, toBase64Url } from './base64url.ts'

const KEY_BYTES = 32

/** A fresh room key: 32 random bytes in base64url, as it stands in a link after `#k=`. */
export function createRoomKey(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(KEY_BYTES)))
}

/** Whether this is a whole room key. Half of one, as some programs leave of a link, is none. */
export function isRoomKey(text: string): boolean {
  return fromBase64Url(text)?.length === KEY_BYTES
}

/** Whether this page may encrypt at all: browsers allow it to pages that came over TLS or from the same machine. */
export function canEncrypt(): boolean {
  return typeof globalThis.crypto?.subtle === 'object'
}

/** The key as input for derivations; it can't be read back. Throws a `RangeError` for what is no key. */
export async function importRoomKey(text: string): Promise<CryptoKey> {
  const bytes = fromBase64Url(text)
  if (bytes?.length !== KEY_BYTES) throw new RangeError('A room key is 32 bytes in base64url.')
  return crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveKey', 'deriveBits'])
}
