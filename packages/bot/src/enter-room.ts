import { createRestApi, ParleyError } from '@parley/client'
import { BotError, type BotErrorReason } from './bot-error.ts'
import type { RoomLink } from './room-link.ts'

export interface Admission {
  readonly token: string
  /** The server's spelling. */
  readonly roomId: string
  readonly isEncrypted: boolean
  /** In the lobby: the host has not let us in yet. */
  readonly isWaiting: boolean
}

/** What a person is told of each refusal, and how it counts. */
const REFUSALS: { readonly [code: string]: readonly [BotErrorReason, string] } = {
  ROOM_NOT_FOUND: ['link', 'There is no such room. Check the link; a room is gone when its time is up.'],
  CONVERSATION_NOT_FOUND: ['link', 'There is no such room. Check the link; a room is gone when its time is up.'],
  ROOM_EXPIRED: ['expired', 'The room’s time is up.'],
  ROOM_FULL: ['refused', 'The room is full. Try again when somebody has left.'],
  ROOM_LOCKED: ['refused', 'The room is locked. Ask its host to unlock it.'],
  KICKED: ['refused', 'The bot was removed from this room and may not come back.'],
  FORBIDDEN: ['refused', 'The room does not let the bot in.'],
  NAME_TAKEN: ['refused', 'Somebody in the room has this name already. Give the bot another with --name.'],
  MEDIA_UNAVAILABLE: ['no-voice', 'There is no voice on this server now. Chat works: say and listen.'],
  MEDIA_CAPACITY: ['no-voice', 'As many people as voice holds are in it. Try again when somebody has left.'],
  UNKNOWN_EVENT: ['no-voice', 'This server does not know voice. Chat works: say and listen.'],
}

/** An error in words for the person who started the bot. */
export function toBotError(error: unknown): BotError {
  if (error instanceof BotError) return error
  if (!(error instanceof ParleyError)) return new BotError('failed', String(error), { cause: error })
  const [reason, words] = REFUSALS[error.code] ?? []
  if (reason !== undefined && words !== undefined) return new BotError(reason, words, { cause: error })
  if (error.code === 'UNAVAILABLE') return new BotError('unreachable', error.message, { cause: error })
  return new BotError('failed', error.message, { cause: error })
}

/** Takes a seat in the room. Rejects with `BotError`. */
export async function enterRoom(
  { server, roomId }: RoomLink,
  { name, password }: { readonly name: string; readonly password?: string | undefined },
): Promise<Admission> {
  const api = createRestApi({ url: server })
  try {
    const body = { roomId, participantName: name, ...(password !== undefined && { password }) }
    const { token, room, waiting = false } = await api.joinRoom(body)
    return { token, roomId: room.id, isEncrypted: room.encrypted, isWaiting: waiting }
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error
    if (error.code === 'WRONG_PASSWORD') {
      const words =
        password === undefined ? 'The room has a password. Give it with --password.' : 'The password is wrong.'
      throw new BotError('password', words, { cause: error })
    }
    if (error.code === 'UNAVAILABLE') {
      throw new BotError('unreachable', `${server} does not answer. Check the address, and that the server runs.`, {
        cause: error,
      })
    }
    throw toBotError(error)
  }
}
