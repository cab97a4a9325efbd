import type { Conversation, ConversationState, Member, Position, StateWrite } from '@parley/core'
import type { ConversationsTable, MembershipsTable } from './schema.ts'

/* Between rows and what the core knows: conversations and their members. */

type Settings = NonNullable<StateWrite['conversation']>
export type SettingsRow = Omit<
  ConversationsTable,
  'epoch' | 'rev' | 'version' | 'member_count' | 'active_at' | 'oldest_at' | 'pruned_rev' | 'last_commit' | 'deleted_at'
>
export type MemberRow = Pick<
  MembershipsTable,
  'conversation_id' | 'user_id' | 'name' | 'role' | 'joined_at' | 'absent_since' | 'has_entered'
>
type StateRow = SettingsRow & Pick<ConversationsTable, 'epoch' | 'rev' | 'version'>

export const MEMBER_COLUMNS = [
  'conversation_id',
  'user_id',
  'name',
  'role',
  'joined_at',
  'absent_since',
  'has_entered',
] as const satisfies readonly (keyof MemberRow)[]

const flag = (value: boolean): 0 | 1 => (value ? 1 : 0)
const list = <T>(text: string): readonly T[] => JSON.parse(text)

export function toConversation(row: SettingsRow): Conversation {
  return {
    id: row.id,
    kind: row.kind as Conversation['kind'],
    name: row.name,
    hostId: row.host_id,
    hostAbsentSince: row.host_absent_since,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    maxParticipants: row.max_participants,
    isLocked: row.is_locked === 1,
    passwordHash: row.password_hash,
    hasLobby: row.has_lobby === 1,
    // Rooms have one, and they are kept elsewhere.
    hasStage: false,
    encrypted: row.encrypted === 1,
    retentionDays: row.retention_days,
    quotaKey: row.quota_key,
    banned: list(row.banned),
    admitted: list(row.admitted),
    waiting: list(row.waiting),
  }
}

export function fromConversation(conversation: Conversation): SettingsRow {
  return {
    id: conversation.id,
    kind: conversation.kind,
    created_at: conversation.createdAt,
    ...fromSettings(conversation),
  }
}

/** The columns of all settings that may change. */
export function fromSettings(settings: Required<Settings>): Omit<SettingsRow, 'id' | 'kind' | 'created_at'> {
  return {
    name: settings.name,
    host_id: settings.hostId,
    host_absent_since: settings.hostAbsentSince,
    expires_at: settings.expiresAt,
    max_participants: settings.maxParticipants,
    is_locked: flag(settings.isLocked),
    password_hash: settings.passwordHash,
    has_lobby: flag(settings.hasLobby),
    encrypted: flag(settings.encrypted),
    retention_days: settings.retentionDays,
    quota_key: settings.quotaKey,
    banned: JSON.stringify(settings.banned),
    admitted: JSON.stringify(settings.admitted),
    waiting: JSON.stringify(settings.waiting),
  }
}

export function toMember(row: MemberRow): Member {
  return {
    userId: row.user_id,
    name: row.name,
    role: row.role as Member['role'],
    joinedAt: row.joined_at,
    absentSince: row.absent_since,
    hasEntered: row.has_entered === 1,
  }
}

export function fromMember(conversationId: string, member: Member): MemberRow {
  return {
    conversation_id: conversationId,
    user_id: member.userId,
    name: member.name,
    role: member.role,
    joined_at: member.joinedAt,
    absent_since: member.absentSince,
    has_entered: flag(member.hasEntered),
  }
}

export function toState(row: StateRow, members: readonly MemberRow[]): ConversationState {
  const { epoch, rev, version }: Position & { version: number } = row
  const byId = new Map(members.map((member) => [member.user_id, toMember(member)]))
  return { epoch, rev, version, conversation: toConversation(row), members: byId }
}
