import { messenger } from '@parley/protocol'
import { type Commands, coreOf, inChat } from './command.ts'
import { requirePlace } from './find-chat.ts'

const schemas = messenger.clientMessages

/** What the host and moderators do about voice, and ending it all. */
export const moderationCommands = {
  'room:mute-member': {
    schema: schemas['room:mute-member'],
    guard: requirePlace,
    limit: 'event',
    run: async (context, { chatId, participantId, muted, hard }) => {
      const about = { ...inChat(context, { chatId }), userId: participantId }
      await coreOf(context).muteMember(context.session.caller, { ...about, muted: muted ?? true, hard: hard ?? false })
      return {}
    },
  },

  'room:mute-all': {
    schema: schemas['room:mute-all'],
    guard: requirePlace,
    limit: 'event',
    run: async (context, { chatId, hard }) => {
      await coreOf(context).muteAll(context.session.caller, { ...inChat(context, { chatId }), hard: hard ?? false })
      return {}
    },
  },

  'room:set-stage': {
    schema: schemas['room:set-stage'],
    guard: requirePlace,
    limit: 'event',
    run: async (context, { chatId, stage }) => {
      await coreOf(context).setStage(context.session.caller, { ...inChat(context, { chatId }), hasStage: stage })
      return {}
    },
  },

  'room:record': {
    schema: schemas['room:record'],
    guard: requirePlace,
    limit: 'event',
    run: async (context, { chatId, on }) => {
      await coreOf(context).record(context.session.caller, { ...inChat(context, { chatId }), on })
      return {}
    },
  },

  'room:end': {
    schema: schemas['room:end'],
    guard: requirePlace,
    limit: 'event',
    run: async (context, { chatId }) => {
      await coreOf(context).endRoom(context.session.caller, inChat(context, { chatId }).conversationId)
      return {}
    },
  },
} satisfies Commands<`room:${'mute-member' | 'mute-all' | 'set-stage' | 'record' | 'end'}`>
