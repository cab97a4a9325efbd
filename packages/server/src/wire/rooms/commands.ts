import { DomainError, normalizeRoomId } from '@parley/core'
import { rooms } from '@parley/protocol'
import { anyone, type Handler } from '../dispatch.ts'
import { renewGuestToken } from '../renew-guest-token.ts'
import { joinRoom, roomOf } from './join-room.ts'
import type { RoomsContext, RoomsReply } from './rooms-wire.ts'

const schemas = rooms.clientMessages

/** Guard of what is done in a room. */
const inRoom =
  (purpose: string) =>
  ({ session }: RoomsContext): void => {
    roomOf(session, purpose)
  }

/** Guard of joining: a token that was given for one room opens no other. */
function ownRoom({ identity }: RoomsContext, { roomId }: rooms.ClientMessage<'join_room'>): void {
  if (identity.room !== null && identity.room !== normalizeRoomId(roomId)) {
    throw new DomainError('CONVERSATION_NOT_FOUND', 'There is no such room, or your token is not for it.')
  }
}

const room = (context: RoomsContext): { conversationId: string } => ({
  conversationId: roomOf(context.session, 'do this'),
})

/** What participants may ask for on the rooms wire. */
export const commands = {
  join_room: { schema: schemas.join_room, guard: ownRoom, limit: 'event', run: joinRoom },

  send_message: {
    schema: schemas.send_message,
    guard: inRoom('send messages'),
    limit: 'roomMessage',
    run: async (context, { text, clientId, replyTo }) => {
      const { message, duplicate } = await context.session.wire.foundation.core.send(context.session.caller, {
        ...room(context),
        content: text,
        type: 'text',
        clientId: clientId ?? null,
        replyTo: replyTo ?? null,
        metadata: null,
      })
      const { id, seq, createdAt } = message
      // The `rev` is that of the sending, also for a duplicate: what has changed since, the sender hears like everybody else.
      return { type: 'ok', data: { messageId: id, seq, rev: seq, at: createdAt, duplicate } }
    },
  },

  edit_message: {
    schema: schemas.edit_message,
    guard: inRoom('edit messages'),
    limit: 'event',
    run: async (context, { messageId, text }) => {
      const { core } = context.session.wire.foundation
      const { rev } = await core.edit(context.session.caller, { ...room(context), messageId, content: text })
      return { type: 'ok', data: { messageId, rev } }
    },
  },

  delete_message: {
    schema: schemas.delete_message,
    guard: inRoom('delete messages'),
    limit: 'event',
    run: async (context, { messageId }) => {
      const { core } = context.session.wire.foundation
      const { rev } = await core.deleteMessage(context.session.caller, { ...room(context), messageId })
      return { type: 'ok', data: { messageId, rev } }
    },
  },

  react: {
    schema: schemas.react,
    guard: inRoom('react to messages'),
    limit: 'reactionAdd',
    run: async (context, { messageId, emoji }) => {
      const { core } = context.session.wire.foundation
      const { on, message } = await core.react(context.session.caller, { ...room(context), messageId, emoji, on: null })
      return { type: 'ok', data: { messageId, emoji, action: on ? 'added' : 'removed', rev: message.rev } }
    },
  },

  typing: {
    schema: schemas.typing,
    guard: inRoom('type'),
    limit: 'typing',
    run: async (context, { isTyping }) => {
      await context.session.wire.foundation.core.typing(context.session.caller, { ...room(context), isTyping })
      return { type: 'ok' }
    },
  },

  leave_room: {
    schema: schemas.leave_room,
    guard: ({ session }) => {
      if (session.place === null) throw new DomainError('NOT_IN_ROOM', 'Must be in a room to leave it')
    },
    limit: 'event',
    run: async ({ session }) => {
      const conversationId = session.place?.topic.conversationId
      if (conversationId !== undefined) await session.wire.foundation.core.leave(session.caller, conversationId)
      session.leavePlace()
      return { type: 'ok' }
    },
  },

  lock_room: {
    schema: schemas.lock_room,
    guard: inRoom('lock it'),
    limit: 'event',
    run: async (context, { isLocked }) => {
      await context.session.wire.foundation.core.lock(context.session.caller, { ...room(context), isLocked })
      return { type: 'ok' }
    },
  },

  kick: {
    schema: schemas.kick,
    guard: inRoom('remove people'),
    limit: 'event',
    run: async (context, { participantId, ban }) => {
      const input = { ...room(context), userId: participantId, ban: ban ?? false }
      await context.session.wire.foundation.core.kick(context.session.caller, input)
      return { type: 'ok' }
    },
  },

  set_role: {
    schema: schemas.set_role,
    guard: inRoom('give roles'),
    limit: 'event',
    run: async (context, { participantId, role }) => {
      const input = { ...room(context), userId: participantId, role }
      await context.session.wire.foundation.core.setRole(context.session.caller, input)
      return { type: 'ok' }
    },
  },

  admit: {
    schema: schemas.admit,
    guard: inRoom('let people in'),
    limit: 'event',
    run: async (context, { participantId, admit }) => {
      const input = { ...room(context), userId: participantId, admit }
      await context.session.wire.foundation.core.admit(context.session.caller, input)
      return { type: 'ok' }
    },
  },

  extend_room: {
    schema: schemas.extend_room,
    guard: inRoom('extend it'),
    limit: 'event',
    run: async (context, { minutes }) => {
      const { core } = context.session.wire.foundation
      const { expiresAt } = await core.extend(context.session.caller, { ...room(context), minutes })
      return { type: 'ok', data: { expiresAt } }
    },
  },

  refresh_token: {
    schema: schemas.refresh_token,
    guard: anyone,
    limit: 'event',
    run: async ({ session }) => {
      const { token, expiresIn } = await renewGuestToken(session.wire.foundation, session)
      return { type: 'token', token, expiresIn }
    },
  },

  ping: {
    schema: schemas.ping,
    guard: anyone,
    limit: null,
    run: ({ session }) => ({ type: 'pong', at: session.wire.foundation.clock.now() }),
  },
} satisfies {
  readonly [T in rooms.ClientMessageType]: Handler<RoomsContext, (typeof schemas)[T], RoomsReply>
}

export function isCommand(type: string): type is rooms.ClientMessageType {
  return Object.hasOwn(commands, type)
}
