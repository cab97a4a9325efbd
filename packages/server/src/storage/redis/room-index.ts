import type { ConversationId, Millis, UserId } from '@parley/core'
import { keys } from '../../redis/keys.ts'
import type { RedisLink } from '../../redis/open-redis.ts'
import { createRedisScript } from '../../redis/redis-script.ts'

/**
 * Puts an id into a list until a time, or for a lease. An id that is to stay longer already stays. What is over leaves
 * the list with the next one that comes, and the last one takes the list with it. A second list has the same ids in
 * their own order.
 */
const ADD = `
local list, by_id = KEYS[1], KEYS[2]
local id, upto, lease_ms, max, is_exact = unpack(ARGV)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if by_id then
  for _, over in ipairs(redis.call('ZRANGEBYSCORE', list, '-inf', now)) do redis.call('ZREM', by_id, over) end
end
redis.call('ZREMRANGEBYSCORE', list, '-inf', now)
local before = redis.call('ZSCORE', list, id)
if not before and max ~= '' and redis.call('ZCARD', list) >= tonumber(max) then return 'full' end
if upto == '' then upto = now + lease_ms end
if before and is_exact == '' and tonumber(before) >= (upto == '+inf' and math.huge or tonumber(upto)) then return 'there' end
redis.call('ZADD', list, upto, id)
if by_id then redis.call('ZADD', by_id, 0, id) end
local last = redis.call('ZRANGE', list, -1, -1, 'WITHSCORES')[2]
for _, key in ipairs(KEYS) do
  if last == 'inf' then redis.call('PERSIST', key) else redis.call('PEXPIREAT', key, last) end
end
return before and 'there' or 'added'
`

const COUNT = `
local time = redis.call('TIME')
return redis.call('ZCOUNT', KEYS[1], '(' .. time[1] * 1000 + math.floor(time[2] / 1000), '+inf')
`

/** For so long a place is held for a room that is being made. Whoever makes it may die in between. */
const LEASE_MS = 30_000

/** Where a room is listed, and until when. */
interface Listed {
  readonly id: ConversationId
  readonly quotaKey: string
  readonly userIds: readonly UserId[]
  /** When the room's keys go; `null` for one that lasts. */
  readonly goesAt: Millis | null
}

/**
 * What has to be found across rooms, and so is in other slots of a Cluster than they are. Lists hold ids only, and each
 * id no longer than its room: what a node that died has left there goes by itself.
 */
export interface RoomIndex {
  /** Holds a place for a new room. What it took is given back by `release`, or by time. */
  reserve(
    listed: Listed,
    maxRooms: number,
    maxPerQuotaKey: number,
  ): Promise<{ readonly status: 'reserved' | 'quota' | 'full'; release(): Promise<void> }>
  /** Lists a new room until it goes. */
  confirm(listed: Listed): Promise<void>
  /** Lists it for longer. To be done before it stays longer. */
  extend(listed: Listed): Promise<void>
  /** Lists that these people are, or were, in the room. To be done before they come in. */
  addPeople(id: ConversationId, userIds: readonly UserId[], goesAt: Millis | null): Promise<void>
  /** Counts places taken and left. Does not wait, and what is lost of it goes with the room. */
  movePlaces(id: ConversationId, taken: readonly UserId[], left: readonly UserId[], goesAt: Millis | null): void
  /** Takes a room out of all lists. What is lost of it goes by itself. */
  remove(listed: Omit<Listed, 'goesAt'>): Promise<void>
  roomsOf(userId: UserId): Promise<readonly ConversationId[]>
  forget(userId: UserId, ids: readonly ConversationId[]): Promise<void>
  /** Ids of open rooms, in their order, after this one. */
  page(after: ConversationId | null, size: number): Promise<readonly ConversationId[]>
  count(): Promise<{ readonly conversations: number; readonly members: number }>
}

export function createRoomIndex(link: RedisLink, space: string, leaseMs = LEASE_MS): RoomIndex {
  const add = createRedisScript(link, ADD)
  const count = createRedisScript(link, COUNT)
  /** The rooms by when they end, and by id. */
  const rooms = [keys.rooms(space), keys.roomIds(space)]
  const places = keys.places(space)

  const list = (lists: readonly string[], id: string, goesAt: Millis | null, isExact: 'exact' | '' = '') =>
    add(lists, [id, goesAt ?? '+inf', '', '', isExact])
  async function unlist(lists: readonly string[], ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await link.ask((redis) => Promise.all(lists.map((each) => redis.zrem(each, ...ids))))
  }
  const placesOf = (id: ConversationId, userIds: readonly UserId[]) => userIds.map((userId) => `${id} ${userId}`)

  async function listEverywhere({ id, quotaKey, userIds, goesAt }: Listed, isExact: 'exact' | ''): Promise<void> {
    await Promise.all([
      list(rooms, id, goesAt, isExact),
      list([keys.quota(space, quotaKey)], id, goesAt, isExact),
      ...placesOf(id, userIds).map((place) => list([places], place, goesAt)),
    ])
  }

  return {
    async reserve({ id, quotaKey }, maxRooms, maxPerQuotaKey) {
      const hold = async (lists: readonly string[], max: number) => ({
        lists,
        took: await add(lists, [id, '', leaseMs, max, '']),
      })
      const quota = hold([keys.quota(space, quotaKey)], maxPerQuotaKey)
      const [inAll, inQuota] = await Promise.all([hold(rooms, maxRooms), quota])
      const release = async (): Promise<void> => {
        const added = [inAll, inQuota].filter(({ took }) => took === 'added')
        await Promise.all(added.map(({ lists }) => unlist(lists, [id])))
      }
      const status = inQuota.took === 'full' ? 'quota' : inAll.took === 'full' ? 'full' : 'reserved'
      if (status !== 'reserved') await release()
      return { status, release }
    },

    confirm: (listed) => listEverywhere(listed, 'exact'),
    extend: (listed) => listEverywhere(listed, ''),

    async addPeople(id, userIds, goesAt) {
      await Promise.all(userIds.map((userId) => list([keys.roomsOf(space, userId)], id, goesAt)))
    },

    movePlaces(id, taken, left, goesAt) {
      const moves = [
        ...placesOf(id, taken).map((place) => list([places], place, goesAt)),
        unlist([places], placesOf(id, left)),
      ]
      void Promise.allSettled(moves)
    },

    async remove({ id, quotaKey, userIds }) {
      await Promise.allSettled([
        unlist(rooms, [id]),
        unlist([keys.quota(space, quotaKey)], [id]),
        unlist([places], placesOf(id, userIds)),
        ...userIds.map((userId) => unlist([keys.roomsOf(space, userId)], [id])),
      ])
    },

    roomsOf: (userId) => link.ask((redis) => redis.zrange(keys.roomsOf(space, userId), '0', '-1')),

    async forget(userId, ids) {
      await unlist([keys.roomsOf(space, userId)], ids)
    },

    page: (after, size) =>
      link.ask((redis) =>
        redis.zrangebylex(keys.roomIds(space), after === null ? '-' : `(${after}`, '+', 'LIMIT', 0, size),
      ),

    async count() {
      const [conversations, members] = await Promise.all([count([keys.rooms(space)], []), count([places], [])])
      return { conversations: Number(conversations), members: Number(members) }
    },
  }
}
