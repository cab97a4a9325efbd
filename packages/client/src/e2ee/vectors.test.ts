import { createCipheriv, hkdfSync, pbkdf2Sync } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createFrameOpener, createFrameSealer } from './frame-cipher.ts'
import { createMessageCipher, type MessagePlace } from './message-cipher.ts'
import { importRoomKey } from './room-key.ts'
import { safetyPhrase } from './safety-phrase.ts'

interface Vectors {
  readonly roomKey: string
  readonly roomId: string
  readonly safetyPhrase: readonly number[]
  readonly message: MessagePlace & { readonly keyId: string; readonly text: string; readonly content: string }
  readonly frames: readonly {
    readonly userId: string
    readonly keyId: string
    readonly kind: 'audio' | 'video'
    readonly isKeyFrame: boolean
    readonly plain: string
    readonly sealed: string
  }[]
}

const vectors = JSON.parse(await readFile(new URL('vectors.json', import.meta.url), 'utf8')) as Vectors
const { roomKey, roomId, message, frames } = vectors
const bytes = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(hex, 'hex'))
const hex = (data: ArrayBuffer | Uint8Array): string => Buffer.from(new Uint8Array(data)).toString('hex')

/** The construction of docs/encryption.md once more, with another library. */
const parts = (...texts: string[]): Buffer =>
  Buffer.concat(
    texts.map((text) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(Buffer.byteLength(text))
      return Buffer.concat([length, Buffer.from(text)])
    }),
  )
const keyOf = (purpose: string, userId: string, keyId: Uint8Array): Buffer =>
  Buffer.from(
    hkdfSync('sha256', Buffer.from(roomKey, 'base64url'), keyId, parts(`parley/1 ${purpose}`, roomId, userId), 32),
  )
function encrypted(key: Buffer, counter: number, additionalData: Buffer, plain: Uint8Array): Buffer {
  const iv = Buffer.alloc(12)
  iv.writeUInt32BE(counter, 8)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(additionalData)
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

test('a message is sealed as the vectors and the document say', async () => {
  const { keyId, text, content, senderId, kind, reference, replyToId = '', messageType } = message
  const header = Buffer.concat([Buffer.of(1, 0), bytes(keyId), Buffer.alloc(4)])
  const bound = parts('parley/1 message', roomId, senderId, kind, reference, replyToId, messageType)
  const key = keyOf('message', senderId, bytes(keyId))
  const sealed = encrypted(key, 0, Buffer.concat([header, bound]), Buffer.from(text))
  expect(`e1.${Buffer.concat([header, sealed]).toString('base64url')}`).toBe(content)

  const cipher = createMessageCipher(importRoomKey(roomKey), roomId, bytes(keyId))
  expect(await cipher.seal(text, message)).toBe(content)
  expect(await createMessageCipher(importRoomKey(roomKey), roomId).open(content, message)).toBe(text)
})

test.each(frames)('a frame of $kind is sealed as the vectors and the document say', async (frame) => {
  const { userId, keyId, kind, isKeyFrame, sealed } = frame
  const plain = bytes(frame.plain)
  const clear = plain.subarray(0, kind === 'audio' ? 0 : isKeyFrame ? 10 : 3)
  const trailer = Buffer.concat([Buffer.alloc(4), bytes(keyId), Buffer.of(1)])
  const additionalData = Buffer.concat([Buffer.of(kind === 'audio' ? 0 : 1), trailer, clear])
  const key = keyOf('media', userId, bytes(keyId))
  const ciphertext = encrypted(key, 0, additionalData, plain.subarray(clear.length))
  expect(hex(Buffer.concat([clear, ciphertext, trailer]))).toBe(sealed)

  const root = await importRoomKey(roomKey)
  const made = await createFrameSealer(root, roomId, userId, bytes(keyId)).seal({
    data: plain.buffer,
    kind,
    isKeyFrame,
  })
  expect(hex(made ?? new ArrayBuffer())).toBe(sealed)
  const opened = await createFrameOpener(root, roomId).open({ data: bytes(sealed).buffer, kind, isKeyFrame }, userId)
  expect(hex(opened ?? new ArrayBuffer())).toBe(frame.plain)
})

test('the safety phrase is made as the vectors and the document say', async () => {
  const info = parts('parley/1 safety', roomId)
  const seed = Buffer.from(hkdfSync('sha256', Buffer.from(roomKey, 'base64url'), Buffer.alloc(0), info, 32))
  const stretched = pbkdf2Sync(seed, info, 200_000, 8, 'sha256')
  expect(Array.from(stretched, (byte) => byte % 64)).toEqual(vectors.safetyPhrase)
  expect(await safetyPhrase(roomKey, roomId)).toEqual(vectors.safetyPhrase)
})
