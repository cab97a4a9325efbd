import { createMediaWorker } from './create-media-worker.ts'
import type { MediaKind } from './frame-cipher.ts'
import type { FromWorker, MediaKeyState, ToWorker, TransformSetup } from './media-worker-messages.ts'
import { importRoomKey } from './room-key.ts'

/** Encrypts what is sent and decrypts what is received, frame by frame, in a worker. Without a key nothing passes. */
export interface MediaCipher {
  /** Peer connections must be made with `encodedInsertableStreams: true`. */
  readonly needsEncodedInsertableStreams: boolean
  /**
   * Call for each transceiver in the very task in which it comes to be, whether anything is sent on it or not: to one
   * that had no transform then, Chromium says yes later, and passes its frames by. Once is enough.
   */
  protect(transceiver: RTCRtpTransceiver): void
  /** What comes on a protected line is this person's from now on. Before that nothing of it passes. */
  carries(receiver: RTCRtpReceiver, userId: string): void
  /** Whether what somebody sends can be decrypted: told when it changes. */
  onState(listener: (userId: string, state: MediaKeyState) => void): () => void
  close(): void
}

export interface MediaCipherOptions {
  readonly roomId: string
  /** Who we are: what we send is bound to it. */
  readonly selfId: string
  /** In base64url, as in the link. */
  readonly key: string
}

type TransformWay = 'script-transform' | 'encoded-streams'

/** The way in which this browser lets a page encrypt media; `null`: it doesn't. */
export function transformWay(): TransformWay | null {
  if (typeof RTCRtpScriptTransform === 'function') return 'script-transform'
  const { RTCRtpSender: Sender } = globalThis as { readonly RTCRtpSender?: { readonly prototype: object } }
  return Sender !== undefined && 'createEncodedStreams' in Sender.prototype ? 'encoded-streams' : null
}

/** What Chromium had before `RTCRtpScriptTransform`. */
interface WithEncodedStreams {
  createEncodedStreams(): { readonly readable: ReadableStream; readonly writable: WritableStream }
}

/** Rejects with a `RangeError` for what is no room key, and with a `TypeError` where the browser has no way to encrypt media. */
export async function createMediaCipher(
  { roomId, selfId, key }: MediaCipherOptions,
  createWorker: () => Worker = createMediaWorker,
  way: TransformWay | null = transformWay(),
): Promise<MediaCipher> {
  if (way === null) throw new TypeError('This browser can’t encrypt media.')
  const root = await importRoomKey(key)
  const worker = createWorker()
  const listeners = new Set<(userId: string, state: MediaKeyState) => void>()
  const receivers = new WeakMap<RTCRtpReceiver, number>()
  let lastId = 0

  const tell = (message: ToWorker, transfer: Transferable[] = []): void => worker.postMessage(message, transfer)
  await isReady(worker)
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if (data.type === 'state') for (const listener of listeners) listener(data.userId, data.state)
  }
  tell({ type: 'key', root, roomId, selfId })

  function attach(target: RTCRtpSender | RTCRtpReceiver, setup: TransformSetup): void {
    if (way === 'script-transform') {
      target.transform = new RTCRtpScriptTransform(worker, setup)
      return
    }
    const { readable, writable } = (target as unknown as WithEncodedStreams).createEncodedStreams()
    tell({ type: 'streams', setup, readable, writable }, [readable, writable])
  }

  return {
    needsEncodedInsertableStreams: way === 'encoded-streams',
    protect({ sender, receiver }) {
      if (receivers.has(receiver)) return
      const kind: MediaKind = receiver.track.kind === 'video' ? 'video' : 'audio'
      lastId += 1
      receivers.set(receiver, lastId)
      attach(sender, { id: lastId, direction: 'send', kind })
      attach(receiver, { id: lastId, direction: 'receive', kind })
    },
    carries(receiver, userId) {
      const id = receivers.get(receiver)
      if (id !== undefined) tell({ type: 'carries', id, userId })
    },
    onState(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      listeners.clear()
      worker.terminate()
    },
  }
}

/** A transform that comes before the worker's code is there would be lost. */
function isReady(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.onmessage = () => resolve()
    worker.onerror = () => {
      worker.terminate()
      reject(new TypeError('The code that encrypts media could not be loaded.'))
    }
  })
}
