import type { Conversation, Member, Position, Role } from './conversations/conversation.ts'
import type { DurableEvent } from './events.ts'
import type { ConversationId, MessageId, Millis, SessionId, UserId } from './ids.ts'
import type { Message, MessageType } from './messages/message.ts'
import type { PageQuery } from './ports/message-store.ts'

/** Who asks. Authenticated by the server; the core decides only what they may do. */
export interface Caller {
  readonly userId: UserId
  /** As their token says; a room may know them by another name. */
  readonly name: string
  /** The room that their token was given for; they passed its password then. */
  readonly room: ConversationId | null
}

/** A caller on an open connection. */
export interface SessionCaller extends Caller {
  readonly sessionId: SessionId
}

export interface MemberView {
  readonly member: Member
  readonly online: boolean
}

/** A conversation as a member may see it, at `position`. */
export interface Snapshot {
  /** Without the password hash and the lists that only the core needs. */
  readonly conversation: ConversationView
  readonly members: readonly MemberView[]
  /** The latest 50, ascending. */
  readonly messages: readonly Message[]
  readonly position: Position
}

export interface ConversationView
  extends Pick<
    Conversation,
    | 'id'
    | 'kind'
    | 'name'
    | 'hostId'
    | 'createdAt'
    | 'expiresAt'
    | 'maxParticipants'
    | 'isLocked'
    | 'hasLobby'
    | 'encrypted'
  > {
  readonly hasPassword: boolean
  /** The latest that an extension may reach; `null` for a conversation that lasts. */
  readonly expiresAtMost: Millis | null
}

/** What may be known before joining. */
export interface Preview {
  readonly conversation: ConversationView
  readonly participants: number
}

export interface CreateRoom {
  readonly name: string
  readonly hostName: string
  readonly host: UserId | null
  readonly maxParticipants: number
  readonly minutes: number
  readonly password: string | null
  readonly hasLobby: boolean
  readonly encrypted: boolean
  /** The caller's address: it bounds how many rooms they may have open. */
  readonly address: string
}

export interface JoinRoom {
  readonly roomId: string
  readonly name: string
  /** `null`: a new guest, who gets an id. */
  readonly caller: Caller | null
  readonly password: string | null
  readonly address: string
}

export type Joined =
  | { readonly status: 'joined'; readonly self: Member; readonly snapshot: Snapshot }
  /** In the lobby: they get no members and no messages until somebody lets them in. */
  | { readonly status: 'waiting'; readonly userId: UserId; readonly name: string; readonly preview: Preview }

export type Entered =
  | {
      readonly status: 'entered'
      readonly self: Member
      readonly snapshot: Snapshot
      /** True: `missed` is everything since `since`, and the snapshot's messages need not be read. */
      readonly recovered: boolean
      readonly missed: readonly DurableEvent[]
      /** Those in the lobby, when the caller may admit them. */
      readonly knocking: readonly { readonly userId: UserId; readonly name: string }[]
    }
  | { readonly status: 'waiting'; readonly preview: Preview }

export interface Send {
  readonly conversationId: ConversationId
  readonly content: string
  readonly type: MessageType
  readonly clientId: string | null
  readonly replyTo: MessageId | null
  readonly metadata: Readonly<Record<string, unknown>> | null
}

/**
 * What people do with conversations. Every method checks the caller's rights and throws `DomainError`;
 * what it resolves with is stored. Durable changes are published on the bus by the time it resolves.
 * Room ids are accepted as people type them.
 */
export interface Core {
  createRoom(input: CreateRoom): Promise<{ readonly self: Member; readonly snapshot: Snapshot }>
  /** Takes a seat in the room, or a place in its lobby, without a connection yet. */
  joinRoom(input: JoinRoom): Promise<Joined>
  preview(roomId: string, address: string): Promise<Preview>

  /**
   * A session comes into the conversation: it counts as present from now on. Somebody who is not yet a
   * member joins if the room lets them (open, not full, password or lobby passed).
   */
  enter(
    caller: SessionCaller,
    input: {
      readonly conversationId: string
      readonly name: string | null
      readonly since: Position | null
      readonly address: string
    },
  ): Promise<Entered>
  /** A session is gone (disconnected, or looks at something else). The seat stays for a while. Never throws for a conversation that is gone. */
  exit(caller: SessionCaller, conversationId: ConversationId): Promise<void>
  /** The member gives up the seat; a host passes the role on at once. Ends a wait in the lobby too. Never throws for those who are not in it, be there such a conversation or not. */
  leave(caller: Caller, conversationId: string): Promise<void>
  /** Keeps the leases of these sessions; called at least every third of `leaseMs`. */
  renew(
    entries: readonly {
      readonly sessionId: SessionId
      readonly userId: UserId
      readonly conversationId: ConversationId
    }[],
  ): Promise<void>

  send(
    caller: SessionCaller | (Caller & { readonly sessionId: null }),
    input: Send,
  ): Promise<{ readonly message: Message; readonly duplicate: boolean }>
  edit(
    caller: Caller,
    input: { readonly conversationId: ConversationId; readonly messageId: MessageId; readonly content: string },
  ): Promise<Message>
  /** Own messages; the host any. */
  deleteMessage(
    caller: Caller,
    input: { readonly conversationId: ConversationId; readonly messageId: MessageId },
  ): Promise<Message>
  /** `on: null` toggles. Resolves with how it stands now. */
  react(
    caller: Caller,
    input: {
      readonly conversationId: ConversationId
      readonly messageId: MessageId
      readonly emoji: string
      readonly on: boolean | null
    },
  ): Promise<{ readonly on: boolean; readonly message: Message }>
  /** Told to the others; stops by itself after 5 s. */
  typing(
    caller: SessionCaller,
    input: { readonly conversationId: ConversationId; readonly isTyping: boolean },
  ): Promise<void>
  /** Throws `CONVERSATION_NOT_FOUND` for those who are not members. */
  history(
    caller: Caller,
    input: { readonly conversationId: string } & PageQuery,
  ): Promise<{ readonly messages: readonly Message[]; readonly hasMore: boolean }>
  members(caller: Caller, conversationId: string): Promise<readonly MemberView[]>

  lock(caller: Caller, input: { readonly conversationId: ConversationId; readonly isLocked: boolean }): Promise<void>
  kick(
    caller: Caller,
    input: { readonly conversationId: ConversationId; readonly userId: UserId; readonly ban: boolean },
  ): Promise<void>
  /** Giving `host` passes the role on; the former host becomes a moderator. */
  setRole(
    caller: Caller,
    input: { readonly conversationId: ConversationId; readonly userId: UserId; readonly role: Role },
  ): Promise<void>
  admit(
    caller: Caller,
    input: { readonly conversationId: ConversationId; readonly userId: UserId; readonly admit: boolean },
  ): Promise<void>
  extend(
    caller: Caller,
    input: { readonly conversationId: ConversationId; readonly minutes: number },
  ): Promise<{ readonly expiresAt: Millis }>

  count(): Promise<{ readonly conversations: number; readonly members: number }>
  /** Stops the core's timers. Nothing stored is touched. */
  close(): void
}
