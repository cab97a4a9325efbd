import { createKeyCache, deriveKey, ivOf, MAX_COUNTER } from './derived-keys.ts'
import { createReplayWindow, type ReplayWindow } from './replay-window.ts'

export type MediaKind = 'audio' | 'video'

/** One encoded frame, as much of it as encryption looks at. */
export interface Frame {
  readonly data: ArrayBuffer
  readonly kind: MediaKind
  /** Whether a frame of video can be shown without the frames before it. */
  readonly isKeyFrame: boolean
}

/** What stays readable: of VP8 what a media server needs to change between layers (RFC 6386, 9.1), of audio nothing. */
const clearBytesOf = ({ kind, isKeyFrame }: Frame, plainBytes: number): number =>
  Math.min(kind === 'audio' ? 0 : isKeyFrame ? 10 : 3, plainBytes)

const VERSION = 1
const KEY_ID_BYTES = 8
const TAG_BYTES = 16
/** After the ciphertext: counter, key id, version. */
const TRAILER_BYTES = 4 + KEY_ID_BYTES + 1
/** A server that makes up key ids must not make us remember them all. */
const MAX_KEYS = 256

/** What is added to each frame, in bytes. */
export const FRAME_OVERHEAD_BYTES = TAG_BYTES + TRAILER_BYTES

/** Encrypts the frames of one sender. */
export interface FrameSealer {
  /** The frame as it may leave; `null` when all counters are used up. */
  seal(frame: Frame): Promise<ArrayBuffer | null>
}

/** Decrypts the frames of others. */
export interface FrameOpener {
  /** `null`: not encrypted with this room's key by this person, changed on the way, or here before. */
  open(frame: Frame, userId: string): Promise<ArrayBuffer | null>
}

/** A sealer whose key nobody had before: it has a random key id of its own, so its counter may begin at nought. */
export function createFrameSealer(
  root: CryptoKey,
  roomId: string,
  userId: string,
  keyId: Uint8Array<ArrayBuffer> = crypto.getRandomValues(new Uint8Array(KEY_ID_BYTES)),
): FrameSealer {
  const key = deriveKey(root, 'media', { roomId, userId, keyId })
  let counter = 0
  return {
    async seal(frame) {
      if (counter > MAX_COUNTER) return null
      const count = counter
      counter += 1
      const source = new Uint8Array(frame.data)
      const clear = clearBytesOf(frame, source.length)
      const trailer = new Uint8Array(TRAILER_BYTES)
      new DataView(trailer.buffer).setUint32(0, count)
      trailer.set(keyId, 4)
      trailer[TRAILER_BYTES - 1] = VERSION
      const additionalData = additionalDataOf(frame.kind, trailer, source.subarray(0, clear))
      const sealed = await crypto.subtle.encrypt(
        { name: 'AES-GCM', iv: ivOf(count), additionalData },
        await key,
        source.subarray(clear),
      )
      return joined(source.subarray(0, clear), new Uint8Array(sealed), trailer)
    },
  }
}

export function createFrameOpener(root: CryptoKey, roomId: string): FrameOpener {
  const keyOf = createKeyCache((owner) => deriveKey(root, 'media', { roomId, ...owner }), MAX_KEYS)
  const windows = new Map<string, ReplayWindow>()

  function windowOf(userId: string, keyId: Uint8Array): ReplayWindow | undefined {
    return windows.get(`${keyId.join()} ${userId}`)
  }

  return {
    async open(frame, userId) {
      const source = new Uint8Array(frame.data)
      if (source.length < FRAME_OVERHEAD_BYTES || source[source.length - 1] !== VERSION) return null
      const clear = clearBytesOf(frame, source.length - FRAME_OVERHEAD_BYTES)
      const end = source.length - TRAILER_BYTES
      const trailer = source.subarray(end)
      const counter = new DataView(frame.data).getUint32(end)
      const keyId = source.slice(end + 4, end + 4 + KEY_ID_BYTES)
      if (windowOf(userId, keyId)?.allows(counter) === false) return null
      const additionalData = additionalDataOf(frame.kind, trailer, source.subarray(0, clear))
      let plain: ArrayBuffer
      try {
        plain = await crypto.subtle.decrypt(
          { name: 'AES-GCM', iv: ivOf(counter), additionalData },
          await keyOf({ userId, keyId }),
          source.subarray(clear, end),
        )
      } catch {
        return null
      }
      // Only keys that opened something are remembered, and another copy may have come while we decrypted.
      const window = windowOf(userId, keyId) ?? createReplayWindow()
      if (!window.allows(counter)) return null
      window.take(counter)
      windows.set(`${keyId.join()} ${userId}`, window)
      return joined(source.subarray(0, clear), new Uint8Array(plain))
    },
  }
}

const AUDIO = 0
const VIDEO = 1

const additionalDataOf = (kind: MediaKind, trailer: Uint8Array, clear: Uint8Array): Uint8Array<ArrayBuffer> =>
  new Uint8Array(joined(Uint8Array.of(kind === 'audio' ? AUDIO : VIDEO), trailer, clear))

function joined(...parts: readonly Uint8Array[]): ArrayBuffer {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes.buffer
}
