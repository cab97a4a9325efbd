import { z } from 'zod'
import { anyJson, reactions, role, timestamp, voiceState } from '../common.ts'
import { ERROR_STATUS, type ErrorCode } from '../errors.ts'
import { messageType, presenceStatus } from '../messenger/client-messages.ts'

const errorCode = z.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]])
const rev = z.int()
const conversationId = z.string()
/** The sender's own id; the server's for a message that was sent without one. */
const messageId = z.string()
/** The server's id. */
const id = z.string()
const userId = z.string()

/** A message: `seq` is the `rev` of its sending and never changes; `rev` is that of its last change. */
export const message = z.object({
  messageId,
  id,
  conversationId,
  userId,
  name: z.string(),
  text: z.string(),
  timestamp,
  seq: z.int(),
  rev,
  /** What the text is, when it is not text. */
  type: messageType.exclude(['text']).optional(),
  replyTo: z.string().optional(),
  metadata: z.record(z.string(), anyJson).optional(),
  editedAt: timestamp.optional(),
  deletedAt: timestamp.optional(),
  /** Left out when there are none. */
  reactions: reactions.optional(),
})

/** What waits for a user until they have seen it. */
export const notification = z.object({
  id: z.string(),
  kind: z.enum(['mention', 'message', 'call', 'event']),
  conversationId: conversationId.optional(),
  /** The server's id. */
  messageId: id.optional(),
  seq: z.int().optional(),
  /** Who, where, and for `event` and `call` what. */
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  createdAt: timestamp,
})

/** How far a member has got: `seq` of the last message delivered to them, and read by them. */
export const cursor = z.object({ delivered: z.int(), read: z.int() })
export const user = z.object({ userId, name: z.string(), status: presenceStatus })
export const member = user.extend({ role, joinedAt: timestamp, voice: voiceState.optional() })

export const conversation = z.object({
  id: conversationId,
  kind: z.enum(['room', 'direct', 'group']),
  name: z.string(),
  hostId: z.string(),
  createdAt: timestamp,
  expiresAt: timestamp.optional(),
  /** Days that messages are kept; absent when the deployment's default holds. */
  retentionDays: z.int().optional(),
  epoch: z.string(),
  rev,
  members: z.array(member),
  cursors: z.record(z.string(), cursor),
})

/** A conversation in the caller's list. */
export const conversationSummary = conversation.omit({ members: true, cursors: true }).extend({
  lastMessage: message.optional(),
  unread: z.int(),
  /** `seq` of the last message that the caller has read. */
  read: z.int(),
  activeAt: timestamp,
  role,
  /** The other one of a direct conversation. */
  counterpart: user.extend({ lastSeen: timestamp.optional() }).optional(),
})

/** Durable server events: each carries the `rev` it took in its conversation, without holes. */
export const durableEvents = {
  'message:new': message,
  /** Edited, or deleted: then without text and with `deletedAt`. */
  'message:updated': message,
  'message:reaction': z.object({
    messageId,
    id,
    conversationId,
    emoji: z.string(),
    userId,
    action: z.enum(['added', 'removed']),
    rev,
  }),
  /** Became a member; without a `rev`: a member opened the conversation, on the first of their connections. */
  'user:joined': z.object({ userId, name: z.string(), conversationId, rev: rev.optional() }),
  /** Is a member no more; `closed`, without a `rev`: a member closed the conversation, on the last of their connections. */
  'user:left': z.object({
    userId,
    name: z.string(),
    conversationId,
    reason: z.enum(['left', 'timeout', 'kicked', 'closed']),
    rev: rev.optional(),
  }),
  /** Its name, its lock, its end, or somebody's role changed. */
  'conversation:updated': z.object({
    conversationId,
    change: z.enum(['role', 'locked', 'unlocked', 'extended', 'renamed']),
    byId: z.string().optional(),
    conversation: z
      .object({ hostId: z.string(), isLocked: z.boolean(), expiresAt: timestamp, name: z.string() })
      .partial(),
    roles: z.array(z.object({ userId, role })).optional(),
    rev,
  }),
} as const

export const change = z.object({ event: z.string(), data: z.unknown() })
export const readReceipt = z.object({ conversationId, messageId, id, seq: z.int(), userId, timestamp })

export const ack = z.object({
  messageId: z.string(),
  id: z.string().optional(),
  status: z.enum(['sent', 'duplicate', 'failed']),
  seq: z.int().optional(),
  rev: z.int().optional(),
  timestamp: timestamp.optional(),
  /** With `failed`. */
  code: errorCode.optional(),
  message: z.string().optional(),
  retryAfterMs: z.int().optional(),
})

/** Server events of the site wire: the first argument of each. */
export const serverMessages = {
  ...durableEvents,
  connected: z.object({ serverId: z.string(), timestamp }),
  authenticated: z.object({ userId, name: z.string(), expiresAt: timestamp }),
  'message:ack': ack,
  'message:read-receipt': readReceipt,
  /** The same, of delivery. */
  'message:delivered-receipt': readReceipt,
  'typing:indicator': z.object({ conversationId, userId, name: z.string(), isTyping: z.boolean() }),
  'user:online': z.object({ userId, name: z.string() }),
  'user:offline': z.object({ userId }),
  'presence:list': z.object({ users: z.array(user), count: z.int() }),
  /** The conversation is over for everybody, or for this user alone. */
  'conversation:closed': z.object({ conversationId, reason: z.enum(['ended', 'removed']) }),
  'token:expiring': z.object({ at: timestamp }),
  'server:draining': z.object({ reconnectAfterMs: z.int() }),
  error: z.object({
    code: errorCode,
    message: z.string(),
    event: z.string().optional(),
    retryAfterMs: z.int().optional(),
    requestId: z.string().optional(),
  }),
} as const

/** What an event's callback gets with `ok: true`. */
export const answers = {
  authenticate: z.object({ userId, name: z.string(), expiresAt: timestamp }),
  'conversation:join': z.object({
    conversation,
    /** The latest 50, ascending; empty when recovered. */
    messages: z.array(message),
    recovered: z.boolean(),
    /** With `recovered`: the durable server events since `since`, as they were sent live. */
    changes: z.array(change),
    epoch: z.string(),
    rev,
  }),
  'conversation:leave': z.object({}),
  'message:send': ack,
  'typing:start': z.object({}),
  'typing:stop': z.object({}),
  'message:read': z.object({}),
  'message:react': z.object({ action: z.enum(['added', 'removed']) }),
  'presence:request': z.object({ users: z.array(user), count: z.int() }),
} as const

export type Message = z.infer<typeof message>
export type Notification = z.infer<typeof notification>
export type Member = z.infer<typeof member>
export type Conversation = z.infer<typeof conversation>
export type ConversationSummary = z.infer<typeof conversationSummary>
export type Ack = z.infer<typeof ack>
export type DurableEvent = keyof typeof durableEvents
export type ServerEvent = keyof typeof serverMessages
export type ServerData<E extends ServerEvent> = z.infer<(typeof serverMessages)[E]>
export type Answer<E extends keyof typeof answers> = z.infer<(typeof answers)[E]>
