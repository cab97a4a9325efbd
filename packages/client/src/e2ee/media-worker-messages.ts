import type { MediaKind } from './frame-cipher.ts'

/** Whether what somebody sends can be decrypted. */
export type MediaKeyState = 'ok' | 'missing-key'

/** One transform: everything that one sender sends or one receiver receives. */
export interface TransformSetup {
  /** Names the line: its two transforms have the same id. */
  readonly id: number
  readonly direction: 'send' | 'receive'
  readonly kind: MediaKind
}

/** What the page tells the worker. */
export type ToWorker =
  | { readonly type: 'key'; readonly root: CryptoKey; readonly roomId: string; readonly selfId: string }
  | {
      readonly type: 'streams'
      readonly setup: TransformSetup
      readonly readable: ReadableStream
      readonly writable: WritableStream
    }
  /** The receiver of this line carries this person from now on. */
  | { readonly type: 'carries'; readonly id: number; readonly userId: string }

/** What the worker tells the page. */
export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'state'; readonly userId: string; readonly state: MediaKeyState }
