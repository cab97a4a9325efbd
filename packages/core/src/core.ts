import type { Caller, SessionCaller } from './caller.ts'
import type { Call, CallId, CallMedia } from './calls/call.ts'
import type { Member, Position, Role } from './conversations/conversation.ts'
import type { ConversationView, MemberView } from './conversations/conversation-view.ts'
import type { OperatorCommands } from './conversations/operator-commands.ts'
import type { CallEvent, DurableEvent } from './events.ts'
import type { ConversationId, MessageId, Millis, SessionId, UserId } from './ids.ts'
import type { HistoryQuery } from './messages/find-message.ts'
import type { Message, MessageType } from './messages/message.ts'
import type { Cursor } from './messages/receipt.ts'
import type { Notification, NotificationId } from './notifications/notification.ts'
import type { PersonStatus, PresenceStatus, User } from './people/user.ts'
import type { InboxItem } from './ports/inbox-store.ts'
import type { VoiceCommands } from './voice/voice-commands.ts'

export type * from './conversations/conversation-view.ts'

/** A conversation as a member may see it, at `position`. */
export interface Snapshot {
  /** The conversation, without the password hash and the lists that only the core needs. */
  readonly conversation: ConversationView
  readonly members: readonly MemberView[]
  /** The latest 50, ascending. */
  readonly messages: readonly Message[]
  readonly position: Position
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
  /** `null`: the usual number, or as many as may be where that is less. */
  readonly maxParticipants: number | null
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
  /** They are in the lobby: they get no members and no messages until somebody lets them in. */
  | { readonly status: 'waiting'; readonly userId: UserId; readonly name: string; readonly preview: Preview }

export type Entered =
  | {
      readonly status: 'entered'
      readonly self: Member
      /** Another session of theirs may look at it too. */
      readonly isFurther: boolean
      readonly snapshot: Snapshot
      /** True: `missed` is everything since `since`, and the snapshot's messages need not be read. */
      readonly recovered: boolean
      readonly missed: readonly DurableEvent[]
      /** Those in the lobby, when the caller may admit them. */
      readonly knocking: readonly { readonly userId: UserId; readonly name: string }[]
      /** How far the members have got; empty in rooms. */
      readonly cursors: ReadonlyMap<UserId, Cursor>
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
 * How a session goes: for good, as far as is known, or because its node sent it to another one (`moves`). Whoever moves
 * counts as there for `moveGraceMs` more, and nobody is told anything when they come back within that time.
 */
export type Departure = 'goes' | 'moves'

/** Somebody who is to be a member. */
export interface Invitee {
  readonly userId: UserId
  /** `null`: as they are known, else their id. */
  readonly name: string | null
  readonly role: Role | null
}

/** A conversation that lasts, as a member of it sees it. */
export interface ConversationDetails {
  readonly conversation: ConversationView
  readonly members: readonly MemberView[]
  readonly cursors: ReadonlyMap<UserId, Cursor>
  readonly position: Position
}

/** A conversation in the caller's list. */
export interface ConversationSummary {
  readonly conversation: ConversationView
  readonly position: Position
  readonly self: Member
  /** The other one of a direct conversation; `null` in others. */
  readonly counterpart: PersonStatus | null
  readonly lastMessage: Message | null
  readonly unread: number
  readonly cursor: Cursor
  readonly activeAt: Millis
}

/**
 * Conversations that last, and their members. `by` is the caller, or `null` for the site itself, which may
 * do everything. To those who are not members a conversation looks like one that is not there:
 * `CONVERSATION_NOT_FOUND`.
 */
export interface ConversationCommands {
  /**
   * Makes a conversation.
   *
   * - The creator is a member and, in a group, its host. When the site makes a group, the first invitee is its host.
   * - When there is one with this `id`, or a direct conversation of the same two, its members get that one with
   *   `isNew: false`. So does the site, also when it names nobody. Everybody else gets `CONFLICT`.
   */
  createConversation(
    by: Caller | null,
    input: {
      readonly id: ConversationId | null
      readonly kind: 'direct' | 'group'
      readonly name: string | null
      readonly members: readonly Invitee[]
      readonly retentionDays: number | null
    },
  ): Promise<{ readonly details: ConversationDetails; readonly isNew: boolean }>
  listConversations(
    caller: Caller,
    page: { readonly limit: number; readonly before?: { readonly activeAt: Millis; readonly id: ConversationId } },
  ): Promise<{ readonly conversations: readonly ConversationSummary[]; readonly hasMore: boolean }>
  /** The conversations that the caller came into at this time or later, each with the name that they have there: for a client that may not have been told. */
  joinedSince(
    caller: Caller,
    since: Millis,
  ): Promise<readonly { readonly conversationId: ConversationId; readonly name: string }[]>
  getConversation(by: Caller | null, conversationId: ConversationId): Promise<ConversationDetails>
  /** For host and moderators of a group, and the site. `undefined` leaves a setting as it is. */
  updateConversation(
    by: Caller | null,
    conversationId: ConversationId,
    changes: { readonly name?: string; readonly retentionDays?: number | null },
  ): Promise<ConversationDetails>
  /** For the host of a group, and the site. Everything of it goes. */
  deleteConversation(by: Caller | null, conversationId: ConversationId): Promise<void>
  /** For host and moderators of a group, and the site. Those who are members already stay as they are. */
  addMembers(
    by: Caller | null,
    conversationId: ConversationId,
    invitees: readonly Invitee[],
  ): Promise<ConversationDetails>
  /** Everybody may remove themselves; others as for `kick`. */
  removeMember(by: Caller | null, conversationId: ConversationId, userId: UserId): Promise<void>

  /**
   * Notes that everything up to and including this message, named by either of its ids, was delivered, or read. When
   * that is news the others are told. Reading clears the caller's notifications up to there.
   */
  markDelivered(
    caller: Caller & { readonly sessionId?: SessionId },
    input: { readonly conversationId: ConversationId; readonly messageId: MessageId },
  ): Promise<void>
  markRead(
    caller: Caller & { readonly sessionId?: SessionId },
    input: { readonly conversationId: ConversationId; readonly messageId: MessageId },
  ): Promise<void>
  /** One message by the server's id or by its sender's own one (the caller's own comes first). Throws `MESSAGE_NOT_FOUND`. */
  findMessage(caller: Caller, conversationId: ConversationId, messageId: MessageId): Promise<Message>

  /**
   * Everything new for the caller in all of their lasting conversations after `cursor`. When there is nothing it waits
   * up to `waitMs`, or until `signal` aborts. Without a cursor the answer is empty, and says where to go on from. Throws
   * `VALIDATION_FAILED` for a cursor that is not one.
   */
  poll(
    caller: Caller,
    input: { readonly cursor: string | null; readonly waitMs: number; readonly signal: AbortSignalLike },
  ): Promise<{ readonly items: readonly InboxItem[]; readonly cursor: string; readonly hasMore: boolean }>

  /** Removes a user and all that is theirs, everywhere. Harmless for one who is not known. */
  deleteUser(userId: UserId): Promise<void>
  /** All that is kept of a user, in pieces: first their profile, then what is theirs in each conversation. Throws `USER_NOT_FOUND`. */
  exportUser(userId: UserId): Promise<UserExport>
}

/** The part of the web's `AbortSignal` that the core needs. */
export interface AbortSignalLike {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

export interface UserExport {
  readonly user: User | null
  readonly notifications: readonly Notification[]
  readonly conversations: AsyncIterable<{
    readonly conversation: ConversationView
    readonly self: Member | null
    readonly cursor: Cursor | null
    /** Read while they are taken; each holds about `pageMaxBytes` at the most, and may be empty. */
    readonly pages: AsyncIterable<{
      /** The messages that the user sent. */
      readonly messages: readonly Message[]
      readonly reactions: readonly { readonly messageId: MessageId; readonly emoji: string }[]
    }>
  }>
}

/** Who is here, and what waits for whom. */
export interface PersonCommands {
  /**
   * A site's user who calls without a connection is known by what their token says from now on, also in
   * conversations in which nobody has given them a name.
   */
  introduce(
    caller: Caller,
    profile: { readonly avatar: string | null; readonly roles: readonly string[] },
  ): Promise<void>
  /** A connection of a site's user: they count as connected from now on, and are known by what their token says. */
  connect(
    caller: SessionCaller,
    profile: { readonly avatar: string | null; readonly roles: readonly string[] },
  ): Promise<{ readonly pendingNotifications: number }>
  /** The connection is gone. Never throws. */
  disconnect(caller: SessionCaller, departure?: Departure): Promise<void>
  /** Keeps the leases of these connections; called at least every third of `presenceLeaseMs`, with when each user last did something there. */
  renewConnections(
    entries: readonly { readonly sessionId: SessionId; readonly userId: UserId; readonly activeAt: Millis }[],
  ): Promise<void>
  /** Sets the caller's status. Their `customStatus` stays when none is given, and goes when an empty one is. */
  setStatus(
    caller: Caller & { readonly sessionId?: SessionId },
    input: { readonly status: PresenceStatus; readonly customStatus?: string },
  ): Promise<void>
  /** The status of each of these users who shares a conversation with the caller; the others are left out. */
  statuses(caller: Caller, userIds: readonly UserId[]): Promise<readonly PersonStatus[]>
  /** Those who share a conversation with the caller and can be seen as connected now. */
  onlineContacts(caller: Caller): Promise<readonly PersonStatus[]>
  /**
   * The same as `statuses` and `onlineContacts`, but with the status that others were told last: for a client that may
   * not have been told. What nobody has been told yet is not in it.
   */
  toldStatuses(
    caller: Caller,
    userIds: readonly UserId[],
    /** Who is not news is left out, and nothing more is read for them. */
    isNews?: (person: PersonStatus) => boolean,
  ): Promise<readonly PersonStatus[]>
  toldContacts(caller: Caller): Promise<readonly PersonStatus[]>

  /** Oldest first. */
  pendingNotifications(caller: Caller): Promise<readonly Notification[]>
  /** Takes it away on all devices. Throws `NOTIFICATION_NOT_FOUND`. */
  clearNotification(caller: Caller, id: NotificationId): Promise<void>
  clearNotifications(caller: Caller): Promise<void>
}

/** Calls in chats. What one side says to the other (`offer`, `answer`, `candidate`) is opaque here. */
export interface CallCommands {
  /** Rings every device of every other member. When they are calling the caller in this chat at this moment, that call is answered instead. */
  initiateCall(
    caller: SessionCaller,
    input: { readonly conversationId: ConversationId; readonly media: CallMedia; readonly offer: unknown },
  ): Promise<Call>
  /** The caller is in the call with this session from now on. Throws `CONFLICT` when another device of theirs was first, `CALL_NOT_FOUND` when it is over. */
  answerCall(caller: SessionCaller, input: { readonly callId: CallId; readonly answer: unknown }): Promise<Call>
  rejectCall(caller: SessionCaller, input: { readonly callId: CallId; readonly reason: string | null }): Promise<void>
  /** The caller hangs up; a call with fewer than two is over. Harmless when it is over already. */
  endCall(caller: SessionCaller, input: { readonly callId: CallId }): Promise<void>
  /**
   * What the caller's session would have been told since it was told of these calls last, as far as that still says
   * anything: calls that ring, and what became of those that were `shown`.
   */
  missedCalls(caller: SessionCaller, shown: readonly Call[]): Promise<readonly CallEvent[]>
  /** Passes a candidate on to one party, or to all others. */
  relayCandidate(
    caller: SessionCaller,
    input: { readonly callId: CallId; readonly candidate: unknown; readonly to: UserId | null },
  ): Promise<void>
}

/**
 * What people do with conversations. Every method checks the caller's rights and throws `DomainError`;
 * what it resolves with is stored. Durable changes are published on the bus by the time it resolves.
 * Ids of conversations that last are taken exactly as they are; what is not found that way is read as a room id,
 * as people type them.
 */
export interface Core extends ConversationCommands, PersonCommands, CallCommands, VoiceCommands, OperatorCommands {
  createRoom(input: CreateRoom): Promise<{ readonly self: Member; readonly snapshot: Snapshot }>
  /** Takes a seat in the room, or a place in its lobby, without a connection yet. */
  joinRoom(input: JoinRoom): Promise<Joined>
  preview(roomId: string, address: string): Promise<Preview>

  /**
   * A session comes into the conversation: it counts as present from now on. Somebody who is not yet a
   * member joins if the room lets them (open, not full, password or lobby passed). A conversation that lasts is
   * there for its members only.
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
  /**
   * A session is gone: disconnected, or it looks at something else. A seat in a room stays for a while, the membership
   * of a conversation that lasts for good. Never throws for a conversation that is gone.
   */
  exit(caller: SessionCaller, conversationId: ConversationId, departure?: Departure): Promise<void>
  /**
   * The member gives up the seat, or the membership of a group; a host passes the role on at once. Ends a wait in
   * the lobby too. Never throws for those who are not in it, be there such a conversation or not. `FORBIDDEN` for
   * a direct conversation.
   */
  leave(caller: Caller & { readonly sessionId?: SessionId }, conversationId: string): Promise<void>
  /** Ends, on whichever node, those of the caller's sessions in the conversation that `choose` gives of all of them. */
  displace(
    caller: SessionCaller,
    conversationId: ConversationId,
    choose: (sessionIds: readonly SessionId[]) => readonly SessionId[],
  ): Promise<void>
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
  /** A page of messages. Throws `CONVERSATION_NOT_FOUND` for those who are not members, `MESSAGE_NOT_FOUND` when the message is not there at which it is to begin or end. */
  history(
    caller: Caller,
    input: HistoryQuery & { readonly conversationId: string },
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
  /** Host of a room: as if its time were up. */
  endRoom(caller: Caller, conversationId: ConversationId): Promise<void>

  count(): Promise<{ readonly conversations: number; readonly members: number }>
  /** Stops the core's timers. Nothing stored is touched. */
  close(): void
}
