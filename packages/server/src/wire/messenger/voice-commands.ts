import { type ConversationId, DomainError, type MediaSignal } from '@parley/core'
import { messenger } from '@parley/protocol'
import { type Commands, coreOf, inChat } from './command.ts'
import { chatIdOf, requirePlace } from './find-chat.ts'
import { iceServersInTime } from './ice-servers.ts'
import type { MessengerContext } from './messenger-wire.ts'
import { voiceJoinedView } from './voice-views.ts'

const schemas = messenger.clientMessages

/** Hearing and seeing each other in a chat. */
export const voiceCommands = {
  'voice:join': {
    schema: schemas['voice:join'],
    guard: requirePlace,
    limit: 'event',
    run: async (context, { chatId, ...wishes }) => {
      const { session } = context
      const chat = inChat(context, { chatId })
      const { conversationId } = chat
      // What is told of voice comes to those who follow the chat.
      if (session.places.get(conversationId)?.state !== 'in') {
        await coreOf(context).voice(session.caller, conversationId)
        throw notInChat()
      }
      const ice = await iceServersInTime(context)
      const joined = await coreOf(context).joinVoice(session.caller, { ...chat, ...wishes })
      session.voice = conversationId
      if (session.closed || session.places.get(conversationId)?.state !== 'in') {
        await coreOf(context).leaveVoice(session.caller, chat)
        throw new DomainError('NOT_IN_ROOM', 'You left while you joined.')
      }
      return voiceJoinedView(joined, ice)
    },
  },

  'voice:leave': {
    schema: schemas['voice:leave'],
    guard: requireVoice,
    limit: 'event',
    run: async (context, input) => {
      const { session } = context
      const inVoice = voiceOf(context, input)
      await coreOf(context).leaveVoice(session.caller, inVoice)
      if (session.voice === inVoice.conversationId) session.voice = null
      return {}
    },
  },

  'voice:ice-servers': {
    schema: schemas['voice:ice-servers'],
    guard: requireVoice,
    limit: 'event',
    run: async (context, input) => {
      const { conversationId } = voiceOf(context, input)
      const { places, voice } = context.session
      if (voice !== conversationId && places.get(conversationId)?.state !== 'in') throw notInChat()
      return iceServersInTime(context)
    },
  },

  'voice:mute': {
    schema: schemas['voice:mute'],
    guard: requireVoice,
    limit: 'event',
    run: async (context, { muted, deafened, chatId }) => {
      await coreOf(context).setMuted(context.session.caller, { ...voiceOf(context, { chatId }), muted, deafened })
      return {}
    },
  },

  'voice:publish': {
    schema: schemas['voice:publish'],
    guard: requireVoice,
    limit: 'event',
    run: async (context, { source, chatId }) => {
      await coreOf(context).publishMedia(context.session.caller, { ...voiceOf(context, { chatId }), source })
      return {}
    },
  },

  'voice:unpublish': {
    schema: schemas['voice:unpublish'],
    guard: requireVoice,
    limit: 'event',
    run: async (context, { source, chatId }) => {
      await coreOf(context).unpublishMedia(context.session.caller, { ...voiceOf(context, { chatId }), source })
      return {}
    },
  },

  'voice:signal': {
    schema: schemas['voice:signal'],
    guard: requireVoice,
    limit: 'signal',
    run: async (context, { to, chatId, ...said }) => {
      // The parsed message has exactly the fields that were sent; a field that is `undefined` was not.
      const signal = said as MediaSignal
      const input = { ...voiceOf(context, { chatId }), to: to ?? null, signal }
      await coreOf(context).signalMedia(context.session.caller, input)
      return {}
    },
  },

  'voice:speaking': {
    schema: schemas['voice:speaking'],
    guard: requireVoice,
    limit: 'event',
    run: async (context, { speaking, level, chatId }) => {
      const input = { ...voiceOf(context, { chatId }), isSpeaking: speaking, level }
      await coreOf(context).reportLevel(context.session.caller, input)
      return {}
    },
  },

  'voice:hand': {
    schema: schemas['voice:hand'],
    guard: requireVoice,
    limit: 'event',
    run: async (context, { raised, chatId }) => {
      await coreOf(context).raiseHand(context.session.caller, { ...voiceOf(context, { chatId }), raised })
      return {}
    },
  },

  'voice:react': {
    schema: schemas['voice:react'],
    guard: requireVoice,
    limit: 'event',
    run: async (context, { emoji, chatId }) => {
      await coreOf(context).reactInVoice(context.session.caller, { ...voiceOf(context, { chatId }), emoji })
      return {}
    },
  },

  'voice:quality': {
    schema: schemas['voice:quality'],
    guard: requireVoice,
    limit: 'event',
    run: async (context, { quality, chatId }) => {
      await coreOf(context).reportQuality(context.session.caller, { ...voiceOf(context, { chatId }), quality })
      return {}
    },
  },
} satisfies Commands<Extract<messenger.ClientEvent, `voice:${string}`>>

type InVoice = { readonly chatId?: string | undefined }

/** The chat in whose voice it is done: the one that is named, else the one in whose voice the session is. */
function voiceOf(context: MessengerContext, { chatId }: InVoice): { readonly conversationId: ConversationId } {
  const conversationId = chatId === undefined ? context.session.voice : chatIdOf(context, { chatId })
  if (conversationId === null) throw notInVoice()
  return { conversationId }
}

const notInChat = (): DomainError => new DomainError('NOT_IN_ROOM', 'Join the chat first, then its voice.')

const notInVoice = (): DomainError => new DomainError('NOT_IN_ROOM', 'You are not in voice. Join it first.')

/** Guard of what is done in voice; who is in it, the core knows. */
function requireVoice(context: MessengerContext, { chatId }: InVoice): void {
  if (chatId !== undefined) requirePlace(context, { chatId })
}
