import type { Call, IceServer, Message, Notification, PresenceStatus } from '@parley/protocol/messenger'
import type { ConversationSummary } from '@parley/protocol/site'
import type { ChatHandle, FailureInfo, OutboxStorage } from './types.ts'

/** By what way the chat goes at this moment. */
export type TransportState =
  /** Not up yet, and no way is known to fail. */
  | { readonly transport: 'connecting' }
  /** The socket server, at once. */
  | { readonly transport: 'websocket' | 'polling'; readonly since: number }
  /** Sockets fail; the HTTP fallback carries everything but typing, presence and calls. Sockets are tried again at `retryAt` (Unix ms). */
  | { readonly transport: 'http'; readonly since: number; readonly retryAt: number }
  /** Neither answers. Messages wait in the outbox. */
  | {
      readonly transport: 'offline'
      readonly reason: 'device-offline' | 'unreachable'
      readonly since: number
      readonly retryAt: number
    }
  /** Final. `unauthorized`: `getToken` gives no token that is accepted. */
  | { readonly transport: 'ended'; readonly reason: 'unauthorized' | 'closed' }

export interface ChatManagerOptions {
  /** The socket server, e.g. `https://chat.example.org`; the page's own origin when absent. */
  readonly wsServer?: string
  /** Where the HTTP fallback is, on the main site: a path, or a whole address; `/api/messenger` when absent. */
  readonly httpFallback?: string
  /** The main site, e.g. `https://example.org`; `wsServer` when absent. */
  readonly mainSiteUrl?: string
  /** Called before each connection and when a token nears its end. */
  readonly getToken: () => string | Promise<string>
  /** Where unsent messages outlive the page: IndexedDB in browsers when absent. */
  readonly outbox?: OutboxStorage
}

/** Somebody whom the page shows, with what is known of them. */
export interface Person {
  readonly userId: string
  readonly name: string
  /** `null`: not known on this transport. */
  readonly status: PresenceStatus | null
  readonly lastSeen: number | null
}

/** A call as the page shows it. */
export interface CallView {
  readonly call: Call
  /** `incoming`: rings here. `outgoing`: rings there. `elsewhere`: another device of ours took it; gone a moment later. */
  readonly phase: 'incoming' | 'outgoing' | 'active' | 'elsewhere' | 'ended'
  readonly from: { readonly userId: string; readonly name: string } | null
}

/** Everything that the page shows, as it stands. Immutable: a new object after every change. */
export interface ChatManagerSnapshot {
  readonly transport: TransportState
  readonly selfId: string | null
  /** Latest first, with unread counts that follow what is said and read. */
  readonly conversations: readonly ConversationSummary[]
  /** `false` until the list was loaded once. */
  readonly loaded: boolean
  readonly error: FailureInfo | null
  readonly people: ReadonlyMap<string, Person>
  readonly notifications: readonly Notification[]
  readonly call: CallView | null
}

/** What the manager tells once, as it happens. */
export interface ChatManagerEvents {
  transport: TransportState
  /** A message by somebody else, in any conversation, once; not what was there before. */
  message: Message
  notification: Notification
  call: CallView
  /** What one side of the call says to the other: an offer, an answer, a candidate. */
  signal: {
    readonly callId: string
    readonly kind: 'offer' | 'answer' | 'candidate'
    readonly from: string
    readonly data: unknown
  }
}

/** A site's chat over one stream of events, whatever way it goes. */
export interface ChatManager {
  getSnapshot(): ChatManagerSnapshot
  subscribe(listener: () => void): () => void
  on<E extends keyof ChatManagerEvents>(event: E, listener: (data: ChatManagerEvents[E]) => void): () => void
  /** Connects now; harmless when connected. Ends a wait at once. */
  connect(): void
  /**
   * The same handle for the same conversation until it is closed or over (left, refused, removed from it): then a new
   * one, which joins again. On every transport.
   */
  open(conversationId: string): ChatHandle
  createConversation(input: {
    readonly id?: string
    readonly name?: string
    readonly kind?: 'group' | 'direct'
    readonly members: readonly { readonly userId: string; readonly name?: string }[]
  }): Promise<ConversationSummary>
  loadMoreConversations(): Promise<void>
  setStatus(status: PresenceStatus, customStatus?: string): Promise<void>
  clearNotification(id: string): Promise<void>
  clearNotifications(): Promise<void>
  /** Calls need a socket: they reject with `UNAVAILABLE` on the HTTP fallback. */
  startCall(
    conversationId: string,
    media: 'audio' | 'video',
    offer?: unknown,
  ): Promise<{ readonly call: Call; readonly iceServers: readonly IceServer[] }>
  answerCall(
    callId: string,
    answer?: unknown,
  ): Promise<{ readonly call: Call; readonly iceServers: readonly IceServer[] }>
  rejectCall(callId: string, reason?: string): Promise<void>
  endCall(callId: string): Promise<void>
  sendCandidate(callId: string, candidate: unknown, to?: string): Promise<void>
  close(): void
}
