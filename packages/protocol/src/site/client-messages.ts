import { z } from 'zod'
import { clientIdInput, contentInput, emojiInput, idInput, position } from '../common.ts'

const conversationId = idInput
/** The client's own id of a message, or the server's: both name it. */
const messageId = idInput
const inConversation = z.object({ conversationId })
const ofMessage = z.object({ conversationId, messageId })

/** Client events of the site wire: the first argument of each. */
export const clientMessages = {
  authenticate: z.object({ token: z.string().min(1).max(8192) }),
  'conversation:join': z.object({ conversationId, since: position.optional() }),
  'conversation:leave': inConversation,
  'message:send': z.object({ conversationId, text: contentInput, messageId: clientIdInput }),
  'typing:start': inConversation,
  'typing:stop': inConversation,
  'message:read': ofMessage,
  'message:react': z.object({ conversationId, messageId, emoji: emojiInput }),
  'presence:request': z.object({}),
} as const

export type ClientEvent = keyof typeof clientMessages
/** What a client sends with an event, before defaults are filled in. */
export type ClientData<E extends ClientEvent> = z.input<(typeof clientMessages)[E]>
