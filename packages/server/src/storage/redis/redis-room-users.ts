import type { UserStore } from '@parley/core'
import type { RedisLink } from '../../redis/open-redis.ts'
import { createRedisScript } from '../../redis/redis-script.ts'
import type { RoomIndex } from './room-index.ts'
import { ROOM_KEYS, roomKey, roomKeys } from './room-keys.ts'

/** An empty name is one of somebody who is no member any more. */
const FORGET = `${ROOM_KEYS}
if redis.call('HGET', names, ARGV[1]) ~= '' then return 0 end
return redis.call('HDEL', names, ARGV[1])
`

/** What rooms know of people: who is or was in them. */
export function createRedisRoomUsers(link: RedisLink, index: RoomIndex): Pick<UserStore, 'everIn' | 'erase'> {
  const forget = createRedisScript(link, FORGET)

  return {
    async everIn(userId) {
      const listed = await index.roomsOf(userId)
      // Listed before they came in, and until the room would have ended.
      const known = await Promise.all(
        listed.map((id) => link.ask((redis) => redis.hexists(roomKey(id, 'names'), userId))),
      )
      return listed.filter((_, place) => known[place] === 1)
    },

    async erase(userId) {
      const listed = await index.roomsOf(userId)
      const forgotten = await Promise.all(listed.map((id) => forget(roomKeys(id), [userId])))
      const left = await Promise.all(
        listed.map((id) => link.ask((redis) => redis.hexists(roomKey(id, 'names'), userId))),
      )
      await index.forget(
        userId,
        listed.filter((_, place) => forgotten[place] === 1 || left[place] === 0),
      )
    },
  }
}
