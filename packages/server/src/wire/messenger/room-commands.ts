import { messenger } from '@parley/protocol'
import { type Commands, coreOf, inChat } from './command.ts'
import { chatIdOf, requireOwnChat, requirePlace } from './find-chat.ts'

const schemas = messenger.clientMessages

/** What the host and moderators do, and giving up one's seat. */
export const roomCommands = {
  'room:lock': {
    schema: schemas['room:lock'],
    guard: requirePlace,
    limit: 'event',
    run: async (context, { chatId, isLocked }) => {
      await coreOf(context).lock(context.session.caller, { ...inChat(context, { chatId }), isLocked })
      return {}
    },
  },

  'room:kick': {
    schema: schemas['room:kick'],
    guard: requirePlace,
    limit: 'event',
    run: async (context, { chatId, participantId, ban }) => {
      const input = { ...inChat(context, { chatId }), userId: participantId, ban: ban ?? false }
      await coreOf(context).kick(context.session.caller, input)
      return {}
    },
  },

  'room:set-role': {
    schema: schemas['room:set-role'],
    guard: requirePlace,
    limit: 'event',
    run: async (context, { chatId, participantId, role }) => {
      const input = { ...inChat(context, { chatId }), userId: participantId, role }
      await coreOf(context).setRole(context.session.caller, input)
      return {}
    },
  },

  'room:admit': {
    schema: schemas['room:admit'],
    guard: requirePlace,
    limit: 'event',
    run: async (context, { chatId, participantId, admit }) => {
      const input = { ...inChat(context, { chatId }), userId: participantId, admit }
      await coreOf(context).admit(context.session.caller, input)
      return {}
    },
  },

  'room:extend': {
    schema: schemas['room:extend'],
    guard: requirePlace,
    limit: 'event',
    run: (context, { chatId, minutes }) =>
      coreOf(context).extend(context.session.caller, { ...inChat(context, { chatId }), minutes }),
  },

  'room:leave': {
    schema: schemas['room:leave'],
    // The seat outlasts the place.
    guard: requireOwnChat,
    limit: 'event',
    run: async (context, input) => {
      const conversationId = chatIdOf(context, input)
      const { session } = context
      // By their own wish, also when what happened since is told before the answer.
      if (session.voice === conversationId) session.voice = null
      await coreOf(context).leave(session.caller, conversationId)
      session.leavePlace(conversationId)
      return {}
    },
  },
} satisfies Commands<`room:${'lock' | 'kick' | 'set-role' | 'admit' | 'extend' | 'leave'}`>
