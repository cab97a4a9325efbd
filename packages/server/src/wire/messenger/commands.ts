import { normalizeRoomId } from '@parley/core'
import { messenger, SIZES } from '@parley/protocol'
import { anyone, type Handler } from '../dispatch.ts'
import { joinChat, joinChats, requireOwnChat, requirePlace } from './join-chat.ts'
import type { MessengerContext } from './messenger-wire.ts'
import { refreshToken } from './refresh-token.ts'
import { memberView, messageView } from './views.ts'

const schemas = messenger.clientMessages

const inChat = (chatId: string): { conversationId: string } => ({ conversationId: normalizeRoomId(chatId) })
const coreOf = ({ session }: MessengerContext) => session.wire.foundation.core

/** What members may ask for on the messenger wire. */
export const commands = {
  'message:new': {
    schema: schemas['message:new'],
    guard: requirePlace,
    limit: 'message',
    run: async (context, { chatId, encryptedContent, messageType, replyToId, metadata, tempId }) => {
      const { message, duplicate } = await coreOf(context).send(context.session.caller, {
        ...inChat(chatId),
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
      const input = { ...inChat(chatId), messageId, content: encryptedContent }
      return { message: messageView(await coreOf(context).edit(context.session.caller, input)) }
    },
  },

  'message:delete': {
    schema: schemas['message:delete'],
    guard: requirePlace,
    limit: 'event',
    run: async (context, { chatId, messageId }) => {
      const input = { ...inChat(chatId), messageId }
      return { message: messageView(await coreOf(context).deleteMessage(context.session.caller, input)) }
    },
  },

  'message:typing': {
    schema: schemas['message:typing'],
    guard: requirePlace,
    limit: 'typing',
    run: async (context, { chatId }) => {
      await coreOf(context).typing(context.session.caller, { ...inChat(chatId), isTyping: true })
      return {}
    },
  },

  'message:stop-typing': {
    schema: schemas['message:stop-typing'],
    guard: requirePlace,
    limit: 'event',
    run: async (context, { chatId }) => {
      await coreOf(context).typing(context.session.caller, { ...inChat(chatId), isTyping: false })
      return {}
    },
  },

  'reaction:new': {
    schema: schemas['reaction:new'],
    guard: requirePlace,
    limit: 'reactionAdd',
    run: async (context, { chatId, messageId, emoji }) => {
      await coreOf(context).react(context.session.caller, { ...inChat(chatId), messageId, emoji, on: true })
      return {}
    },
  },

  'reaction:remove': {
    schema: schemas['reaction:remove'],
    guard: requirePlace,
    limit: 'reactionRemove',
    run: async (context, { chatId, messageId, emoji }) => {
      await coreOf(context).react(context.session.caller, { ...inChat(chatId), messageId, emoji, on: false })
      return {}
    },
  },

  'chat:join': { schema: schemas['chat:join'], guard: requireOwnChat, limit: 'event', run: joinChat },

  'chat:join-multiple': {
    schema: schemas['chat:join-multiple'],
    // Each chat is guarded by itself.
    guard: anyone,
    limit: 'event',
    run: (context, input) =>
      joinChats(context, 'chats' in input ? input.chats : input.chatIds.map((chatId) => ({ chatId }))),
  },

  'chat:leave': {
    schema: schemas['chat:leave'],
    guard: requirePlace,
    limit: 'event',
    run: ({ session }, { chatId }) => {
      session.leavePlace(normalizeRoomId(chatId))
      return {}
    },
  },

  'chat:get-active-members': {
    schema: schemas['chat:get-active-members'],
    guard: requirePlace,
    limit: 'event',
    run: async (context, { chatId }) => {
      const members = await coreOf(context).members(context.session.caller, normalizeRoomId(chatId))
      const active = members.filter(({ online }) => online).map(memberView)
      return { members: active.map(({ userId, name, status }) => ({ userId, name, status })) }
    },
  },

  'chat:history': {
    schema: schemas['chat:history'],
    guard: requirePlace,
    limit: 'event',
    run: async (context, { chatId, before, after, limit }) => {
      const { messages, hasMore } = await coreOf(context).history(context.session.caller, {
        ...inChat(chatId),
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
        limit: limit ?? SIZES.snapshotMessages,
      })
      return { messages: messages.map(messageView), hasMore }
    },
  },

  'room:lock': {
    schema: schemas['room:lock'],
    guard: requirePlace,
    limit: 'event',
    run: async (context, { chatId, isLocked }) => {
      await coreOf(context).lock(context.session.caller, { ...inChat(chatId), isLocked })
      return {}
    },
  },

  'room:kick': {
    schema: schemas['room:kick'],
    guard: requirePlace,
    limit: 'event',
    run: async (context, { chatId, participantId, ban }) => {
      const input = { ...inChat(chatId), userId: participantId, ban: ban ?? false }
      await coreOf(context).kick(context.session.caller, input)
      return {}
    },
  },

  'room:set-role': {
    schema: schemas['room:set-role'],
    guard: requirePlace,
    limit: 'event',
    run: async (context, { chatId, participantId, role }) => {
      await coreOf(context).setRole(context.session.caller, { ...inChat(chatId), userId: participantId, role })
      return {}
    },
  },

  'room:admit': {
    schema: schemas['room:admit'],
    guard: requirePlace,
    limit: 'event',
    run: async (context, { chatId, participantId, admit }) => {
      await coreOf(context).admit(context.session.caller, { ...inChat(chatId), userId: participantId, admit })
      return {}
    },
  },

  'room:extend': {
    schema: schemas['room:extend'],
    guard: requirePlace,
    limit: 'event',
    run: (context, { chatId, minutes }) =>
      coreOf(context).extend(context.session.caller, { ...inChat(chatId), minutes }),
  },

  'room:leave': {
    schema: schemas['room:leave'],
    // The seat outlasts the place.
    guard: requireOwnChat,
    limit: 'event',
    run: async (context, { chatId }) => {
      const conversationId = normalizeRoomId(chatId)
      await coreOf(context).leave(context.session.caller, conversationId)
      context.session.leavePlace(conversationId)
      return {}
    },
  },

  'auth:refresh': {
    schema: schemas['auth:refresh'],
    guard: anyone,
    limit: 'event',
    run: ({ session }, { token }) => refreshToken(session, token),
  },
} satisfies {
  readonly [E in messenger.ClientEvent]: Handler<MessengerContext, (typeof schemas)[E], messenger.Answer<E>>
}

export function isCommand(event: string): event is messenger.ClientEvent {
  return Object.hasOwn(commands, event)
}
