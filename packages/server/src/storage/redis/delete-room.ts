import type { ConversationStore } from '@parley/core'
import type { RedisLink } from '../../redis/open-redis.ts'
import { createRedisScript } from '../../redis/redis-script.ts'
import type { RoomIndex } from './room-index.ts'
import { ROOM_KEYS, roomKeys } from './room-keys.ts'
import type { RoomStates } from './room-states.ts'

const DELETE = `${ROOM_KEYS}
local quota = redis.call('HGET', head, 'quotaKey')
local people = redis.call('HKEYS', names)
redis.call('UNLINK', unpack(KEYS))
if not quota then return false end
return {quota, people}
`

/** Removes rooms, then from the lists. */
export function createRoomDeleter(link: RedisLink, states: RoomStates, index: RoomIndex): ConversationStore['delete'] {
  const deleteKeys = createRedisScript(link, DELETE)

  return async (id) => {
    const reply = (await deleteKeys(roomKeys(id), [])) as readonly [string, readonly string[]] | null
    states.forget(id)
    if (reply === null) return
    const [quotaKey, people] = reply
    await index.remove({ id, quotaKey, userIds: people.filter((userId) => userId !== '') })
  }
}
