import {
  createFrameOpener,
  createFrameSealer,
  type FrameOpener,
  type FrameSealer,
  type MediaKind,
} from './frame-cipher.ts'
import { createKeyStates } from './key-states.ts'
import type { FromWorker, ToWorker, TransformSetup } from './media-worker-messages.ts'

/** What this file needs of a worker's scope, which the library for pages doesn't describe. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null
  onrtctransform: ((event: { readonly transformer: Transformer }) => void) | null
  postMessage(message: FromWorker): void
}

interface Transformer {
  readonly readable: ReadableStream
  readonly writable: WritableStream
  readonly options: TransformSetup
}

/** `RTCEncodedAudioFrame` or `RTCEncodedVideoFrame`. */
interface EncodedFrame {
  data: ArrayBuffer
  readonly type?: 'key' | 'delta' | 'empty'
}

const scope = globalThis as unknown as WorkerScope
const states = createKeyStates((userId, state) => scope.postMessage({ type: 'state', userId, state }))
/** Whom receivers carry, by line. */
const carried = new Map<number, string>()
let keys: { readonly root: CryptoKey; readonly roomId: string; readonly selfId: string } | null = null
/** One for all receivers: a frame that came by one leg is not taken again by the next. */
let opener: FrameOpener | null = null

function transform(setup: TransformSetup, readable: ReadableStream, writable: WritableStream): void {
  const cipher = setup.direction === 'send' ? sealing(setup.kind) : opening(setup.id, setup.kind)
  // Ends when its sender or receiver does.
  readable
    .pipeThrough(new TransformStream(cipher))
    .pipeTo(writable)
    .catch(() => undefined)
}

const frameOf = ({ data, type }: EncodedFrame, kind: MediaKind) => ({ data, kind, isKeyFrame: type === 'key' })

/** What can't be encrypted does not leave. */
function sealing(kind: MediaKind): FrameTransformer {
  let sealer: FrameSealer | null = null
  return {
    async transform(frame, controller) {
      if (keys === null || frame.data.byteLength === 0) return
      sealer ??= createFrameSealer(keys.root, keys.roomId, keys.selfId)
      const sealed = await sealer.seal(frameOf(frame, kind))
      if (sealed === null) return
      frame.data = sealed
      controller.enqueue(frame)
    },
  }
}

/** What can't be decrypted is not played: it would be noise. */
function opening(id: number, kind: MediaKind): FrameTransformer {
  return {
    async transform(frame, controller) {
      const from = carried.get(id)
      if (from === undefined) return
      const plain = (await opener?.open(frameOf(frame, kind), from)) ?? null
      if (plain === null) {
        states.refused(from)
        return
      }
      states.opened(from)
      frame.data = plain
      controller.enqueue(frame)
    },
    flush() {
      carried.delete(id)
    },
  }
}

interface FrameTransformer {
  transform(frame: EncodedFrame, controller: TransformStreamDefaultController<EncodedFrame>): Promise<void>
  flush?(): void
}

scope.onmessage = ({ data }) => {
  if (data.type === 'key') {
    keys = data
    opener = createFrameOpener(data.root, data.roomId)
  } else if (data.type === 'streams') transform(data.setup, data.readable, data.writable)
  else carried.set(data.id, data.userId)
}
scope.onrtctransform = ({ transformer: { options, readable, writable } }) => transform(options, readable, writable)
scope.postMessage({ type: 'ready' })
