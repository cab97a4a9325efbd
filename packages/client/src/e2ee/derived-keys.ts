const encoder = new TextEncoder()

/** What a key is for. A key of one purpose opens nothing of another. */
export type KeyPurpose = 'message' | 'media'

/** Whose key: a person in a room, and one stretch of their sending, named by random bytes. */
export interface KeyOwner {
  readonly roomId: string
  readonly userId: string
  readonly keyId: Uint8Array<ArrayBuffer>
}

/**
 * Strings as bytes that no other list of strings gives: each after its length (four bytes, big-endian), in UTF-8.
 */
export function bytesOf(parts: readonly string[]): Uint8Array<ArrayBuffer> {
  const encoded = parts.map((part) => encoder.encode(part))
  const bytes = new Uint8Array(encoded.reduce((sum, { length }) => sum + 4 + length, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const part of encoded) {
    view.setUint32(at, part.length)
    bytes.set(part, at + 4)
    at += 4 + part.length
  }
  return bytes
}

/**
 * The AES-256-GCM key of a person for one stretch of sending: HKDF-SHA-256 (RFC 5869) of the room key, with the
 * key id as salt and purpose, room and person as info. Can't be read back.
 */
export function deriveKey(root: CryptoKey, purpose: KeyPurpose, owner: KeyOwner): Promise<CryptoKey> {
  const info = bytesOf([`parley/1 ${purpose}`, owner.roomId, owner.userId])
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: owner.keyId, info },
    root,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )
}

/** The 96-bit IV of a counter: zeros, then the counter, big-endian. Under one key each counter is used once. */
export function ivOf(counter: number): Uint8Array<ArrayBuffer> {
  const iv = new Uint8Array(12)
  new DataView(iv.buffer).setUint32(8, counter)
  return iv
}

export const MAX_COUNTER = 0xffff_ffff

/** Remembers the keys that were derived last, so that each is derived once. */
export function createKeyCache(derive: (owner: Omit<KeyOwner, 'roomId'>) => Promise<CryptoKey>, maxKeys: number) {
  const keys = new Map<string, Promise<CryptoKey>>()
  return (owner: Omit<KeyOwner, 'roomId'>): Promise<CryptoKey> => {
    const name = `${owner.keyId.join()} ${owner.userId}`
    const known = keys.get(name)
    if (known !== undefined) return known
    const [oldest] = keys.keys()
    if (oldest !== undefined && keys.size >= maxKeys) keys.delete(oldest)
    const key = derive(owner)
    keys.set(name, key)
    return key
  }
}
