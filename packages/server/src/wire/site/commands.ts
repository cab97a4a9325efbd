import type { Core } from '@parley/core'
import { site } from '@parley/protocol'
import { namedConversation, requireMember, requireOwn, requirePlace } from '../conversation-named.ts'
import { anyone, type Handler } from '../dispatch.ts'
import { joinConversation } from './join-conversation.ts'
import { onlinePeople } from './online-people.ts'
import { renewAccess } from './renew-access.ts'
import type { SiteContext } from './site-wire.ts'
import { ackView } from './views.ts'

const schemas = site.clientMessages

interface InConversation {
  readonly conversationId: string
}

const coreOf = ({ session }: SiteContext): Core => session.wire.foundation.core
const named = ({ session }: SiteContext, input: InConversation): InConversation => ({
  conversationId: namedConversation(session, input.conversationId),
})
/** Guard of what is done in a conversation. */
const inConversation = ({ session }: SiteContext, { conversationId }: InConversation): void =>
  requirePlace(session, conversationId)

/** What known users may ask for on the site wire. */
export const commands = {
  authenticate: {
    schema: schemas.authenticate,
    guard: anyone,
    limit: 'event',
    run: ({ session }, { token }) => renewAccess(session, token),
  },

  'conversation:join': {
    schema: schemas['conversation:join'],
    guard: ({ session }, { conversationId }) => requireOwn(session, conversationId),
    limit: 'event',
    run: joinConversation,
  },

  'conversation:leave': {
    schema: schemas['conversation:leave'],
    guard: inConversation,
    limit: 'event',
    run: async (context, input) => {
      const at = named(context, input)
      await requireMember(context.session, coreOf(context), at.conversationId)
      context.session.leavePlace(at.conversationId)
      return {}
    },
  },

  'message:send': {
    schema: schemas['message:send'],
    guard: inConversation,
    limit: 'message',
    run: async (context, { conversationId, text, messageId }) => {
      const sent = await coreOf(context).send(context.session.caller, {
        ...named(context, { conversationId }),
        content: text,
        type: 'text',
        clientId: messageId,
        replyTo: null,
        metadata: null,
      })
      const ack = ackView(sent)
      context.session.emit('message:ack', ack)
      return ack
    },
  },

  'typing:start': {
    schema: schemas['typing:start'],
    guard: inConversation,
    limit: 'typing',
    run: async (context, input) => {
      await coreOf(context).typing(context.session.caller, { ...named(context, input), isTyping: true })
      return {}
    },
  },

  'typing:stop': {
    schema: schemas['typing:stop'],
    guard: inConversation,
    limit: 'typingStop',
    run: async (context, input) => {
      const at = named(context, input)
      await requireMember(context.session, coreOf(context), at.conversationId)
      await coreOf(context).typing(context.session.caller, { ...at, isTyping: false })
      return {}
    },
  },

  'message:read': {
    schema: schemas['message:read'],
    guard: inConversation,
    limit: 'read',
    run: async (context, { conversationId, messageId }) => {
      await coreOf(context).markRead(context.session.caller, { ...named(context, { conversationId }), messageId })
      return {}
    },
  },

  'message:react': {
    schema: schemas['message:react'],
    guard: inConversation,
    limit: 'reactionAdd',
    run: async (context, { conversationId, messageId, emoji }) => {
      const { caller } = context.session
      const at = named(context, { conversationId })
      const { id } = await coreOf(context).findMessage(caller, at.conversationId, messageId)
      const { on } = await coreOf(context).react(caller, { ...at, messageId: id, emoji, on: null })
      return { action: on ? 'added' : 'removed' }
    },
  },

  'presence:request': {
    schema: schemas['presence:request'],
    guard: anyone,
    limit: 'event',
    run: async ({ session }) => {
      const list = await onlinePeople(session)
      session.emit('presence:list', list)
      session.account.toldList(list.users)
      return list
    },
  },
} satisfies { readonly [E in site.ClientEvent]: Handler<SiteContext, (typeof schemas)[E], site.Answer<E>> }

export function isCommand(event: string): event is site.ClientEvent {
  return Object.hasOwn(commands, event)
}
