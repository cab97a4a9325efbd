import type { Cursor, ReceiptStore, UserId } from '@parley/core'
import type { RedisLink } from '../../redis/open-redis.ts'
import { createRedisScript } from '../../redis/redis-script.ts'
import { ROOM_KEYS, roomKey, roomKeys } from './room-keys.ts'

const ADVANCE = `${ROOM_KEYS}
local user, to_delivered, to_read = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local before = redis.call('HGET', cursors, user)
if not before or before == '' then return false end
local delivered, read = before:match('^(%d+) (%d+)$')
read = math.max(read, to_read)
delivered = math.max(delivered, to_delivered, read)
local after = delivered .. ' ' .. read
if after == before then return {delivered, read, 0} end
redis.call('HSET', cursors, user, after)
return {delivered, read, 1}
`

/** How far the members of rooms have got. */
export function createRedisReceiptStore(link: RedisLink): ReceiptStore {
  const advance = createRedisScript(link, ADVANCE)

  return {
    async advance(id, userId, { delivered = 0, read = 0 }) {
      const reply = (await advance(roomKeys(id), [userId, delivered, read])) as [number, number, number] | null
      if (reply === null) return null
      const [nowDelivered, nowRead, moved] = reply
      return { cursor: { delivered: nowDelivered, read: nowRead }, moved: moved === 1 }
    },

    async cursors(id) {
      const kept = await link.ask((redis) => redis.hgetall(roomKey(id, 'cursors')))
      const cursors = new Map<UserId, Cursor>()
      for (const [userId, text] of Object.entries(kept)) {
        if (userId === '') continue
        const [delivered, read] = text.split(' ').map(Number)
        cursors.set(userId, { delivered: delivered ?? 0, read: read ?? 0 })
      }
      return cursors
    },
  }
}
