import { z } from 'zod'
import { anyJson, endedBy, reactions, role, timestamp, voiceState } from '../common.ts'
import { ERROR_STATUS, type ErrorCode } from '../errors.ts'
import { callMedia, messageType, presenceStatus } from './client-messages.ts'
import { recording, topology, voiceAnswers, voiceEvents, voiceParticipant } from './voice.ts'

const errorCode = z.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]])

export const member = z.object({
  userId: z.string(),
  name: z.string(),
  role,
  joinedAt: timestamp,
  online: z.boolean(),
  status: presenceStatus,
  voice: voiceState,
})

/**
 * `seq` is the `rev` of its sending and never changes; `rev` is that of its last change.
 * A deleted message keeps its place with empty content.
 */
export const message = z.object({
  id: z.string(),
  chatId: z.string(),
  tempId: z.string().optional(),
  seq: z.int(),
  rev: z.int(),
  senderId: z.string(),
  senderName: z.string(),
  encryptedContent: z.string(),
  messageType,
  replyToId: z.string().optional(),
  metadata: z.record(z.string(), anyJson).optional(),
  createdAt: timestamp,
  editedAt: timestamp.optional(),
  deletedAt: timestamp.optional(),
  reactions,
})

export const chat = z.object({
  id: z.string(),
  kind: z.enum(['room', 'direct', 'group']),
  name: z.string(),
  hostId: z.string(),
  createdAt: timestamp,
  /** Only rooms end. */
  expiresAt: timestamp.optional(),
  /** The latest that an extension may reach; rooms only. */
  expiresAtMost: timestamp.optional(),
  maxParticipants: z.int(),
  isLocked: z.boolean(),
  hasPassword: z.boolean(),
  hasLobby: z.boolean(),
  /** Whoever comes from now on is a listener; rooms only. */
  hasStage: z.boolean().optional(),
  encrypted: z.boolean(),
  /** Days that messages are kept; absent when the deployment's default holds. */
  retentionDays: z.int().optional(),
  epoch: z.string(),
  rev: z.int(),
  /** The latest messages; in an answer to `chat:join` without recovery. */
  messages: z.array(message).optional(),
})

/** Something that waits for the user until they have seen it on one of their devices. */
export const notification = z.object({
  id: z.string(),
  kind: z.enum(['mention', 'message', 'call', 'event']),
  chatId: z.string().optional(),
  messageId: z.string().optional(),
  seq: z.int().optional(),
  /** Who, where, and for `event` and `call` what. */
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  createdAt: timestamp,
})

export const callEndReason = z.enum(['hangup', 'rejected', 'busy', 'timeout', 'failed', 'answered-elsewhere'])
export const call = z.object({
  id: z.string(),
  chatId: z.string(),
  callerId: z.string(),
  type: callMedia,
  state: z.enum(['ringing', 'active', 'ended']),
  participants: z.array(
    z.object({
      userId: z.string(),
      name: z.string(),
      state: z.enum(['ringing', 'joined', 'rejected', 'busy', 'missed', 'left']),
    }),
  ),
  createdAt: timestamp,
  answeredAt: timestamp.optional(),
  endedAt: timestamp.optional(),
  endReason: callEndReason.optional(),
})
export const presence = z.object({
  userId: z.string(),
  status: presenceStatus,
  customStatus: z.string().optional(),
  /** 0 for somebody who has never been here. */
  lastSeen: timestamp,
})
/** As the browser's `RTCIceServer`. */
export const iceServer = z.object({
  urls: z.union([z.string(), z.array(z.string())]),
  username: z.string().optional(),
  credential: z.string().optional(),
})

const rev = z.int()
const chatId = z.string()
const reaction = z.object({ chatId, messageId: z.string(), userId: z.string(), emoji: z.string(), rev, at: timestamp })

/** Durable server events: each carries the `rev` it took in its chat, without holes. */
export const durableEvents = {
  'message:new': message,
  'message:updated': message,
  'reaction:new': reaction,
  'reaction:removed': reaction,
  'chat:member-joined': z.object({ chatId, rev, at: timestamp, userId: z.string(), name: z.string(), member }),
  'chat:member-left': z.object({
    chatId,
    rev,
    at: timestamp,
    userId: z.string(),
    name: z.string(),
    reason: z.enum(['left', 'timeout', 'kicked']),
  }),
  'chat:updated': z.object({
    chatId,
    rev,
    at: timestamp,
    change: z.enum(['role', 'locked', 'unlocked', 'extended', 'renamed']),
    /** Who did it; absent when the server did. */
    byId: z.string().optional(),
    /** Only the fields that changed. */
    chat: z.object({ hostId: z.string(), isLocked: z.boolean(), expiresAt: timestamp, name: z.string() }).partial(),
    /** Members whose role changed. */
    roles: z.array(z.object({ userId: z.string(), role })).optional(),
  }),
} as const

export const change = z.object({ event: z.string(), data: z.unknown() })

