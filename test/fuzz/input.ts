/** One thing that a hostile client does. Plain data, so that it can be printed and done again. */
export type Input = SocketInput | PostInput | CallInput | BytesInput

export type SocketWay = 'rooms' | 'messenger' | 'site'
export type Way = Input['way']

/** Something that one client does: those with the same `line` share a connection, or at least who they are. */
interface Done {
  readonly line: number
}

/** Frames on a WebSocket. */
export interface SocketInput extends Done {
  readonly way: SocketWay
  readonly frames: readonly FrameInput[]
  /** What the client does next; `silence`: nothing, and the connection stays open. */
  readonly after?: 'cut' | 'silence'
}

export interface FrameInput {
  /** Names in double braces stand for ids of the world that is attacked. */
  readonly text?: string
  /** In base64, in place of text. */
  readonly bytes?: string
  readonly opcode?: number
  readonly fin?: boolean
  readonly reserved?: number
  readonly masked?: boolean
  /** Says that it is so long, whatever it is. */
  readonly length?: number
  /** A byte at a time. */
  readonly slowly?: boolean
}

/** A request of Socket.IO's long polling. */
export interface PostInput extends Done {
  readonly way: 'polling'
  readonly method: string
  readonly body?: string
  /** In base64, in place of `body`. */
  readonly bytes?: string
  readonly query?: string
}

/** A REST call. */
export interface CallInput extends Done {
  readonly way: 'rest'
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** Bytes on a TCP connection that should be HTTP. */
export interface BytesInput extends Done {
  readonly way: 'http'
  readonly text: string
  readonly slowly?: boolean
  readonly after?: 'cut' | 'silence'
}
