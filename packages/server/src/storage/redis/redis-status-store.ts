import type { Connectedness, Millis, Seen, StatusLease, StatusStore, UserId } from '@parley/core'
import { keys } from '../../redis/keys.ts'
import type { RedisLink } from '../../redis/open-redis.ts'
import { PARTITION_NUMBERS, type Portion, partitionOf, portionsOf } from '../../redis/partitions.ts'
import { createRedisScript } from '../../redis/redis-script.ts'
import { LEASES_KEPT_MS } from './leases.ts'

/** How many users one step of a sweep looks at. */
const SWEPT_AT_ONCE = 500

/*
 * A user has `leases`, their connections by the ends of these; and `about`, when they last did something (`activeAt`)
 * and what others were told of them (`seen`, JSON). A partition has `ends`, when each user is to be looked at next,
 * which is never later than the first end of a lease of theirs; 0 for one who is gone and still seen.
 */

/** Makes and renews leases. */
const HOLD = `
for i = 5, #ARGV, 3 do
  local user, session, activeAt = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local leases, about = ARGV[1] .. user, ARGV[2] .. user
  redis.call('ZADD', leases, ARGV[3], session)
  local known = redis.call('HGET', about, 'activeAt')
  if not known or tonumber(known) < tonumber(activeAt) then redis.call('HSET', about, 'activeAt', activeAt) end
  redis.call('ZADD', KEYS[1], 'LT', ARGV[3], user)
  redis.call('PEXPIRE', leases, ARGV[4])
  redis.call('PEXPIRE', about, ARGV[4])
end
return redis.call('PEXPIRE', KEYS[1], ARGV[4])`

const DISCONNECT = `
redis.call('ZREM', KEYS[2], ARGV[2])
if redis.call('ZCARD', KEYS[2]) > 0 then return end
if redis.call('HEXISTS', KEYS[3], 'seen') == 1 then redis.call('ZADD', KEYS[1], 0, ARGV[1])
else
  redis.call('DEL', KEYS[3])
  redis.call('ZREM', KEYS[1], ARGV[1])
end`

/** Answers, for each user, how many leases they have, when they last did something, and what was told of them. */
const READ = `
local answer = {}
for i = 4, #ARGV do
  local about = redis.call('HMGET', ARGV[2] .. ARGV[i], 'activeAt', 'seen')
  answer[#answer + 1] = redis.call('ZCOUNT', ARGV[1] .. ARGV[i], '(' .. ARGV[3], '+inf')
  answer[#answer + 1] = about[1] or ''
  answer[#answer + 1] = about[2] or ''
end
return answer`

const SWAP_SEEN = `
local before = redis.call('HGET', KEYS[3], 'seen')
local hasLease = redis.call('ZCARD', KEYS[2]) > 0
if ARGV[2] ~= '' then
  redis.call('HSET', KEYS[3], 'seen', ARGV[2])
  redis.call('PEXPIRE', KEYS[3], ARGV[3])
  if not hasLease then
    redis.call('ZADD', KEYS[1], 0, ARGV[1])
    redis.call('PEXPIRE', KEYS[1], ARGV[3])
  end
elseif hasLease then redis.call('HDEL', KEYS[3], 'seen')
else
  redis.call('DEL', KEYS[3])
  redis.call('ZREM', KEYS[1], ARGV[1])
end
return before`

/** Answers those of these users who are gone and still seen. */
const EXPIRE = `
local answer = {}
for i = 2, #ARGV do
  local user, leases, about = ARGV[i], KEYS[2 * i - 2], KEYS[2 * i - 1]
  redis.call('ZREMRANGEBYSCORE', leases, '-inf', ARGV[1])
  local first = redis.call('ZRANGE', leases, 0, 0, 'WITHSCORES')
  if first[2] then redis.call('ZADD', KEYS[1], first[2], user)
  elseif redis.call('HEXISTS', about, 'seen') == 1 then
    redis.call('ZADD', KEYS[1], ARGV[1], user)
    answer[#answer + 1] = user
  else
    redis.call('DEL', about)
    redis.call('ZREM', KEYS[1], user)
  end
end
return answer`

