import { SIZES } from '@parley/protocol/constants'
import { fromBase64Url, toBase64Url } from './base64url.ts'
import { bytesOf, createKeyCache, deriveKey, ivOf, MAX_COUNTER } from './derived-keys.ts'

/** What a message's content is bound to: the content of one place opens in no other. */
export interface MessagePlace {
  readonly senderId: string
  /** A new message is known by its client id, an edit by the id of the message. */
  readonly kind: 'new' | 'edit'
  readonly reference: string
  readonly replyToId?: string
  readonly messageType: string
}

/** Seals what is said in one room, and opens what others sealed. */
export interface MessageCipher {
  /** Rejects with a `RangeError` when it would be longer than a message may be. */
  seal(text: string, place: MessagePlace): Promise<string>
  /** `null`: not sealed with this room's key, for this place; or changed on the way. */
  open(content: string, place: MessagePlace): Promise<string | null>
  /** Whether it was sealed by this very object. */
  isOwn(content: string): boolean
}

const PREFIX = 'e1.'
const VERSION = 1
const KINDS: Readonly<Record<MessagePlace['kind'], number>> = { new: 0, edit: 1 }
const KEY_ID_BYTES = 16
/** Version, kind, key id, counter. */
const HEADER_BYTES = 2 + KEY_ID_BYTES + 4
const TAG_BYTES = 16
const MAX_KEYS = 1000

/** Whether a message's content looks like sealed text. */
export const isSealed = (content: string): boolean => content.startsWith(PREFIX)

/** Whether a sealed message is a new one or an edit; `null` for what is not sealed. */
export function kindOf(content: string): MessagePlace['kind'] | null {
  const bytes = envelopeOf(content)
  if (bytes === null) return null
  return bytes[1] === KINDS.edit ? 'edit' : 'new'
}

/** A cipher whose keys nobody had before: each has a random key id, so that its counter may begin at nought. */
export function createMessageCipher(
  root: Promise<CryptoKey>,
  roomId: string,
  keyId: Uint8Array<ArrayBuffer> = crypto.getRandomValues(new Uint8Array(KEY_ID_BYTES)),
): MessageCipher {
  const keyOf = createKeyCache(async (owner) => deriveKey(await root, 'message', { roomId, ...owner }), MAX_KEYS)
  const additionalDataOf = (header: Uint8Array, place: MessagePlace): Uint8Array<ArrayBuffer> => {
    const { senderId, kind, reference, replyToId = '', messageType } = place
    const bound = bytesOf(['parley/1 message', roomId, senderId, kind, reference, replyToId, messageType])
    return Uint8Array.from([...header, ...bound])
  }
  let counter = 0

  return {
    async seal(text, place) {
      if (counter > MAX_COUNTER) throw new RangeError('This page has written all that one key may seal: load it anew.')
      const count = counter
      counter += 1
      const header = new Uint8Array(HEADER_BYTES)
      header.set([VERSION, KINDS[place.kind]])
      header.set(keyId, 2)
      new DataView(header.buffer).setUint32(2 + KEY_ID_BYTES, count)
      const plain = new TextEncoder().encode(text)
      if (sealedLength(plain.length) > SIZES.maxContentBytes) throw new RangeError('The message is too long.')
      const key = await keyOf({ userId: place.senderId, keyId })
      const algorithm = { name: 'AES-GCM', iv: ivOf(count), additionalData: additionalDataOf(header, place) }
      const sealed = new Uint8Array(await crypto.subtle.encrypt(algorithm, key, plain))
      const bytes = new Uint8Array(HEADER_BYTES + sealed.length)
      bytes.set(header)
      bytes.set(sealed, HEADER_BYTES)
      return PREFIX + toBase64Url(bytes)
    },
    async open(content, place) {
      const bytes = envelopeOf(content)
      if (bytes === null || bytes[1] !== KINDS[place.kind]) return null
      const header = bytes.subarray(0, HEADER_BYTES)
      const count = new DataView(bytes.buffer).getUint32(2 + KEY_ID_BYTES)
      const key = await keyOf({ userId: place.senderId, keyId: bytes.slice(2, 2 + KEY_ID_BYTES) })
      const algorithm = { name: 'AES-GCM', iv: ivOf(count), additionalData: additionalDataOf(header, place) }
      try {
        const plain = await crypto.subtle.decrypt(algorithm, key, bytes.subarray(HEADER_BYTES))
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plain)
      } catch {
        return null
      }
    },
    isOwn(content) {
      const bytes = envelopeOf(content)
      return bytes !== null && keyId.every((byte, index) => bytes[2 + index] === byte)
    },
  }
}

function envelopeOf(content: string): Uint8Array<ArrayBuffer> | null {
  if (!isSealed(content)) return null
  const bytes = fromBase64Url(content.slice(PREFIX.length))
  if (bytes === null || bytes.length < HEADER_BYTES + TAG_BYTES || bytes[0] !== VERSION) return null
  return (bytes[1] ?? 2) > 1 ? null : bytes
}

const sealedLength = (plainBytes: number): number =>
  PREFIX.length + Math.ceil(((HEADER_BYTES + plainBytes + TAG_BYTES) * 4) / 3)
