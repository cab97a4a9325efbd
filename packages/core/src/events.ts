import type { Call, CallEndReason, CallId } from './calls/call.ts'
import type { Member, Role } from './conversations/conversation.ts'
import type { ConversationId, MessageId, Millis, SessionId, UserId } from './ids.ts'
import type { Message } from './messages/message.ts'
import type { Notification, NotificationId } from './notifications/notification.ts'
import type { PersonStatus, PresenceStatus } from './people/user.ts'
import type { MediaSignal } from './ports/media-plane.ts'
import type { VoiceEndReason } from './voice/voice.ts'

interface Base {
  readonly conversationId: ConversationId
  readonly at: Millis
}
interface Durable extends Base {
  /** The place of this change in its conversation: each durable event has the next one, without holes. */
  readonly rev: number
}

interface Reaction {
  readonly messageId: MessageId
  /** The sender's own id of the message, by which they may know it. */
  readonly clientId: string | null
  readonly userId: UserId
  readonly emoji: string
}

/** Changes that are stored, ordered by `rev`, and recovered by those who missed them. */
export type DurableEvent =
  | (Durable & { readonly type: 'message.sent'; readonly message: Message })
  | (Durable & { readonly type: 'message.edited'; readonly message: Message })
  | (Durable & { readonly type: 'message.deleted'; readonly message: Message; readonly byId: UserId })
  | (Durable & Reaction & { readonly type: 'reaction.added' })
  | (Durable & Reaction & { readonly type: 'reaction.removed' })
  /** Somebody came in for the first time since they took their seat. */
  | (Durable & {
      readonly type: 'member.joined'
      readonly member: Member
      /** The status others see at that moment; absent in rooms, where whoever comes in is there. */
      readonly status?: PresenceStatus
    })
  /** Somebody is no member any more. `DELETED_USER` is one who was deleted, with all that was theirs: read the conversation again. */
  | (Durable & {
      readonly type: 'member.left'
      readonly userId: UserId
      readonly name: string
      readonly reason: LeaveReason
    })
  | (Durable & {
      readonly type: 'role.changed'
      /** The one whom the change is about; with `role: 'host'` the role passed on. */
      readonly userId: UserId
      readonly role: Role
      readonly hostId: UserId
      /** The former host and what they are now, when the role passed on and they are still a member. */
      readonly former: { readonly userId: UserId; readonly role: Role } | null
      /** Who did it; `null` when it passed on by itself. */
      readonly byId: UserId | null
    })
  | (Durable & { readonly type: 'conversation.locked'; readonly byId: UserId })
  | (Durable & { readonly type: 'conversation.unlocked'; readonly byId: UserId })
  | (Durable & { readonly type: 'conversation.extended'; readonly byId: UserId; readonly expiresAt: Millis })
  /** `byId` is `null` when the site did it. */
  | (Durable & { readonly type: 'conversation.renamed'; readonly byId: UserId | null; readonly name: string })

interface Named {
  readonly userId: UserId
  readonly name: string
}

/** What is told to those who are there, and stored nowhere. */
export type EphemeralEvent =
  | (Base & Named & { readonly type: 'typing.started' })
  | (Base & Named & { readonly type: 'typing.stopped' })
  /** A member got further: everything up to this message was delivered to them, or read by them. */
  | (Base & {
      readonly type: 'receipt.moved'
      readonly userId: UserId
      readonly messageId: MessageId
      /** The sender's own id of the message. */
      readonly clientId: string | null
      readonly seq: number
      readonly kind: 'delivered' | 'read'
    })
  /**
   * Another process has written in this conversation, up to the rev `upTo`; `null` stands for something without a rev,
   * such as a receipt, or its deletion. Whoever is behind asks the store. No wire carries it.
   */
  | (Base & {
      readonly type: 'conversation.advanced'
      readonly upTo: number | null
      /** The epoch of the conversation that has the id, where that was looked at too. */
      readonly epoch?: string
    })
  /** Somebody has a seat, and has not come yet. */
  | (Base & { readonly type: 'seat.taken'; readonly userId: UserId })
  /** A member came online or went offline in this conversation. */
  | (Base & { readonly type: 'presence.changed'; readonly userId: UserId; readonly online: boolean })
  /** Somebody opened a conversation that lasts on the first of their connections, or closed it on the last: they are a member all the while. */
  | (Base & Named & { readonly type: 'attendance.changed'; readonly isHere: boolean })
  | (Base & { readonly type: 'conversation.expiring'; readonly expiresAt: Millis; readonly minutesLeft: number })
  /** The end: sessions are told, then leave or are closed. Without `endedBy` its time was up, or it is simply gone. */
  | (Base & { readonly type: 'conversation.expired'; readonly endedBy?: RoomEnder })
  /** Somebody waits in the lobby: for those who may admit. */
  | (Base & { readonly type: 'lobby.knocked'; readonly userId: UserId; readonly name: string })
  | (Base & { readonly type: 'lobby.answered'; readonly userId: UserId })
  /** The answer, for the one who waited. */
  | (Base & { readonly type: 'lobby.admitted'; readonly userId: UserId })
  | (Base & { readonly type: 'lobby.refused'; readonly userId: UserId })
  /** Tells the one who was removed: every session of theirs leaves the conversation. */
  | (Base & { readonly type: 'member.removed'; readonly userId: UserId; readonly banned: boolean })
  /** Other sockets of the same person took the place of the sessions that this is for. */
  | (Base & { readonly type: 'session.displaced' })
  /** Something about who is in voice, or how. Whoever shows it reads it: several changes may be one to them. */
  | (Base & { readonly type: 'voice.changed' })
  | (Base & {
      readonly type: 'voice.speaking'
      readonly userId: UserId
      readonly isSpeaking: boolean
      /** 0–1 */
      readonly level: number
    })
  /** What somebody, or the media server (`null`), says to one session about its media. */
  | (Base & { readonly type: 'voice.signalled'; readonly fromId: UserId | null; readonly signal: MediaSignal })
  /** Everybody in voice has to join its media again. */
  | (Base & { readonly type: 'voice.moved' })
  /** The session is out of voice by no wish of its own. */
  | (Base & { readonly type: 'voice.ended'; readonly sessionId: SessionId; readonly reason: VoiceEndReason })
  /** Somebody asks the one who hears this to speak. */
  | (Base & { readonly type: 'voice.unmute-asked'; readonly byId: UserId; readonly byName: string })
  /** Whether the media server receives anything of the microphone of the one who hears this. */
  | (Base & { readonly type: 'voice.heard'; readonly isHeard: boolean })
  | (Base & { readonly type: 'voice.reacted'; readonly userId: UserId; readonly emoji: string })

