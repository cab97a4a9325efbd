import { z } from 'zod'
import {
  clientIdInput,
  contentInput,
  emojiInput,
  idInput,
  metadataInput,
  placeInput,
  role,
  timestamp,
} from '../common.ts'
import { SIZES } from '../limits.ts'
import { messageType, presenceStatus } from '../messenger/client-messages.ts'
import { ack, conversation, conversationSummary, cursor, message, notification } from './server-messages.ts'

const name = z.string().max(400)
const retentionDays = z.int().min(1).max(36_500)
const invitee = z.object({ userId: idInput, name: name.optional(), role: role.optional() })
const conversationId = idInput

export const createConversationBody = z.object({
  id: idInput.optional(),
  name: name.optional(),
  kind: z.enum(['group', 'direct']).default('group'),
  /** A user's call names them, nobody or not; the site's may leave them out when it asks for one that is there. */
  members: z.array(invitee).max(SIZES.maxMembersPerCall).optional(),
  retentionDays: retentionDays.optional(),
})
export const conversationAnswer = z.object({ conversation })
export const conversationParams = z.object({ id: conversationId })
export const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(SIZES.maxConversationsPage).default(50),
  /** From the `next` of the page before. */
  before: z.string().max(300).optional(),
})
export const listAnswer = z.object({
  conversations: z.array(conversationSummary),
  hasMore: z.boolean(),
  /** For `before` of the next page. */
  next: z.string().optional(),
})
export const updateConversationBody = z.object({
  id: conversationId,
  name: name.optional(),
  /** `null`: as long as the deployment says. */
  retentionDays: retentionDays.nullable().optional(),
})
/** `members`, or one person alone. */
export const addMembersBody = invitee.partial().extend({
  id: conversationId,
  members: z.array(invitee).min(1).max(SIZES.maxMembersPerCall).optional(),
})
/** `members`, or one person alone; neither to leave oneself. */
export const removeMembersBody = z.object({
  id: conversationId,
  userId: idInput.optional(),
  members: z
    .array(z.object({ userId: idInput }))
    .min(1)
    .max(SIZES.maxMembersPerCall)
    .optional(),
})
export const removeMemberParams = z.object({ id: conversationId, userId: idInput })
export const messagesQuery = z.object({
  id: conversationId,
  before: placeInput.optional(),
  after: placeInput.optional(),
  limit: z.coerce.number().int().min(1).max(SIZES.maxHistoryPage).default(SIZES.snapshotMessages),
})
export const messagesAnswer = z.object({ messages: z.array(message), hasMore: z.boolean() })
export const postMessageBody = z.object({
  id: conversationId,
  text: contentInput,
  messageId: clientIdInput.optional(),
  /** With an API key: who says it. */
  userId: idInput.optional(),
  type: messageType.optional(),
  replyTo: idInput.optional(),
  metadata: metadataInput.optional(),
})
/** The message's own id or the server's, as everywhere. */
const ofMessage = z.object({
  id: conversationId,
  messageId: idInput,
  /** With an API key: who does it. */
  userId: idInput.optional(),
})
export const editMessageBody = ofMessage.extend({ text: contentInput })
export const deleteMessageQuery = ofMessage
/** The message as it stands now; a deleted one without text and with `deletedAt`. */
export const messageAnswer = z.object({ message })
export const reactionBody = ofMessage.extend({ emoji: emojiInput })
/** Oldest first. */
export const notificationsAnswer = z.object({ notifications: z.array(notification) })
export const notificationParams = z.object({ id: idInput })
export const markBody = z.object({ id: conversationId, messageId: idInput })
export const pollQuery = z.object({
  cursor: z.string().max(300).optional(),
  /** Seconds. */
  wait: z.coerce.number().min(0).max(25).default(0),
})
/** `events`: `{ event, data }` as on the site wire, own messages too; in each conversation in order of `rev`. */
export const pollAnswer = z.object({
  events: z.array(z.object({ event: z.string(), data: z.unknown() })),
  cursor: z.string(),
  hasMore: z.boolean(),
  /** Whom the server takes the caller for, and its time: what a socket's greeting says. */
  userId: z.string(),
  timestamp,
})
export const sendBody = z.object({
  conversationId,
  text: contentInput,
  messageId: clientIdInput,
  type: messageType.optional(),
  replyTo: idInput.optional(),
  metadata: metadataInput.optional(),
})
export const sendAnswer = ack
export const userParams = z.object({ id: idInput })
/** All that is kept of a user. */
export const exportAnswer = z.object({
  /** `null` for one who is known only by what they said. */
  user: z
    .object({
      id: z.string(),
      name: z.string(),
      avatar: z.string().nullable(),
      roles: z.array(z.string()),
      status: presenceStatus,
      customStatus: z.string().nullable(),
      lastSeenAt: timestamp.nullable(),
      createdAt: timestamp,
    })
    .nullable(),
  notifications: z.array(z.looseObject({ id: z.string(), kind: z.string(), createdAt: timestamp })),
  conversations: z.array(
    z.object({
      id: z.string(),
      kind: conversation.shape.kind,
      name: z.string(),
      createdAt: timestamp,
      /** `null` when they are no member any more. */
      membership: z.object({ name: z.string(), role, joinedAt: timestamp }).nullable(),
      cursor: cursor.nullable(),
      /** Those that they sent. */
      messages: z.array(message),
      /** Those that they gave. */
      reactions: z.array(z.object({ messageId: z.string(), emoji: z.string() })),
    }),
  ),
})
/** One of the three at least. `issuedBefore` (Unix ms) defaults to now, and holds with `userId`. */
export const revokeBody = z.object({
  userId: idInput.optional(),
  token: z.string().max(8192).optional(),
  tokenId: idInput.optional(),
  issuedBefore: z.int().min(0).optional(),
})
export const revokeAnswer = z.object({ revoked: z.literal(true), issuedBefore: z.int().optional() })
export const statusAnswer = z.object({ connectedClients: z.int(), uniqueUsers: z.int(), uptime: z.number() })

export type ExportAnswer = z.infer<typeof exportAnswer>
export type CreateConversationBody = z.input<typeof createConversationBody>
export type ConversationAnswer = z.infer<typeof conversationAnswer>
export type ListAnswer = z.infer<typeof listAnswer>
export type MessagesAnswer = z.infer<typeof messagesAnswer>
export type MessageAnswer = z.infer<typeof messageAnswer>
export type NotificationsAnswer = z.infer<typeof notificationsAnswer>
export type PollAnswer = z.infer<typeof pollAnswer>
export type SendBody = z.input<typeof sendBody>
export type SendAnswer = z.infer<typeof sendAnswer>
