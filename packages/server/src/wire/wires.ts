import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock, ConversationStore, Core, EventBus, RateLimiter, UserId } from '@parley/core'
import type { ErrorCode, messenger } from '@parley/protocol'
import type { Authenticator } from '../auth/authenticator.ts'

/** What the wires write to; a pino logger is one. */
export interface WireLogger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Something that an operator who looks for abuse wants to see. Never holds a token. */
export interface SecurityEvent {
  readonly type: 'token-refused' | 'origin-refused' | 'throttled' | 'too-many-connections' | 'flooding'
  readonly wire: WireName
  readonly address: string
  /** The refused origin, or the error code of the refusal. */
  readonly detail?: string
}

export const WIRE_NAMES = ['rooms', 'site', 'messenger'] as const
export type WireName = (typeof WIRE_NAMES)[number]

/** Told of what happens, by whoever measures it: on the way of every command and every event, so it is quick. */
export interface WireObserver {
  /** A command was answered, so many milliseconds after it came; `refused` is the code, `null` when all went well. */
  answered(
    asked: { readonly wire: WireName | 'rest'; readonly command: string },
    ms: number,
    refused: ErrorCode | null,
  ): void
  /** A durable event was queued for those who are here, so many milliseconds after it happened. */
  delivered(ms: number): void
}

export interface WiresConfig {
  /** Names this process to clients and operators. */
  readonly serverId: string
  /** Socket.IO: how often the server pings, how long it waits, the largest packet. */
  readonly pingIntervalMs: number
  readonly pingTimeoutMs: number
  readonly maxBufferBytes: number
  /** Raw WebSocket: how often the server pings; two unanswered ones end the connection. */
  readonly heartbeatIntervalMs: number
  /** Socket.IO: a connection without any event from its client ends after this. */
  readonly maxIdleMs: number
  /** Rooms wire: a participant without activity is closed after this. */
  readonly idleTimeoutMs: number
  readonly maxConnectionsPerAddress: number
  /** How long a session counts as present without being renewed; as the core was told. */
  readonly presenceLeaseMs: number
  /** Socket.IO: whether pages of other origins, where they may connect, may send cookies along. */
  readonly corsCredentials: boolean
  /** After so long without activity others see a user as away; as the core was told. */
  readonly awayAfterMs: number
  /** `false` lifts every limit; for benchmarks on a closed machine. */
  readonly rateLimits: boolean
}

/** The method by which one node asks another to answer a poll that it holds. No client gets it past the door. */
export const ANSWER_NOW = 'DELETE'

/** Takes requests to the node that holds their session. */
export interface SessionForwarder {
  /** Sockets that pass through here, and requests that wait for their answer. */
  readonly passing: number
  /** Resolves with false when nobody answers for that node: nothing was answered then, and the session is gone. */
  forward(nodeId: string, request: IncomingMessage, response: ServerResponse, address: string): Promise<boolean>
  /** The same for a WebSocket. */
  forwardUpgrade(
    nodeId: string,
    request: IncomingMessage,
    stream: Duplex,
    head: Buffer,
    address: string,
  ): Promise<boolean>
  /**
   * Ends one socket that passes through here, or has one held poll answered, the oldest; its client comes back by
   * another way. Returns false when there is none left that was not ended yet; polls pass until they are answered.
   */
  endOldest(): boolean
}

export interface AttachWires {
  /** Already has its request listener: Socket.IO's is put before it. */
  readonly server: Server
  readonly core: Core
  readonly bus: EventBus
  /** The store in which is read what the bus did not bring. */
  readonly conversations: Pick<ConversationStore, 'changesSince' | 'load'>
  readonly authenticator: Authenticator
  readonly limiter: RateLimiter
  readonly clock: Clock
  readonly logger: WireLogger
  readonly config: WiresConfig
  /** Whether a page of this request's `Origin` may connect; true for a request without one. */
  readonly originAllowed: (request: IncomingMessage) => boolean
  /** The client's address, with trusted proxies taken into account. */
  readonly clientAddress: (request: IncomingMessage) => string
  readonly security: (event: SecurityEvent) => void
  readonly observer?: WireObserver | undefined
  /** Without it this is the only node. */
  readonly forwarder?: SessionForwarder
  /** Servers that help this user's browser to reach others; without it there are none. */
  readonly iceServers?: (userId: UserId) => Promise<readonly messenger.IceServer[]>
  /** How long the credentials among them are good for, in seconds; `null` without a relay. */
  readonly iceTtlS?: number | null
}

export interface WireStats {
  readonly connections: { readonly active: number; readonly total: number; readonly peak: number }
  /** Different people among them. */
  readonly users: number
  readonly byWire: Readonly<Record<WireName, number>>
  /** How many of these connections poll, for want of a WebSocket. */
  readonly polling: Readonly<Record<WireName, number>>
  /** People who talk here, and the conversations that they talk in. */
  readonly voice: { readonly people: number; readonly conversations: number }
  /** Conversations with somebody connected here, and places taken in them. */
  readonly topics: number
  readonly subscriptions: number
  /** Frames handed to sessions since the start. */
  readonly deliveries: number
  /** Frames left out because a session was behind and they would have been stale. */
  readonly dropped: number
  /** Sessions closed because they read too slowly. */
  readonly slowClosed: number
  /** Bytes accepted for clients and not yet taken by the system. */
  readonly queuedBytes: number
  /** The most of them for one client. */
  readonly queuedBytesMax: number
}

/** Somebody who is connected here, on however many connections. */
export interface ConnectedPerson {
  readonly userId: UserId
  readonly name: string
  readonly isGuest: boolean
  readonly connections: number
  readonly wires: readonly WireName[]
  /** When they last did something, on any of them. */
  readonly lastActiveAt: number
  readonly queuedBytes: number
  readonly isInVoice: boolean
}

export interface Wires {
  stats(): WireStats
  /** Everybody who is connected here, in order of their coming. Made anew each time. */
  people(): ConnectedPerson[]
  /** What another node brings for a session of this one, from a client at `address`. */
  serveForwarded(request: IncomingMessage, response: ServerResponse, address: string): void
  serveForwardedUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer, address: string): void
  /**
   * Refuses new connections and sends the open ones elsewhere, a few at a time, within `ms`: each is told when, and
   * closed when what it asked is answered. Whoever goes from now on is taken for moving.
   */
  drain(ms: number): Promise<void>
  /** Ends every connection at once. */
  close(): Promise<void>
}
