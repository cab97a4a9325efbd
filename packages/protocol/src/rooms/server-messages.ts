import { z } from 'zod'
import { endedBy, reactions, role, timestamp, voiceState } from '../common.ts'
import type { ErrorCode } from '../errors.ts'
import { ERROR_STATUS } from '../errors.ts'

const errorCode = z.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]])

export const participant = z.object({
  id: z.string(),
  name: z.string(),
  role,
  joinedAt: timestamp,
  online: z.boolean(),
  voice: voiceState,
})

export const message = z.object({
  id: z.string(),
  clientId: z.string().optional(),
  seq: z.int(),
  rev: z.int(),
  senderId: z.string(),
  name: z.string(),
  text: z.string(),
  type: z.string(),
  replyTo: z.string().optional(),
  at: timestamp,
  editedAt: timestamp.optional(),
  deletedAt: timestamp.optional(),
  reactions,
})

export const room = z.object({
  id: z.string(),
  name: z.string(),
  hostId: z.string(),
  participants: z.array(participant),
  messages: z.array(message),
  createdAt: timestamp,
  expiresAt: timestamp,
  maxParticipants: z.int(),
  isLocked: z.boolean(),
  hasPassword: z.boolean(),
  hasLobby: z.boolean(),
  encrypted: z.boolean(),
  epoch: z.string(),
  rev: z.int(),
})

const eventOf = <T extends string, S extends z.core.$ZodLooseShape>(event: T, shape: S) =>
  z.object({ type: z.literal('room_event'), roomId: z.string(), event: z.literal(event), at: timestamp, ...shape })
/** Durable events carry the `rev` they took, without holes. */
const rev = z.int()

const durableRoomEvents = {
  message: eventOf('message', { rev, message }),
  message_edited: eventOf('message_edited', { rev, message }),
  message_deleted: eventOf('message_deleted', { rev, messageId: z.string(), participantId: z.string() }),
  reaction: eventOf('reaction', {
    rev,
    messageId: z.string(),
    participantId: z.string(),
    emoji: z.string(),
    action: z.enum(['added', 'removed']),
  }),
  participant_joined: eventOf('participant_joined', { rev, participant }),
  participant_left: eventOf('participant_left', {
    rev,
    participantId: z.string(),
    name: z.string(),
    reason: z.enum(['left', 'timeout', 'kicked']),
  }),
  role_changed: eventOf('role_changed', { rev, participantId: z.string(), role, hostId: z.string() }),
  locked: eventOf('locked', { rev, participantId: z.string() }),
  unlocked: eventOf('unlocked', { rev, participantId: z.string() }),
  extended: eventOf('extended', { rev, participantId: z.string(), expiresAt: timestamp }),
} as const

/** `room_event` frames by `event`. */
export const roomEvents = {
  ...durableRoomEvents,
  joined: eventOf('joined', {
    room,
    you: participant,
    recovered: z.boolean(),
    missed: z.array(z.union(Object.values(durableRoomEvents))),
  }),
  waiting: eventOf('waiting', {}),
  knock: eventOf('knock', { participantId: z.string(), name: z.string() }),
  expiring: eventOf('expiring', { expiresAt: timestamp, minutesLeft: z.int() }),
  expired: eventOf('expired', { endedBy }),
  kicked: eventOf('kicked', { banned: z.boolean() }),
} as const

/** Server frames of the rooms wire by `type`. */
export const serverMessages = {
  participants_update: z.object({
    type: z.literal('participants_update'),
    roomId: z.string(),
    participants: z.array(participant),
  }),
  typing: z.object({
    type: z.literal('typing'),
    roomId: z.string(),
    participantId: z.string(),
    isTyping: z.boolean(),
  }),
  token: z.object({ type: z.literal('token'), ref: z.string().optional(), token: z.string(), expiresIn: z.int() }),
  ok: z.object({
    type: z.literal('ok'),
    ref: z.string().optional(),
    data: z.record(z.string(), z.unknown()).optional(),
  }),
  error: z.object({
    type: z.literal('error'),
    ref: z.string().optional(),
    code: errorCode,
    message: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    retryAfterMs: z.int().optional(),
    requestId: z.string().optional(),
  }),
  pong: z.object({ type: z.literal('pong'), ref: z.string().optional(), at: timestamp }),
} as const

export type Participant = z.infer<typeof participant>
export type Message = z.infer<typeof message>
export type Room = z.infer<typeof room>
export type RoomEventName = keyof typeof roomEvents
export type RoomEvent<E extends RoomEventName = RoomEventName> = z.infer<(typeof roomEvents)[E]>
export type ServerMessageType = keyof typeof serverMessages
export type ServerMessage<T extends ServerMessageType = ServerMessageType> = z.infer<(typeof serverMessages)[T]>
