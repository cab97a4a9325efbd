import type { MessageStore } from '@parley/core'
import type { RedisLink } from '../../redis/open-redis.ts'
import { createRedisScript } from '../../redis/redis-script.ts'
import { ROOM_KEYS, roomKey, roomKeys } from './room-keys.ts'
import { clientKey } from './send-message.ts'
import { toMessage } from './stored-message.ts'

/** One more than asked for, to see whether others follow. */
const PAGE = `${ROOM_KEYS}
local command, from, to, limit = unpack(ARGV)
local ids = redis.call(command, order, from, to, 'LIMIT', 0, limit + 1)
if #ids == 0 then return {} end
return redis.call('HMGET', messages, unpack(ids))
`

const FIND = `${ROOM_KEYS}
local id = redis.call('HGET', clients, ARGV[1])
if not id then return false end
return redis.call('HGET', messages, id:match('%S+$'))
`

/** Reads what was sent to rooms. */
export function createRedisMessageStore(link: RedisLink): MessageStore {
  const page = createRedisScript(link, PAGE)
  const find = createRedisScript(link, FIND)

  return {
    async get(id, messageId) {
      const text = await link.ask((redis) => redis.hget(roomKey(id, 'messages'), messageId))
      return text ? toMessage(id, text) : null
    },

    async findByClientId(id, senderId, clientId) {
      // Of all senders the latest stands last.
      const field = senderId === null ? `a${clientId}` : `s${clientKey(senderId, clientId)}`
      const text = (await find(roomKeys(id), [field])) as string | null
      return text ? toMessage(id, text) : null
    },

    async page(id, { before, after, limit }) {
      const isForward = after !== undefined
      const lowest = `(${Math.max(0, after ?? 0)}`
      const highest = before === undefined ? '+inf' : `(${before}`
      const asked = isForward ? ['ZRANGEBYSCORE', lowest, highest] : ['ZREVRANGEBYSCORE', highest, lowest]
      const texts = (await page(roomKeys(id), [...asked, limit])) as string[]
      const found = texts.slice(0, limit).map((text) => toMessage(id, text))
      return { messages: isForward ? found : found.reverse(), hasMore: texts.length > limit }
    },
  }
}
