import type { ErrorCode } from '@parley/protocol/constants'
import type { ServerData } from '@parley/protocol/messenger'

export type TransportName = 'websocket' | 'polling'

/** Why a line is gone. */
export type LineEnd =
  /** It never came up. `silent`: nothing answered in time, as when a proxy swallows WebSockets. */
  | { readonly kind: 'unreachable'; readonly silent: boolean }
  /** The server did not let us in. */
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly retryAfterMs?: number }
  /** It was up and broke. */
  | { readonly kind: 'lost' }
  /** The server hung up on purpose. */
  | { readonly kind: 'hung-up' }

/** What a line tells. After `ended` it tells nothing more. */
export interface LineListener {
  /** The server greeted us: requests may go out. */
  opened(greeting: ServerData<'connected'>, transport: TransportName): void
  transportChanged(transport: TransportName): void
  /** A sign of life, heartbeats included. */
  heard(): void
  event(event: string, data: unknown): void
  ended(end: LineEnd): void
}

/** One connection attempt and, when it succeeds, the connection. Never reconnects by itself. */
export interface Line {
  emit(event: string, data: unknown, onAnswer: (answer: unknown) => void): void
  /** Ends it without a word: `ended` is not told. */
  close(): void
}

export type OpenLine = (
  options: {
    readonly url: string | undefined
    readonly token: string
    /** Tried in this order. */
    readonly transports: readonly TransportName[]
  },
  listener: LineListener,
) => Line
