import { z } from 'zod'
import { nameInput, roomIdInput, timestamp } from '../common.ts'
import { SIZES } from '../limits.ts'
import { message, room } from './server-messages.ts'

/** Lower-case Crockford base32; no number, since those are a message's `seq`. */
const MESSAGE_ID = /^[0-9a-hjkmnp-tv-z]{26}$/
const NO_PLACE = 'must be the seq or the id of a message'
const password = z.string().max(SIZES.maxPasswordLength)

export const loginBody = z.object({ name: nameInput })
export const loginAnswer = z.object({
  token: z.string(),
  expiresIn: z.int(),
  user: z.object({ id: z.string(), name: z.string() }),
})

/**
 * `duration` is in minutes, an empty `password` is none; which lengths and sizes are allowed is the deployment's to say.
 * Without `maxParticipants` it is 30, or as many as the deployment allows where that is less.
 */
export const createRoomBody = z.object({
  name: nameInput,
  maxParticipants: z.int().min(2).optional(),
  duration: z.int().min(1),
  hostName: nameInput,
  password: password.optional(),
  lobby: z.boolean().optional(),
  encrypted: z.boolean().optional(),
})
export const createRoomAnswer = z.object({ roomId: z.string(), token: z.string(), room })

export const joinRoomBody = z.object({
  roomId: roomIdInput,
  participantName: nameInput,
  password: password.optional(),
})
/** `waiting`: the room has a lobby and the host has not let this person in yet; `room` then has no messages and no participants. */
export const joinRoomAnswer = z.object({
  success: z.literal(true),
  token: z.string(),
  room,
  waiting: z.boolean().optional(),
})

export const roomPreview = z.object({
  id: z.string(),
  name: z.string(),
  participants: z.int(),
  maxParticipants: z.int(),
  expiresAt: timestamp,
  isLocked: z.boolean(),
  hasPassword: z.boolean(),
  hasLobby: z.boolean(),
  encrypted: z.boolean(),
})

/** `durationMs` grows while it is recorded; there are `bytes` once it is ready. */
export const recordingsAnswer = z.object({
  recordings: z.array(
    z.object({
      id: z.string(),
      userId: z.string().optional(),
      name: z.string(),
      startedAt: timestamp,
      durationMs: z.int(),
      bytes: z.int(),
      state: z.enum(['recording', 'preparing', 'ready', 'failed']),
    }),
  ),
})

export const refreshAnswer = z.object({ token: z.string(), expiresIn: z.int() })
export const historyQuery = z.object({
  /** A message's `seq`, or its id: only what was said before it. */
  before: z.union([z.coerce.number().int().min(0), z.string().regex(MESSAGE_ID, NO_PLACE)], NO_PLACE).optional(),
  limit: z.coerce.number().int().min(1).max(SIZES.maxHistoryPage).default(SIZES.snapshotMessages),
})
export const historyAnswer = z.object({ messages: z.array(message), hasMore: z.boolean() })
export const csrfAnswer = z.object({ csrfToken: z.string() })
export const healthAnswer = z.object({
  status: z.enum(['ok', 'degraded']),
  timestamp,
  auth: z.literal('jwt'),
  /** Where rooms are kept. */
  storage: z.string(),
  /** Where conversations that last are kept. */
  database: z.string(),
  redis: z.enum(['connected', 'disconnected', 'disabled']),
  /** What carries voice and video. */
  media: z.enum(['janus', 'mesh', 'off']).optional(),
  /** Media servers and the relay, by name. */
  services: z.record(z.string(), z.enum(['starting', 'up', 'down', 'stopped'])).optional(),
  rooms: z.int(),
  participants: z.int(),
  uptime: z.number(),
  connections: z.object({ active: z.int(), total: z.int(), peak: z.int() }),
  failing: z.array(z.string()).optional(),
})

/** `iceServers` as the browser's `RTCConfiguration` takes it. */
export const turnCredentialsAnswer = z.object({
  /** `<expiry in Unix seconds>:<user>`. */
  username: z.string(),
  credential: z.string(),
  /** Seconds. */
  ttl: z.int(),
  realm: z.string(),
  iceServers: z.array(
    z.object({
      urls: z.union([z.string(), z.array(z.string())]),
      username: z.string().optional(),
      credential: z.string().optional(),
    }),
  ),
})

/** RFC 9457 problem document with our stable `code`. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  retryAfterMs: z.int().optional(),
  requestId: z.string().optional(),
})

export type CreateRoomBody = z.input<typeof createRoomBody>
export type CreateRoomAnswer = z.infer<typeof createRoomAnswer>
export type JoinRoomBody = z.input<typeof joinRoomBody>
export type JoinRoomAnswer = z.infer<typeof joinRoomAnswer>
export type RoomPreview = z.infer<typeof roomPreview>
export type HistoryAnswer = z.infer<typeof historyAnswer>
export type RecordingsAnswer = z.infer<typeof recordingsAnswer>
export type Problem = z.infer<typeof problem>
