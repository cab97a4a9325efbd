import type { Role } from '@parley/protocol'
import type { Chat, Member, Message, MessageType } from '@parley/protocol/messenger'
import type { FailureInfo } from './failure-info.ts'
import type { VoiceHandle } from './voice/voice-types.ts'

export type { FailureInfo } from './failure-info.ts'

/** Why the connection is not up, in a form that a page turns into words. */
export type ConnectionReason =
  /** The device says that it has no network. */
  | 'device-offline'
  /** The server does not answer. */
  | 'unreachable'
  /** The line broke; a new attempt follows. */
  | 'lost'
  /** The server restarts and asked to come back shortly. */
  | 'draining'
  /** The token is no longer accepted: ask for a new one. Final. */
  | 'unauthorized'
  /** No activity for too long. Comes back with the next activity. */
  | 'idle'
  /** `close()` was called. Final. */
  | 'closed'

/** The connection, as a state machine: exactly one of these at any time. */
export type ConnectionState =
  | { readonly status: 'idle' }
  | { readonly status: 'connecting'; readonly attempt: number }
  | { readonly status: 'online'; readonly since: number; readonly transport: 'websocket' | 'polling' }
  /** Attempt number `attempt` comes at `retryAt` (Unix ms; `Infinity`: not by itself), or at once by `connect()`. */
  | {
      readonly status: 'waiting'
      readonly reason: ConnectionReason
      readonly retryAt: number
      readonly attempt: number
    }
  | { readonly status: 'ended'; readonly reason: 'unauthorized' | 'closed' }

export type SendStatus =
  /** Waits for the line. */
  | 'queued'
  /** On its way. */
  | 'sending'
  /** Stored by the server. */
  | 'sent'
  /** Refused; `error` says why. Retry or discard. */
  | 'failed'

/** Whether what is said in a chat is encrypted end to end, and whether we can read it. */
export type Encryption =
  | 'none'
  | 'on'
  /** It is, and we have no key. */
  | 'missing-key'
  /** It is, and nothing that others said opens with our key. */
  | 'wrong-key'

/** A message as a page shows it. In encrypted chats `encryptedContent` is what was sealed, in plain text. */
export interface ReceivedMessage extends Message {
  /**
   * Why a message of an encrypted chat can't be shown; its content is empty then. `damaged`: not sealed with our key,
   * not sealed at all, changed on the way, or a copy of another.
   */
  readonly unreadable?: 'missing-key' | 'damaged'
}

export interface TimelineMessage {
  readonly kind: 'message'
  /** Stays the same from `queued` to `sent`: use it as a list key. */
  readonly key: string
  /** For a message not yet sent: `seq` and `rev` are 0, `id` is the `tempId`. */
  readonly message: ReceivedMessage
  readonly own: boolean
  readonly status: SendStatus
  /** To how many others an own, stored message was delivered, and how many have read it. Absent in rooms. */
  readonly receipts?: { readonly delivered: number; readonly read: number; readonly of: number }
  readonly error?: FailureInfo
}

/** Something that happened in the room between messages. */
export interface TimelineNotice {
  readonly kind: 'notice'
  readonly key: string
  readonly at: number
  readonly notice:
    | { readonly type: 'joined'; readonly userId: string; readonly name: string }
    | {
        readonly type: 'left'
        readonly userId: string
        readonly name: string
        readonly reason: 'left' | 'timeout' | 'kicked'
      }
    | {
        readonly type: 'role'
        readonly userId: string
        readonly name: string
        readonly role: Role
        readonly byId?: string
      }
    | { readonly type: 'locked' | 'unlocked'; readonly byName: string }
    | { readonly type: 'extended'; readonly byName: string; readonly expiresAt: number }
    | { readonly type: 'renamed'; readonly byName: string; readonly name: string }
}

export type TimelineItem = TimelineMessage | TimelineNotice

export type RoomEnder = 'host' | 'operator'

export type ChatPhase =
  | 'joining'
  /** In the lobby. */
  | 'waiting'
  | 'joined'
  /** The host did not let us in. Final. */
  | 'refused'
  /** Removed by host or moderator. Final. */
  | 'kicked'
  /** The room is over: its time was up, or `endedBy` says who ended it before. Final. */
  | 'expired'
  /** We left. Final. */
  | 'left'
  /** Joining failed for good; `error` says why. */
  | 'failed'

/** A chat as it stands. Immutable: a new object after every change, so it fits `useSyncExternalStore`. */
export interface ChatSnapshot {
  readonly phase: ChatPhase
  readonly error: FailureInfo | null
  /** Who ended the room before its time, where that is known. */
  readonly endedBy: RoomEnder | null
  readonly chat: Chat | null
  readonly selfId: string | null
  readonly members: readonly Member[]
  readonly encryption: Encryption
  /** Ascending: stored messages and notices by place, then what is still to be sent, in order. */
  readonly timeline: readonly TimelineItem[]
  readonly hasOlder: boolean
  readonly loadingOlder: boolean
  /** Messages of others that were not read yet, as far as is known; 0 in rooms. */
  readonly unread: number
  /** Others who are typing now. */
  readonly typing: readonly { readonly userId: string; readonly name: string }[]
  /** People in the lobby, for those who may admit. */
  readonly knocking: readonly { readonly userId: string; readonly name: string }[]
}

