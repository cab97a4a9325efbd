import { keys } from '../redis/keys.ts'
import type { RedisLink } from '../redis/open-redis.ts'
import { createRedisScript } from '../redis/redis-script.ts'
import type { RoomPlace, RoomPlaces } from './room-places.ts'

/** Nodes with people in a conversation ask far more often; those that died forget it by this. */
const KEPT_MS = 3_600_000

/** What is kept is the room, which is never used twice, a line break, and the server. */
const SETTLE = `
local current = redis.call('GET', KEYS[1])
if current and current ~= ARGV[2] then return current end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
return ARGV[1]`

const LEAVE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`

/** The places of rooms for nodes that share a Redis. */
export function createRedisRoomPlaces(link: RedisLink): RoomPlaces {
  const settle = createRedisScript(link, SETTLE)
  const leave = createRedisScript(link, LEAVE)

  return {
    isShared: true,
    async find(conversationId) {
      const text = await link.ask((redis) => redis.getex(keys.mediaPlace(conversationId), 'PX', KEPT_MS))
      return text === null ? null : placeFrom(text)
    },
    async settle(conversationId, place, instead) {
      const args = [textOf(place), instead === null ? '' : textOf(instead), KEPT_MS]
      return placeFrom(String(await settle([keys.mediaPlace(conversationId)], args)))
    },
    async leave(conversationId, place) {
      await leave([keys.mediaPlace(conversationId)], [textOf(place)])
    },
  }
}

const textOf = ({ room, server }: RoomPlace): string => `${room}\n${server}`

function placeFrom(text: string): RoomPlace {
  const end = text.indexOf('\n')
  return { room: text.slice(0, end), server: text.slice(end + 1) }
}
