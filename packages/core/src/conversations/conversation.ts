import type { ConversationId, Millis, UserId } from '../ids.ts'

export type ConversationKind = 'room' | 'direct' | 'group'
export type Role = 'host' | 'moderator' | 'speaker' | 'listener'

/** The settings of a conversation: everything but its members and messages. */
export interface Conversation {
  readonly id: ConversationId
  readonly kind: ConversationKind
  readonly name: string
  readonly hostId: UserId
  /** Since when the host is away, member or not; `null` while they are here, or have not come for the first time yet. */
  readonly hostAbsentSince: Millis | null
  readonly createdAt: Millis
  /** When the conversation ends and all of it is deleted; `null` for one that lasts. */
  readonly expiresAt: Millis | null
  readonly maxParticipants: number
  readonly isLocked: boolean
  /** Encoded by the `PasswordHasher`; never leaves the core. */
  readonly passwordHash: string | null
  readonly hasLobby: boolean
  /** Whoever comes from now on is a listener; rooms only. */
  readonly hasStage: boolean
  readonly encrypted: boolean
  /** How many days messages are kept; `null` for as long as the deployment says. */
  readonly retentionDays: number | null
  /** Whose quota of open conversations this one counts against (an address, a user). */
  readonly quotaKey: string
  /** Those removed for good. */
  readonly banned: readonly UserId[]
  /** Those let in from the lobby, or who gave the password: they may come back without asking again. */
  readonly admitted: readonly UserId[]
  /** Those in the lobby, in order of arrival. */
  readonly waiting: readonly Waiting[]
}

/** What every conversation needs to be told when it is made. */
type Required = 'id' | 'kind' | 'name' | 'hostId' | 'createdAt' | 'maxParticipants' | 'quotaKey'

/** A conversation as it is made: open to all, without an end and without anybody banned, let in or waiting, unless `settings` say so. */
export function newConversation(settings: Pick<Conversation, Required> & Partial<Conversation>): Conversation {
  return {
    hostAbsentSince: null,
    expiresAt: null,
    isLocked: false,
    passwordHash: null,
    hasLobby: false,
    hasStage: false,
    encrypted: false,
    retentionDays: null,
    banned: [],
    admitted: [],
    waiting: [],
    ...settings,
  }
}

export interface Waiting {
  readonly userId: UserId
  readonly name: string
  readonly since: Millis
}

export interface Member {
  readonly userId: UserId
  readonly name: string
  readonly role: Role
  readonly joinedAt: Millis
  /** Since when no session of theirs is in the conversation; `null` while one is. */
  readonly absentSince: Millis | null
  /** A session of theirs has been in the conversation. Until then they hold a seat that they took without a connection. */
  readonly hasEntered: boolean
}

/**
 * Where a conversation stands. `epoch` changes when its history was lost, so that no client mistakes a new counter for
 * the old one; `areOfOneConversation` tells this from another conversation under the same id.
 */
export interface Position {
  readonly epoch: string
  /** The rev of the latest durable change. */
  readonly rev: number
}

/** A conversation with its members, as stored. `version` grows with every change of settings or members, and guards the next one. */
export interface ConversationState extends Position {
  readonly version: number
  readonly conversation: Conversation
  readonly members: ReadonlyMap<UserId, Member>
}
