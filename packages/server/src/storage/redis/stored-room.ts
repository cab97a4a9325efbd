import type { Conversation, ConversationId, ConversationState, Member } from '@parley/core'
import { z } from 'zod'

/* Between what an operator reads in Redis and what the core knows: a room's settings and its members. */

export const storedRole = z.enum(['host', 'moderator', 'speaker', 'listener'])

export const storedMember = z.object({
  userId: z.string(),
  name: z.string(),
  role: storedRole,
  joinedAt: z.number(),
  absentSince: z.number().nullable(),
  hasEntered: z.boolean(),
}) satisfies z.ZodType<Member>

/** Everything but the password's hash, and whose quota it counts against: those are not for reading. */
const readable = z.object({
  id: z.string(),
  kind: z.enum(['room', 'direct', 'group']),
  name: z.string(),
  hostId: z.string(),
  hostAbsentSince: z.number().nullable(),
  createdAt: z.number(),
  expiresAt: z.number().nullable(),
  maxParticipants: z.number(),
  isLocked: z.boolean(),
  hasLobby: z.boolean(),
  hasStage: z.boolean(),
  encrypted: z.boolean(),
  retentionDays: z.number().nullable(),
  banned: z.array(z.string()),
  admitted: z.array(z.string()),
  waiting: z.array(z.object({ userId: z.string(), name: z.string(), since: z.number() })),
}) satisfies z.ZodType<Omit<Conversation, 'passwordHash' | 'quotaKey'>>

const stored = z.object({ ...readable.shape, members: z.array(storedMember) })

/** What is kept apart from the readable state. */
export type Private = Pick<Conversation, 'passwordHash' | 'quotaKey'>
export type RoomState = Pick<ConversationState, 'conversation' | 'members'>

/** The room as `GET room:<ID>` shows it. */
export function fromRoomState({ conversation, members }: RoomState): string {
  const { passwordHash, quotaKey, ...settings } = conversation
  return JSON.stringify({ ...settings, hasPassword: passwordHash !== null, members: [...members.values()] })
}

/** Throws when it is not what this version of the server writes. */
export function toRoomState(id: ConversationId, text: string, { passwordHash, quotaKey }: Private): RoomState {
  const { data, error } = stored.safeParse(JSON.parse(text))
  if (data === undefined) throw new Error(`what Redis keeps of room ${id} can't be read`, { cause: error })
  const { members, ...settings } = data
  return {
    conversation: { ...settings, passwordHash, quotaKey },
    members: new Map(members.map((each) => [each.userId, each])),
  }
}
