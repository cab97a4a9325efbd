import { type ConversationId, DomainError, normalizeRoomId } from '@parley/core'
import { rooms } from '@parley/protocol'
import { z } from 'zod'
import { authenticated } from '../../wire/dispatch.ts'
import { FileAnswer, type RestContext, restHandler } from './rest-handler.ts'

const inPath = z.object({ roomId: rooms.joinRoomBody.shape.roomId })

/** The room's id, for its host. */
async function hosted(context: RestContext, roomId: string): Promise<ConversationId> {
  authenticated(context)
  const { core, identity } = context
  const members = await core.members(identity, roomId)
  const self = members.find(({ member }) => member.userId === identity.userId)
  if (self?.member.role !== 'host') throw new DomainError('FORBIDDEN', 'Recordings are for the host of the room.')
  return normalizeRoomId(roomId)
}

export const listRecordings = restHandler({
  name: 'listRecordings',
  tag: 'Rooms',
  errorTable: 'rooms',
  method: 'GET',
  url: '/api/rooms/:roomId/recordings',
  summary: 'What was recorded in a room, a file for each person; for its host, until it ends',
  schema: inPath,
  status: 200,
  answer: rooms.recordingsAnswer,
  token: 'required',
  guard: authenticated,
  limit: null,
  errors: ['ROOM_NOT_FOUND', 'ROOM_EXPIRED'],
  async run(context, { roomId }) {
    return { recordings: [...context.recordings.list(await hosted(context, roomId))] }
  },
})

export const downloadRecording = restHandler({
  name: 'downloadRecording',
  tag: 'Rooms',
  errorTable: 'rooms',
  method: 'GET',
  url: '/api/rooms/:roomId/recordings/:id',
  summary: 'What one person said, as WebM with Opus; files of one recording begin at the same moment',
  schema: inPath.extend({ id: z.uuid() }),
  status: 200,
  answer: 'file',
  token: 'required',
  guard: authenticated,
  limit: null,
  errors: ['ROOM_NOT_FOUND', 'ROOM_EXPIRED'],
  async run(context, { roomId, id }) {
    const file = context.recordings.find(await hosted(context, roomId), id)
    if (file === null)
      throw new DomainError('CONVERSATION_NOT_FOUND', 'There is no such recording here, or it is not ready yet.')
    const startedAt = new Date(file.startedAt).toISOString().slice(0, 19).replaceAll(':', '-')
    return new FileAnswer({
      path: file.path,
      bytes: file.bytes,
      type: 'audio/webm',
      name: `${startedAt} ${file.name}.webm`,
    })
  },
})