/** What a chat tells once, as it happens. */
export interface ChatEvents {
  /** A message by somebody else arrived live (not by recovery of what was seen before). */
  message: ReceivedMessage
  expiring: { readonly expiresAt: number; readonly minutesLeft: number }
  knock: { readonly userId: string; readonly name: string }
  /** History before this point may be missing: the server could not replay it all, a fresh view was loaded. */
  reset: undefined
}

export interface OutgoingMessage {
  readonly content: string
  readonly type?: MessageType
  readonly replyToId?: string
  readonly metadata?: Record<string, unknown>
}

/** One chat, kept joined across reconnects until `close`. Actions reject with `ParleyError`. */
export interface ChatHandle {
  readonly chatId: string
  readonly voice: VoiceHandle
  getSnapshot(): ChatSnapshot
  subscribe(listener: () => void): () => void
  /** The message of this id, when it is in the timeline and stored; for showing what a reply answers. */
  getMessage(messageId: string): ReceivedMessage | null
  on<E extends keyof ChatEvents>(event: E, listener: (data: ChatEvents[E]) => void): () => void
  /** Shows the message at once and sends it when the line allows, once, in order. Returns its `tempId`. */
  send(message: OutgoingMessage): string
  retry(tempId: string): void
  discard(tempId: string): void
  edit(messageId: string, content: string): Promise<void>
  delete(messageId: string): Promise<void>
  react(messageId: string, emoji: string, on: boolean): Promise<void>
  /** Call on every keystroke with true; it is throttled. Stops by itself. */
  setTyping(isTyping: boolean): void
  /** Everything up to and including this message was seen by the person. Call it for what is on the screen of a page in front; repeats cost nothing. */
  markRead(messageId: string): void
  /** Loads the page before the oldest message. Resolves when it is in the snapshot. */
  loadOlder(): Promise<void>
  /** Every message the server still has, ascending; for an export. */
  readAll(): Promise<readonly ReceivedMessage[]>
  lock(isLocked: boolean): Promise<void>
  kick(userId: string, ban: boolean): Promise<void>
  setRole(userId: string, role: Role): Promise<void>
  admit(userId: string, admit: boolean): Promise<void>
  extend(minutes: number): Promise<void>
  /** Ends the room for everybody, as if its time were up. For the host. */
  end(): Promise<void>
  /** Gives up the seat. */
  leave(): Promise<void>
  /** Stops following without giving up the seat. What was not sent by then goes out when the chat is opened again, where the outbox keeps it. */
  close(): void
}

/** A message that is not known to be stored by the server yet. */
export interface UnsentMessage {
  readonly tempId: string
  readonly message: OutgoingMessage
  /** Server time, Unix ms. */
  readonly createdAt: number
  /** Refused for this reason; absent while it waits. */
  readonly error?: FailureInfo
}

/** Where unsent messages outlive the chat's handle. No method may throw or reject. */
export interface OutboxStorage {
  /**
   * What an earlier page or a closed handle left behind, oldest first; asked until it is answered, and nothing is sent before.
   * `userId`: who we are, `null` while that is not known. `null` as answer: ask again when it is.
   */
  load(chatId: string, userId: string | null): readonly UnsentMessage[] | null | Promise<readonly UnsentMessage[]>
  /**
   * Replaces what this page keeps for this chat; an empty list leaves nothing behind. What it was given outlives
   * the page from the moment that it returns, as far as the device allows.
   */
  save(chatId: string, messages: readonly UnsentMessage[], userId: string | null): void
  /** The chat's handle is closed, and saves no more: what it left belongs to the next one. */
  release?(chatId: string): void
}

export interface ParleyClientOptions {
  /** The server's address, e.g. `https://talk.example.org`; the page's own when absent. */
  readonly url?: string
  /** Called before each connection. */
  readonly getToken: () => string | Promise<string>
  /** A fresh token replaced the old one: keep it. */
  readonly onToken?: (token: string) => void
  /** Where unsent messages outlive the page; they live as long as the chat's handle when absent. */
  readonly outbox?: OutboxStorage
}

/** The connection's own requests and events, for parts of the wire that this package has no words for. */
export interface Wire {
  /** The answer's data; rejects with `ParleyError`, `UNAVAILABLE` when there is no line. */
  request(event: string, data: object): Promise<unknown>
  /** Every event of the server but those of the connection itself, as it came. Returns the way to stop listening. */
  onEvent(listener: (event: { readonly name: string; readonly data: unknown }) => void): () => void
}

export interface ParleyClient {
  getState(): ConnectionState
  subscribe(listener: () => void): () => void
  /** Connects now; harmless when connected. Ends a wait at once. */
  connect(): void
  /**
   * The same handle for the same chat until it is closed or over (left, refused, removed from it, its time up): then a
   * new one, which joins again. `key`: of an encrypted room, as it stands in its link after
   * `#k=`; with it nothing that is said leaves in plain text. Throws a `RangeError` for what is no key.
   */
  openChat(chatId: string, options?: { readonly key?: string }): ChatHandle
  /** Milliseconds to add to the device's clock to get the server's. */
  readonly clockOffsetMs: number
  readonly wire: Wire
  close(): void
}
