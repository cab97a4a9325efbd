import { messenger } from '@parley/protocol'
import { type Commands, coreOf, inChat } from './command.ts'
import { requireOwnChat, requireUser } from './find-chat.ts'
import { iceServersFor } from './ice-servers.ts'
import { callView } from './views.ts'

const schemas = messenger.clientMessages

/** Calls in chats. */
export const callCommands = {
  'call:initiate': {
    schema: schemas['call:initiate'],
    guard: (context, input) => {
      requireOwnChat(context, input)
      requireUser(context)
    },
    limit: 'call',
    run: async (context, { chatId, type, offer }) => {
      const { session } = context
      const input = { ...inChat(context, { chatId }), media: type, offer: offer ?? null }
      const call = await coreOf(context).initiateCall(session.caller, input)
      const { id: callId, conversationId, endReason } = call
      session.account.toldCall(call)
      // Over before it rang: told as any end is, once the client knows what call this is.
      if (endReason !== null) {
        const end = { callId, chatId: conversationId, reason: endReason }
        context.afterAnswer.push(() => session.emit('call:end', end))
      }
      return { call: callView(call), iceServers: await iceServersFor(context) }
    },
  },

  'call:answer': {
    schema: schemas['call:answer'],
    guard: requireUser,
    limit: 'event',
    run: async (context, { callId, answer }) => {
      const call = await coreOf(context).answerCall(context.session.caller, { callId, answer: answer ?? null })
      context.session.account.toldCall(call)
      return { call: callView(call), iceServers: await iceServersFor(context) }
    },
  },

  'call:reject': {
    schema: schemas['call:reject'],
    guard: requireUser,
    limit: 'event',
    run: async (context, { callId, reason }) => {
      await coreOf(context).rejectCall(context.session.caller, { callId, reason: reason ?? null })
      context.session.account.forgetCall(callId)
      return {}
    },
  },

  'call:end': {
    schema: schemas['call:end'],
    guard: requireUser,
    limit: 'event',
    run: async (context, { callId }) => {
      await coreOf(context).endCall(context.session.caller, { callId })
      context.session.account.forgetCall(callId)
      return {}
    },
  },

  'call:ice-candidate': {
    schema: schemas['call:ice-candidate'],
    guard: requireUser,
    limit: 'signal',
    run: async (context, { callId, candidate, to }) => {
      await coreOf(context).relayCandidate(context.session.caller, { callId, candidate, to: to ?? null })
      return {}
    },
  },
} satisfies Commands<Extract<messenger.ClientEvent, `call:${string}`>>
