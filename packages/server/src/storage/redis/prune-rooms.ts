import type { ConversationStore } from '@parley/core'
import type { RedisLink } from '../../redis/open-redis.ts'
import { createRedisScript } from '../../redis/redis-script.ts'
import { KEEPING_BOUNDS, readKept } from './keeping-bounds.ts'
import type { RoomIndex } from './room-index.ts'
import { ROOM_KEYS, roomKeys } from './room-keys.ts'
import { MESSAGE_HEAD } from './stored-message.ts'

/** What is older goes with every event up to its latest: whoever has not seen that gets a fresh snapshot. */
const pruneScript = (link: RedisLink): string => `${ROOM_KEYS}${KEEPING_BOUNDS}
local now, default_days, limit = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
${readKept(link)}
if not epoch then return 0 end
local days = redis.call('HGET', head, 'retentionDays')
if days == '' then days = default_days end
if days == '' then return 0 end
local oldest_kept = now - days * ${86_400_000}
local pruned = 0
while pruned < limit do
  local id, json = oldest()
  if not id then break end
  local _, latest, _, at = json:match(${MESSAGE_HEAD})
  if tonumber(at) >= oldest_kept then break end
  drop(id, json, kept)
  raise_floor(tonumber(latest), kept)
  pruned = pruned + 1
end
if pruned > 0 then keep(kept) end
return pruned
`

/** Rooms looked through at a time. */
const PAGE = 100

/** Deletes what rooms keep for too long. For the background: it looks at each of them. */
export function createPruneRooms(link: RedisLink, index: RoomIndex): ConversationStore['prune'] {
  const prune = createRedisScript(link, pruneScript(link))

  return async (now, defaultRetentionDays, limit) => {
    let pruned = 0
    let after: string | null = null
    for (;;) {
      const ids: readonly string[] = await index.page(after, PAGE)
      for (const id of ids) {
        after = id
        if (pruned >= limit) return pruned
        pruned += Number(await prune(roomKeys(id), [now, defaultRetentionDays ?? '', limit - pruned]))
      }
      if (ids.length < PAGE) return pruned
    }
  }
}