/** The connections of all nodes. */
export function createRedisStatusStore(link: RedisLink): StatusStore {
  const hold = createRedisScript(link, HOLD)
  const disconnect = createRedisScript(link, DISCONNECT)
  const readAll = createRedisScript(link, READ)
  const swap = createRedisScript(link, SWAP_SEEN)
  const expire = createRedisScript(link, EXPIRE)

  const leases = (at: number) => keys.status(at, 'leases:')
  const about = (at: number) => keys.status(at, 'about:')
  const ends = (at: number) => keys.status(at, 'ends')
  const keysOf = (userId: UserId) => {
    const at = partitionOf(userId)
    return [ends(at), leases(at) + userId, about(at) + userId]
  }

  /** All of them are named: while a Cluster moves them, a step that has only some of them must not begin. */
  const touched = (at: number, userIds: Iterable<UserId>): string[] => [
    ends(at),
    ...[...userIds].flatMap((userId) => [leases(at) + userId, about(at) + userId]),
  ]

  async function holdAll(all: readonly (StatusLease & { readonly activeAt: Millis })[], until: Millis): Promise<void> {
    await Promise.all(
      portionsOf(all, ({ userId }) => userId).map(({ partition, items }) => {
        const args = items.flatMap(({ userId, sessionId, activeAt }) => [userId, sessionId, activeAt])
        const where = [leases(partition), about(partition)]
        const userIds = new Set(items.map(({ userId }) => userId))
        return hold(touched(partition, userIds), [...where, until, LEASES_KEPT_MS, ...args])
      }),
    )
  }

  async function expireIn(at: number, now: Millis): Promise<readonly UserId[]> {
    const gone = new Set<UserId>()
    for (;;) {
      const due = await link.ask((redis) => redis.zrangebyscore(ends(at), '-inf', now, 'LIMIT', 0, SWEPT_AT_ONCE))
      if (due.length === 0) return [...gone]
      const found = (await expire(touched(at, due), [now, ...due])) as UserId[]
      for (const userId of found) gone.add(userId)
      // Those who are gone come again until that is noted: when there are only such, the others have been seen.
      if (due.length < SWEPT_AT_ONCE || found.length === due.length) return [...gone]
    }
  }

  return {
    connect: (lease, now, until) => holdAll([{ ...lease, activeAt: now }], until),

    async disconnect({ userId, sessionId }) {
      await disconnect(keysOf(userId), [userId, sessionId])
    },

    renew: holdAll,

    async has({ userId, sessionId }, now) {
      const [, leasesKey = ''] = keysOf(userId)
      const until = await link.ask((redis) => redis.zscore(leasesKey, sessionId))
      return Number(until ?? 0) > now
    },

    async read(userIds, now) {
      const read = new Map<UserId, Connectedness>()
      const readPortion = async ({ partition, items }: Portion<UserId>) => {
        const args = [leases(partition), about(partition), now, ...items]
        const answer = (await readAll(touched(partition, new Set(items)), args)) as (string | number)[]
        items.forEach((userId, at) => {
          const [count, activeAt, seen] = answer.slice(at * 3, at * 3 + 3)
          const isConnected = Number(count) > 0
          read.set(userId, { isConnected, activeAt: isConnected ? Number(activeAt) : null, seen: seenFrom(seen) })
        })
      }
      await Promise.all(portionsOf(userIds, (userId) => userId).map(readPortion))
      return read
    },

    async swapSeen(userId, seen) {
      const args = [userId, seen === null ? '' : JSON.stringify(seen), LEASES_KEPT_MS]
      return seenFrom(await swap(keysOf(userId), args))
    },

    async expire(now) {
      return (await Promise.all(PARTITION_NUMBERS.map((at) => expireIn(at, now)))).flat()
    },
  }
}

function seenFrom(text: unknown): Seen | null {
  return typeof text === 'string' && text !== '' ? (JSON.parse(text) as Seen) : null
}
