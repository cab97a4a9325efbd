import type { MessageStore } from '@parley/core'
import type { RedisLink } from '../../redis/open-redis.ts'
import { createRedisScript } from '../../redis/redis-script.ts'
import { ROOM_KEYS, roomKey, roomKeys } from './room-keys.ts'
import { clientKey } from './send-message.ts'
import { toMessage } from './stored-message.ts'

/** Gives as many messages as go into the page, and whether others follow. */
const PAGE = `${ROOM_KEYS}
local command, from, to = unpack(ARGV)
local limit, max_bytes = tonumber(ARGV[4]), tonumber(ARGV[5])
local ids = redis.call(command, order, from, to, 'LIMIT', 0, limit + 1)
local page, bytes = {}, 0
for place = 1, math.min(#ids, limit) do
  bytes = bytes + redis.call('HSTRLEN', messages, ids[place])
  if place > 1 and bytes > max_bytes then break end
  page[place] = ids[place]
end
if #page == 0 then return {{}, 0} end
return {redis.call('HMGET', messages, unpack(page)), #ids > #page and 1 or 0}
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
      // The latest of all senders stands last.
      const field = senderId === null ? `a${clientId}` : `s${clientKey(senderId, clientId)}`
      const text = (await find(roomKeys(id), [field])) as string | null
      return text ? toMessage(id, text) : null
    },

    async page(id, { before, after, limit, maxBytes = Number.MAX_SAFE_INTEGER }) {
      const isForward = after !== undefined
      const lowest = `(${Math.max(0, after ?? 0)}`
      const highest = before === undefined ? '+inf' : `(${before}`
      const asked = isForward ? ['ZRANGEBYSCORE', lowest, highest] : ['ZREVRANGEBYSCORE', highest, lowest]
      const [texts, others] = (await page(roomKeys(id), [...asked, limit, maxBytes])) as [string[], number]
      const found = texts.map((text) => toMessage(id, text))
      return { messages: isForward ? found : found.reverse(), hasMore: others === 1 }
    },
  }
}
