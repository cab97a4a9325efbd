import { z } from 'zod'
import {
  anyJson,
  clientIdInput,
  contentInput,
  emojiInput,
  fitsIn,
  idInput,
  metadataInput,
  placeInput,
  position,
  role,
  roomIdInput,
} from '../common.ts'
import { SIZES } from '../limits.ts'
import { voiceMessages } from './voice.ts'

const chatId = roomIdInput
const join = z.object({ chatId, since: position.optional() })
/** Each is checked by itself: one that is wrong is answered so, and does not fail the others. */
const ofMany = <Item extends z.ZodType>(item: Item) => z.array(z.union([item, z.unknown()])).max(SIZES.maxChatsPerJoin)

/** What one side of a call says to the other: opaque to the server. */
const signal = anyJson.refine((value) => fitsIn(JSON.stringify(value), SIZES.maxSignalBytes), {
  message: `must be at most ${SIZES.maxSignalBytes} bytes of JSON`,
})
const callId = idInput
const userIds = z.array(idInput).max(SIZES.maxUsersPerSubscription)

export const messageType = z.enum(['text', 'image', 'video', 'audio', 'file', 'voice'])
export const callMedia = z.enum(['audio', 'video'])
export const presenceStatus = z.enum(['online', 'offline', 'away', 'busy'])

/** Client events of the messenger wire: the first argument of each. */
export const clientMessages = {
  'message:new': z.object({
    chatId,
    encryptedContent: contentInput,
    messageType: messageType.default('text'),
    replyToId: idInput.optional(),
    metadata: metadataInput.optional(),
    tempId: clientIdInput.optional(),
  }),
  'message:edit': z.object({ chatId, messageId: idInput, encryptedContent: contentInput }),
  'message:delete': z.object({ chatId, messageId: idInput }),
  'message:typing': z.object({ chatId }),
  'message:stop-typing': z.object({ chatId }),
  /** Up to and including this message. */
  'message:delivered': z.object({ chatId, messageId: idInput }),
  'message:read': z.object({ chatId, messageId: idInput }),
  'presence:update': z.object({
    status: presenceStatus,
    customStatus: z
      .string()
      .max(SIZES.maxCustomStatusLength * 2)
      .optional(),
  }),
  'presence:subscribe': z.object({ userIds }),
  'presence:unsubscribe': z.object({ userIds }),
  'call:initiate': z.object({ chatId, type: callMedia, offer: signal.optional() }),
  'call:answer': z.object({ callId, answer: signal.optional() }),
  'call:reject': z.object({ callId, reason: z.string().max(200).optional() }),
  'call:end': z.object({ callId, reason: z.string().max(200).optional() }),
  'call:ice-candidate': z.object({ callId, candidate: signal, to: idInput.optional() }),
  'notification:read': z.object({ notificationId: idInput }),
  'notification:clear': z.object({ notificationId: idInput }),
  'notification:clear-all': z.object({}),
  'notification:get-pending': z.object({}),
  'reaction:new': z.object({ chatId, messageId: idInput, emoji: emojiInput }),
  'reaction:remove': z.object({ chatId, messageId: idInput, emoji: emojiInput }),
  'chat:join': join,
  'chat:leave': z.object({ chatId }),
  'chat:join-multiple': z.union([z.object({ chats: ofMany(join) }), z.object({ chatIds: ofMany(chatId) })]),
  'chat:get-active-members': z.object({ chatId }),
  'chat:history': z.object({
    chatId,
    before: placeInput.optional(),
    after: placeInput.optional(),
    limit: z.int().min(1).max(SIZES.maxHistoryPage).optional(),
  }),
  'room:lock': z.object({ chatId, isLocked: z.boolean() }),
  'room:kick': z.object({ chatId, participantId: idInput, ban: z.boolean().optional() }),
  'room:set-role': z.object({ chatId, participantId: idInput, role }),
  'room:admit': z.object({ chatId, participantId: idInput, admit: z.boolean() }),
  'room:extend': z.object({ chatId, minutes: z.int().min(1).max(1440) }),
  'room:leave': z.object({ chatId }),
  ...voiceMessages,
  'auth:refresh': z.object({ token: z.string().max(8192).optional() }),
} as const

export type ClientEvent = keyof typeof clientMessages
/** What a client sends with an event, before defaults are filled in. */
export type ClientData<E extends ClientEvent> = z.input<(typeof clientMessages)[E]>
