import type { Member, Role } from './conversations/conversation.ts'
import type { ConversationId, MessageId, Millis, SessionId, UserId } from './ids.ts'
import type { Message } from './messages/message.ts'

interface Base {
  readonly conversationId: ConversationId
  readonly at: Millis
}
interface Durable extends Base {
  /** The place of this change in its conversation: each durable event has the next one, without holes. */
  readonly rev: number
}

/** Changes that are stored, ordered by `rev`, and recovered by those who missed them. */
export type DurableEvent =
  | (Durable & { readonly type: 'message.sent'; readonly message: Message })
  | (Durable & { readonly type: 'message.edited'; readonly message: Message })
  | (Durable & { readonly type: 'message.deleted'; readonly message: Message; readonly byId: UserId })
  | (Durable & {
      readonly type: 'reaction.added' | 'reaction.removed'
      readonly messageId: MessageId
      readonly userId: UserId
      readonly emoji: string
    })
  /** Somebody came in for the first time since they took their seat. */
  | (Durable & { readonly type: 'member.joined'; readonly member: Member })
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
  | (Durable & { readonly type: 'conversation.locked' | 'conversation.unlocked'; readonly byId: UserId })
  | (Durable & { readonly type: 'conversation.extended'; readonly byId: UserId; readonly expiresAt: Millis })

/** What is told to those who are there, and stored nowhere. */
export type EphemeralEvent =
  | (Base & {
      readonly type: 'typing.started' | 'typing.stopped'
      readonly userId: UserId
      readonly name: string
    })
  /** A member came online or went offline in this conversation. */
  | (Base & { readonly type: 'presence.changed'; readonly userId: UserId; readonly online: boolean })
  | (Base & { readonly type: 'conversation.expiring'; readonly expiresAt: Millis; readonly minutesLeft: number })
  /** The end: sessions are told, then leave or are closed. */
  | (Base & { readonly type: 'conversation.expired' })
  /** For those who may admit. */
  | (Base & { readonly type: 'lobby.knocked'; readonly userId: UserId; readonly name: string })
  | (Base & { readonly type: 'lobby.answered'; readonly userId: UserId })
  /** For the one who waited. */
  | (Base & { readonly type: 'lobby.admitted' | 'lobby.refused'; readonly userId: UserId })
  /** For the one who was removed: every session of theirs leaves the conversation. */
  | (Base & { readonly type: 'member.removed'; readonly userId: UserId; readonly banned: boolean })

export type LeaveReason = 'left' | 'timeout' | 'kicked'
export type DomainEvent = DurableEvent | EphemeralEvent
export type DomainEventType = DomainEvent['type']
export type EventOf<T extends DomainEventType> = Extract<DomainEvent, { readonly type: T }>

/** To whom an event goes. Everything but `topic` stays small: most events go to all. */
export type Audience =
  | { readonly kind: 'topic' }
  /** Only those whose role lets them admit. */
  | { readonly kind: 'moderators' }
  | { readonly kind: 'user'; readonly userId: UserId }

/** An event on its way out. */
export interface Published {
  readonly event: DomainEvent
  readonly audience: Audience
  /** The session that caused it and has it from its answer; it is passed over. */
  readonly exceptSession: SessionId | null
}