/** Who may end a room before its time. */
export type RoomEnder = 'host' | 'operator'

export type LeaveReason = 'left' | 'timeout' | 'kicked'
export type DomainEvent = DurableEvent | EphemeralEvent
export type DomainEventType = DomainEvent['type']
export type EventOf<T extends DomainEventType> = Extract<DomainEvent, { readonly type: T }>

/** What concerns a person on all of their connections, whatever they look at. Not durable: what must last is in a store. */
export type UserEvent =
  | { readonly type: 'notification.created'; readonly at: Millis; readonly notification: Notification }
  /** Seen on one of their devices. */
  | { readonly type: 'notification.cleared'; readonly at: Millis; readonly ids: readonly NotificationId[] }
  /** Somebody with whom they share a conversation is seen differently now. */
  | {
      readonly type: 'status.changed'
      readonly at: Millis
      readonly person: PersonStatus
      /** They could be seen as connected before, and now. */
      readonly wasOnline: boolean
      readonly isOnline: boolean
    }
  /** They were made a member of a conversation. */
  | {
      readonly type: 'conversation.added'
      readonly at: Millis
      readonly conversationId: ConversationId
      readonly member: Member
    }
  | {
      readonly type: 'call.ringing'
      readonly at: Millis
      readonly call: Call
      readonly from: { readonly userId: UserId; readonly name: string }
      readonly offer: unknown
    }
  /** `userId` is in it now. */
  | {
      readonly type: 'call.answered'
      readonly at: Millis
      readonly call: Call
      readonly userId: UserId
      readonly answer: unknown
    }
  | {
      readonly type: 'call.rejected'
      readonly at: Millis
      readonly call: Call
      readonly userId: UserId
      readonly reason: string | null
    }
  /** Over for the one who is told; `answered-elsewhere`: for this device of theirs. */
  | {
      readonly type: 'call.ended'
      readonly at: Millis
      readonly callId: CallId
      readonly conversationId: ConversationId
      readonly reason: CallEndReason
    }
  | {
      readonly type: 'call.candidate'
      readonly at: Millis
      readonly callId: CallId
      readonly fromId: UserId
      readonly candidate: unknown
    }
  /** Tokens of theirs are not good any more: those issued up to `issuedBefore`, or the one with this id. */
  | {
      readonly type: 'access.revoked'
      readonly at: Millis
      /** `null` when only the token's id is known. */
      readonly userId: UserId | null
      readonly issuedBefore: Millis | null
      readonly tokenId: string | null
    }

export type UserEventType = UserEvent['type']
/** How a call stands, for those of whom it knows. */
export type CallEvent = Extract<
  UserEvent,
  { readonly type: 'call.ringing' | 'call.answered' | 'call.rejected' | 'call.ended' }
>

/** An event on its way to people. */
export interface Addressed {
  readonly event: UserEvent
  readonly userIds: readonly UserId[]
  /** Only to this session, when it is given. */
  readonly onlySession: SessionId | null
  /** The session that caused it and has it from its answer; it is passed over. */
  readonly exceptSession: SessionId | null
}

/** Who is told of an event. Everything but `topic` stays small: most events go to all. */
export type Audience =
  | { readonly kind: 'topic' }
  /** Only those whose role lets them admit. */
  | { readonly kind: 'moderators' }
  | { readonly kind: 'user'; readonly userId: UserId }
  /** Those of these sessions that have a place in the conversation are told. */
  | { readonly kind: 'sessions'; readonly sessionIds: readonly SessionId[] }

interface Outgoing {
  readonly audience: Audience
  /** The session that caused it and has it from its answer; it is passed over. */
  readonly exceptSession: SessionId | null
}

/** A durable event on its way out. */
export interface PublishedChange extends Outgoing {
  readonly event: DurableEvent
  /** The epoch of the conversation that it happened in: another one may have the same id before it, or after. */
  readonly epoch: string
}

/** An event on its way out. */
export type Published = PublishedChange | (Outgoing & { readonly event: EphemeralEvent })
