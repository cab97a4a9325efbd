import type { ConversationStore } from '@parley/core'
import type { RedisLink } from '../../redis/open-redis.ts'
import { createRedisScript } from '../../redis/redis-script.ts'
import { WHO_SERVES } from './keeping-bounds.ts'
import type { RoomIndex } from './room-index.ts'
import { ROOM_KEYS, roomKeys } from './room-keys.ts'
import { goesAt } from './room-states.ts'
import { fromRoomState } from './stored-room.ts'

const CREATE = `${ROOM_KEYS}${WHO_SERVES}
local state, new_epoch, hash, quota, retention, goes_at = unpack(ARGV)
if redis.call('EXISTS', head, room) > 0 then return 0 end
redis.call('SET', room, state)
redis.call('HSET', head, 'epoch', new_epoch, 'rev', 0, 'version', 0, 'count', 0, 'bytes', 0, 'words', 0, 'floor', 0,
  'cut', 0, 'server', server, 'since', time(), 'passwordHash', hash, 'quotaKey', quota, 'retentionDays', retention)
for _, key in ipairs({names, cursors, messages, clients, changes}) do redis.call('HSET', key, '', '') end
redis.call('ZADD', order, 0, '')
for place = 7, #ARGV, 2 do
  redis.call('HSET', names, ARGV[place], ARGV[place + 1])
  redis.call('HSET', cursors, ARGV[place], '0 0')
end
if goes_at ~= '' then
  for _, key in ipairs(KEYS) do redis.call('PEXPIREAT', key, goes_at) end
end
return 1
`

/**
 * Makes rooms. A node may die at any point: what it held in the lists for a room that never was goes with its lease. A
 * room that was made, and whose maker never heard of it, ends when its time is up.
 */
export function createRoomCreator(link: RedisLink, index: RoomIndex, maxRooms: number): ConversationStore['create'] {
  const create = createRedisScript(link, CREATE)

  return async (conversation, epoch, members, maxPerQuotaKey) => {
    const { id, quotaKey } = conversation
    const until = goesAt(conversation.expiresAt)
    const userIds = members.map(({ userId }) => userId)
    const listed = { id, quotaKey, userIds, goesAt: until }
    const { status, release } = await index.reserve(listed, maxRooms, maxPerQuotaKey)
    if (status !== 'reserved') return status
    await index.addPeople(id, userIds, until)
    const created = await create(roomKeys(id), [
      fromRoomState({ conversation, members: new Map(members.map((member) => [member.userId, member])) }),
      epoch,
      conversation.passwordHash ?? '',
      quotaKey,
      conversation.retentionDays ?? '',
      until ?? '',
      ...members.flatMap(({ userId, name }) => [userId, JSON.stringify(name)]),
    ])
    if (created === 0) {
      await release()
      return 'exists'
    }
    await index.confirm(listed)
    return 'created'
  }
}
