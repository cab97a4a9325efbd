import type { ConversationId, ConversationState, Millis } from '@parley/core'
import type { RedisLink } from '../../redis/open-redis.ts'
import { createRedisScript } from '../../redis/redis-script.ts'
import { ROOM_KEYS, roomKeys } from './room-keys.ts'
import { type RoomState, toRoomState } from './stored-room.ts'

/** The state is left out for whoever has this version of it. */
const LOAD = `${ROOM_KEYS}
local epoch, version, rev, hash, quota = unpack(
  redis.call('HMGET', head, 'epoch', 'version', 'rev', 'passwordHash', 'quotaKey'))
if not epoch then return false end
if epoch == ARGV[1] and version == ARGV[2] then return {epoch, tonumber(version), tonumber(rev)} end
return {epoch, tonumber(version), tonumber(rev), hash, quota, redis.call('GET', room)}
`

/** Rooms whose state is remembered by a process. */
const MAX_REMEMBERED = 2_000

/** A version of a room's state: it never changes, so that it is read and checked once. */
export interface Version extends RoomState {
  readonly epoch: string
  readonly version: number
}

/** Reads rooms. Each time it asks Redis how things stand; the state itself comes only when it is another one. */
export interface RoomStates {
  load(id: ConversationId): Promise<ConversationState | null>
  /** The version that was last read, if it is remembered. */
  recall(id: ConversationId): Version | undefined
  remember(id: ConversationId, version: Version): void
  forget(id: ConversationId): void
}

export function createRoomStates(link: RedisLink): RoomStates {
  const load = createRedisScript(link, LOAD)
  const remembered = new Map<ConversationId, Version>()

  function remember(id: ConversationId, version: Version): void {
    remembered.delete(id)
    remembered.set(id, version)
    if (remembered.size <= MAX_REMEMBERED) return
    for (const oldest of remembered.keys()) {
      remembered.delete(oldest)
      break
    }
  }

  return {
    async load(id) {
      const known = remembered.get(id)
      const reply = (await load(roomKeys(id), [known?.epoch ?? '', known?.version ?? ''])) as LoadReply | null
      if (reply === null) {
        remembered.delete(id)
        return null
      }
      const [epoch, version, rev, passwordHash = '', quotaKey = '', text] = reply
      if (known !== undefined && text === undefined) return { ...known, rev }
      if (!text) throw new Error(`of room ${id} Redis has lost a part`)
      const kept = { passwordHash: passwordHash === '' ? null : passwordHash, quotaKey }
      const read = { epoch, version, ...toRoomState(id, text, kept) }
      remember(id, read)
      return { ...read, rev }
    },
    recall: (id) => remembered.get(id),
    remember,
    forget: (id) => void remembered.delete(id),
  }
}

type LoadReply = readonly [string, number, number, string?, string?, string?]

/** After its end a room is kept for so long, so that those who are there can be told. */
const GRACE_MS = 60_000

/** When a room's keys go by themselves; `null` for one that lasts. */
export const goesAt = <End extends Millis | null>(expiresAt: End): End =>
  (expiresAt === null ? null : expiresAt + GRACE_MS) as End
