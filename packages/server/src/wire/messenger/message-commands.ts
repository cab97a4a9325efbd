import { messenger } from '@parley/protocol'
import { requireMember } from '../conversation-named.ts'
import { type Commands, coreOf, inChat } from './command.ts'
import { requirePlace } from './find-chat.ts'
import { messageView } from './views.ts'

const schemas = messenger.clientMessages

/** What members say, and how far they have got. */
export const messageCommands = {
  'message:new': {
    schema: schemas['message:new'],
    guard: requirePlace,
    limit: 'message',
    run: async (context, { chatId, encryptedContent, messageType, replyToId, metadata, tempId }) => {
      const { message, duplicate } = await coreOf(context).send(context.session.caller, {
        ...inChat(context, { chatId }),
        content: encryptedContent,
        type: messageType,
        clientId: tempId ?? null,
        replyTo: replyToId ?? null,
        metadata: metadata ?? null,
      })
      return { message: messageView(message), duplicate }
    },
  },

  'message:edit': {
    schema: schemas['message:edit'],
    guard: requirePlace,
    limit: 'event',
    run: async (context, { chatId, messageId, encryptedContent }) => {
      const input = { ...inChat(context, { chatId }), messageId, content: encryptedContent }
      return { message: messageView(await coreOf(context).edit(context.session.caller, input)) }
    },
  },

  'message:delete': {
    schema: schemas['message:delete'],
    guard: requirePlace,
    limit: 'event',
    run: async (context, { chatId, messageId }) => {
      const input = { ...inChat(context, { chatId }), messageId }
      return { message: messageView(await coreOf(context).deleteMessage(context.session.caller, input)) }
    },
  },

  'message:delivered': {
    schema: schemas['message:delivered'],
    guard: requirePlace,
    limit: 'delivered',
    run: async (context, { chatId, messageId }) => {
      await coreOf(context).markDelivered(context.session.caller, { ...inChat(context, { chatId }), messageId })
      return {}
    },
  },

  'message:read': {
    schema: schemas['message:read'],
    guard: requirePlace,
    limit: 'read',
    run: async (context, { chatId, messageId }) => {
      await coreOf(context).markRead(context.session.caller, { ...inChat(context, { chatId }), messageId })
      return {}
    },
  },

  'message:typing': {
    schema: schemas['message:typing'],
    guard: requirePlace,
    limit: 'typing',
    run: async (context, input) => {
      await coreOf(context).typing(context.session.caller, { ...inChat(context, input), isTyping: true })
      return {}
    },
  },

  'message:stop-typing': {
    schema: schemas['message:stop-typing'],
    guard: requirePlace,
    limit: 'typingStop',
    run: async (context, input) => {
      const at = inChat(context, input)
      await requireMember(context.session, coreOf(context), at.conversationId)
      await coreOf(context).typing(context.session.caller, { ...at, isTyping: false })
      return {}
    },
  },

  'reaction:new': {
    schema: schemas['reaction:new'],
    guard: requirePlace,
    limit: 'reactionAdd',
    run: async (context, { chatId, messageId, emoji }) => {
      const input = { ...inChat(context, { chatId }), messageId, emoji, on: true }
      await coreOf(context).react(context.session.caller, input)
      return {}
    },
  },

  'reaction:remove': {
    schema: schemas['reaction:remove'],
    guard: requirePlace,
    limit: 'reactionRemove',
    run: async (context, { chatId, messageId, emoji }) => {
      const input = { ...inChat(context, { chatId }), messageId, emoji, on: false }
      await coreOf(context).react(context.session.caller, input)
      return {}
    },
  },
} satisfies Commands<Extract<messenger.ClientEvent, `message:${string}` | `reaction:${string}`>>
