import { type ConversationView, normalizeRoomId } from '@parley/core'
import { admin } from '@parley/protocol'
import { adminHandler } from './admin-handler.ts'

export const listRooms = adminHandler({
  name: 'adminRooms',
  method: 'GET',
  url: '/api/admin/rooms',
  summary: 'Open rooms, page by page, in no order; nothing of what was said in them',
  schema: admin.roomsQuery,
  status: 200,
  answer: admin.roomsAnswer,
  errors: [],
  async run({ core }, { limit, cursor }) {
    const page = await core.listRooms(limit, cursor ?? null)
    const rooms = page.rooms.map(({ conversation, members }) => roomView(conversation, members))
    return page.cursor === null ? { rooms } : { rooms, next: page.cursor }
  },
})

export const inspectRoom = adminHandler({
  name: 'adminRoom',
  method: 'GET',
  url: '/api/admin/rooms/:roomId',
  summary: 'One room, with everybody in it and in its lobby',
  schema: admin.roomParams,
  status: 200,
  answer: admin.roomAnswer,
  errors: ['ROOM_NOT_FOUND'],
  async run({ core }, { roomId }) {
    const { conversation, members, waiting } = await core.inspectRoom(normalizeRoomId(roomId))
    return {
      room: roomView(conversation, members.length),
      people: members.map(({ member: { userId, name, role, joinedAt }, online, voice }) => {
        return { userId, name, role, joinedAt, isOnline: online, isInVoice: voice.joined }
      }),
      waiting: [...waiting],
    }
  },
})

export const closeRoom = adminHandler({
  name: 'adminCloseRoom',
  method: 'DELETE',
  url: '/api/admin/rooms/:roomId',
  summary: 'Close a room, as if its time were up: everybody in it is told, and everything said in it is gone',
  schema: admin.roomParams,
  status: 204,
  answer: null,
  errors: ['ROOM_NOT_FOUND'],
  async run({ core, note }, { roomId }) {
    await core.closeRoom(normalizeRoomId(roomId))
    note(`closed room ${roomId}`)
    return undefined
  },
})

export const removeFromRoom = adminHandler({
  name: 'adminRemoveFromRoom',
  method: 'DELETE',
  url: '/api/admin/rooms/:roomId/people/:userId',
  summary: 'Remove somebody from a room, with `ban=true` for good; a host passes the role on',
  schema: admin.removeParams,
  status: 204,
  answer: null,
  errors: ['ROOM_NOT_FOUND', 'ROOM_EXPIRED', 'USER_NOT_FOUND'],
  async run({ core, note }, { roomId, userId, ban }) {
    await core.removeFromRoom(normalizeRoomId(roomId), userId, ban === 'true')
    note(`removed ${userId} from room ${roomId}${ban === 'true' ? ' for good' : ''}`)
    return undefined
  },
})

function roomView(conversation: ConversationView, people: number): admin.Room {
  const { id, name, createdAt, expiresAt, maxParticipants, isLocked, hasPassword, hasLobby, encrypted } = conversation
  return {
    id,
    name,
    createdAt,
    expiresAt,
    people,
    maxParticipants,
    isLocked,
    hasPassword,
    hasLobby,
    isEncrypted: encrypted,
  }
}
