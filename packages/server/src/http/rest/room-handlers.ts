import type { Joined } from '@parley/core'
import { rooms } from '@parley/protocol'
import { z } from 'zod'
import { anyone, authenticated } from '../../wire/dispatch.ts'
import { lobbyView, messageView, roomView } from '../../wire/rooms/views.ts'
import { type RestContext, restHandler } from './rest-handler.ts'

const inPath = z.object({ roomId: rooms.joinRoomBody.shape.roomId })

export const createRoom = restHandler({
  name: 'createRoom',
  tag: 'Rooms',
  errorTable: 'rooms',
  method: 'POST',
  url: '/api/create-room',
  summary: 'Open a room and become its host',
  schema: rooms.createRoomBody,
  status: 201,
  answer: rooms.createRoomAnswer,
  token: 'optional',
  guard: anyone,
  limit: null,
  errors: ['CONFLICT'],
  givesToken: true,
  async run({ core, authenticator, identity, address }, input) {
    const { self, snapshot } = await core.createRoom({
      name: input.name,
      hostName: input.hostName,
      host: identity?.userId ?? null,
      maxParticipants: input.maxParticipants ?? null,
      minutes: input.duration,
      password: input.password || null,
      hasLobby: input.lobby ?? false,
      encrypted: input.encrypted ?? false,
      address,
    })
    const room = roomView(snapshot)
    const { token } = await authenticator.signGuest({
      userId: self.userId,
      name: self.name,
      room: room.id,
      role: self.role,
    })
    return { roomId: room.id, token, room }
  },
})

export const joinRoom = restHandler({
  name: 'joinRoom',
  tag: 'Rooms',
  errorTable: 'rooms',
  method: 'POST',
  url: '/api/join-room',
  summary: 'Take a seat in a room, or a place in its lobby',
  schema: rooms.joinRoomBody,
  status: 200,
  answer: rooms.joinRoomAnswer,
  token: 'optional',
  guard: anyone,
  limit: null,
  errors: ['ROOM_NOT_FOUND', 'WRONG_PASSWORD', 'KICKED', 'NAME_TAKEN', 'ROOM_FULL', 'ROOM_EXPIRED', 'ROOM_LOCKED'],
  givesToken: true,
  async run(context, input) {
    const joined = await context.core.joinRoom({
      roomId: input.roomId,
      name: input.participantName,
      caller: context.identity,
      password: input.password ?? null,
      address: context.address,
    })
    return joinAnswer(context, joined)
  },
})

async function joinAnswer({ authenticator }: RestContext, joined: Joined): Promise<rooms.JoinRoomAnswer> {
  if (joined.status === 'waiting') {
    const room = lobbyView(joined.preview)
    const { token } = await authenticator.signGuest({
      userId: joined.userId,
      name: joined.name,
      room: room.id,
      role: null,
    })
    return { success: true, token, room, waiting: true }
  }
  const room = roomView(joined.snapshot)
  const { userId, name, role } = joined.self
  const { token } = await authenticator.signGuest({ userId, name, room: room.id, role })
  return { success: true, token, room }
}

export const previewRoom = restHandler({
  name: 'previewRoom',
  tag: 'Rooms',
  errorTable: 'rooms',
  method: 'GET',
  url: '/api/rooms/:roomId',
  summary: 'What may be known of a room before joining',
  schema: inPath,
  status: 200,
  answer: rooms.roomPreview,
  token: 'optional',
  takesBadTokens: true,
  guard: anyone,
  limit: null,
  errors: ['ROOM_NOT_FOUND', 'ROOM_EXPIRED'],
  async run({ core, address }, { roomId }) {
    const preview = await core.preview(roomId, address)
    const { id, name, maxParticipants, expiresAt, isLocked, hasPassword, hasLobby, encrypted } = lobbyView(preview)
    const { participants } = preview
    return { id, name, participants, maxParticipants, expiresAt, isLocked, hasPassword, hasLobby, encrypted }
  },
})

export const roomMessages = restHandler({
  name: 'roomMessages',
  tag: 'Rooms',
  errorTable: 'rooms',
  method: 'GET',
  url: '/api/rooms/:roomId/messages',
  summary: 'A page of messages, ascending; the newest without `before`',
  schema: inPath.extend(rooms.historyQuery.shape),
  status: 200,
  answer: rooms.historyAnswer,
  token: 'required',
  guard: authenticated,
  limit: null,
  errors: ['ROOM_NOT_FOUND', 'ROOM_EXPIRED', 'MESSAGE_NOT_FOUND'],
  async run(context, { roomId, before, limit }) {
    authenticated(context)
    const page = { limit, ...(before === undefined ? {} : { before }) }
    const { messages, hasMore } = await context.core.history(context.identity, { conversationId: roomId, ...page })
    return { messages: messages.map(messageView), hasMore }
  },
})