/** Server events of the messenger wire: the first argument of each. */
export const serverMessages = {
  ...durableEvents,
  connected: z.object({
    userId: z.string(),
    serverId: z.string(),
    sessionId: z.string(),
    timestamp,
    pendingNotifications: z.int(),
  }),
  error: z.object({
    code: errorCode,
    message: z.string(),
    event: z.string().optional(),
    retryAfterMs: z.int().optional(),
    requestId: z.string().optional(),
  }),
  'message:typing': z.object({ chatId, userId: z.string(), name: z.string() }),
  'message:stop-typing': z.object({ chatId, userId: z.string() }),
  'presence:update': presence,
  'message:delivered': z.object({ chatId, messageId: z.string(), userId: z.string(), seq: z.int(), at: timestamp }),
  'message:read': z.object({ chatId, messageId: z.string(), userId: z.string(), seq: z.int(), at: timestamp }),
  'notification:new': notification,
  /** Seen on one of the user's devices. */
  'notification:cleared': z.object({ notificationIds: z.array(z.string()) }),
  'call:incoming': z.object({
    call,
    offer: anyJson.optional(),
    from: z.object({ userId: z.string(), name: z.string() }),
  }),
  'call:answer': z.object({ callId: z.string(), call, userId: z.string(), answer: anyJson.optional() }),
  'call:reject': z.object({ callId: z.string(), call, userId: z.string(), reason: z.string().optional() }),
  'call:end': z.object({ callId: z.string(), chatId, reason: callEndReason }),
  'call:ice-candidate': z.object({ callId: z.string(), from: z.string(), candidate: anyJson }),
  'chat:expiring': z.object({ chatId, expiresAt: timestamp, minutesLeft: z.int() }),
  'chat:expired': z.object({ chatId, endedBy }),
  /** To host and moderators: somebody waits in the lobby. */
  'room:knock': z.object({ chatId, userId: z.string(), name: z.string() }),
  /** To host and moderators: nobody waits under this id any more. */
  'room:knock-answered': z.object({ chatId, userId: z.string() }),
  /** To the one who waited: call `chat:join` again. */
  'room:admitted': z.object({ chatId }),
  /** To the one who waited: the host said no. */
  'room:refused': z.object({ chatId }),
  /** To the one who was removed. */
  'room:kicked': z.object({ chatId, banned: z.boolean() }),
  ...voiceEvents,
  'token:expiring': z.object({ at: timestamp }),
  'server:draining': z.object({ reconnectAfterMs: z.int() }),
} as const

/** Seconds for which the relay among `iceServers` takes these credentials. */
const iceTtl = z.int()

/** What an event's callback gets with `ok: true`. */
export const answers = {
  'message:new': z.object({ message, duplicate: z.boolean() }),
  'message:edit': z.object({ message }),
  'message:delete': z.object({ message }),
  'message:typing': z.object({}),
  'message:stop-typing': z.object({}),
  'message:delivered': z.object({}),
  'message:read': z.object({}),
  'presence:update': z.object({}),
  'presence:subscribe': z.object({ users: z.array(presence) }),
  'presence:unsubscribe': z.object({}),
  'call:initiate': z.object({ call, iceServers: z.array(iceServer) }),
  'call:answer': z.object({ call, iceServers: z.array(iceServer) }),
  'call:reject': z.object({}),
  'call:end': z.object({}),
  'call:ice-candidate': z.object({}),
  'notification:read': z.object({}),
  'notification:clear': z.object({}),
  /** Nothing waits any more. */
  'notification:clear-all': z.object({ notifications: z.array(notification) }),
  'notification:get-pending': z.object({ notifications: z.array(notification) }),
  'reaction:new': z.object({}),
  'reaction:remove': z.object({}),
  /** `waiting` alone: the caller is in the lobby and will get `room:admitted` or `room:refused`. */
  'chat:join': z.union([
    z.object({
      chat,
      members: z.array(member),
      /** Read and delivered positions by user id; `seq` of the last message each has got to. */
      cursors: z.record(z.string(), z.object({ delivered: z.int(), read: z.int() })),
      recovered: z.boolean(),
      changes: z.array(change),
      epoch: z.string(),
      rev: z.int(),
    }),
    z.object({ waiting: z.literal(true), chat }),
  ]),
  'chat:leave': z.object({}),
  'chat:join-multiple': z.object({ chats: z.array(z.record(z.string(), z.unknown())) }),
  'chat:get-active-members': z.object({
    members: z.array(z.object({ userId: z.string(), name: z.string(), status: presenceStatus })),
  }),
  'chat:history': z.object({ messages: z.array(message), hasMore: z.boolean() }),
  'room:lock': z.object({}),
  'room:kick': z.object({}),
  'room:set-role': z.object({}),
  'room:admit': z.object({}),
  'room:extend': z.object({ expiresAt: timestamp }),
  'room:leave': z.object({}),
  'voice:join': z.object({
    topology,
    iceServers: z.array(iceServer),
    iceTtl: iceTtl.optional(),
    self: voiceParticipant,
    /** Everybody in voice, oneself included. */
    participants: z.array(voiceParticipant),
    recording: recording.nullable(),
    /** Media are to be encrypted from end to end. */
    e2ee: z.boolean(),
    stage: z.boolean(),
  }),
  'voice:ice-servers': z.object({ iceServers: z.array(iceServer), iceTtl: iceTtl.optional() }),
  ...voiceAnswers,
  'auth:refresh': z.object({ token: z.string(), expiresAt: timestamp }),
} as const

export type Member = z.infer<typeof member>
export type Message = z.infer<typeof message>
export type Chat = z.infer<typeof chat>
export type Notification = z.infer<typeof notification>
export type Call = z.infer<typeof call>
export type Presence = z.infer<typeof presence>
export type IceServer = z.infer<typeof iceServer>
export type MessageType = z.infer<typeof messageType>
export type PresenceStatus = z.infer<typeof presenceStatus>
export type DurableEvent = keyof typeof durableEvents
export type ServerEvent = keyof typeof serverMessages
export type ServerData<E extends ServerEvent> = z.infer<(typeof serverMessages)[E]>
export type Answer<E extends keyof typeof answers> = z.infer<(typeof answers)[E]>
