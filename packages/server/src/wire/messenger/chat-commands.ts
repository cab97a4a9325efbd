import { messenger, SIZES } from '@parley/protocol'
import { anyone } from '../dispatch.ts'
import { type Commands, coreOf, inChat } from './command.ts'
import { chatIdOf, requireOwnChat, requirePlace } from './find-chat.ts'
import { joinChat, joinChats } from './join-chat.ts'
import { memberView, messageView } from './views.ts'

const schemas = messenger.clientMessages

/** Following chats and reading them. */
export const chatCommands = {
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
    run: async (context, input) => {
      const { session } = context
      const conversationId = chatIdOf(context, input)
      // By their own wish: their place in voice is not kept for their coming back.
      if (session.voice === conversationId) {
        session.voice = null
        await coreOf(context).leaveVoice(session.caller, { conversationId })
      }
      session.leavePlace(conversationId)
      return {}
    },
  },

  'chat:get-active-members': {
    schema: schemas['chat:get-active-members'],
    guard: requirePlace,
    limit: 'event',
    run: async (context, input) => {
      const members = await coreOf(context).members(context.session.caller, chatIdOf(context, input))
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
        ...inChat(context, { chatId }),
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
        limit: limit ?? SIZES.snapshotMessages,
      })
      return { messages: messages.map(messageView), hasMore }
    },
  },
} satisfies Commands<Extract<messenger.ClientEvent, `chat:${string}`>>
