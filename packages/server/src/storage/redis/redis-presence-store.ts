import { type ConversationId, isRoomId, type Lease, type Millis, type PresenceStore, type UserId } from '@parley/core'
import { keys } from '../../redis/keys.ts'
import type { RedisLink } from '../../redis/open-redis.ts'
import { PARTITION_NUMBERS, type Portion, partitionOf, portionsOf } from '../../redis/partitions.ts'
import { createRedisScript } from '../../redis/redis-script.ts'
import { KEEP } from './keep.ts'
import { LEASES_KEPT_MS } from './leases.ts'
import { goesAt } from './room-states.ts'

/** Whoever was told that somebody is gone may die of it: it is said once more after so long. */
const SAID_AGAIN_MS = 30_000
/** How many conversations one step looks at: it holds up everybody else's. */
const SWEPT_AT_ONCE = 200

/*
 * A conversation has `sessions`, its leases by their ends, each as its session, a line break and its user; and `users`,
 * how many leases each user has. A partition has `ends`, when each conversation is to be looked at next, which is never
 * later than the first end of a lease in it. A member of `sessions` without a session is somebody who was said to be
 * gone, until that is said again.
 *
 * What is of a room goes with the room: it is told at each entry when that is. Where nobody is left to tell that it ends
 * later, renewed leases keep it for as long as they last themselves.
 */

/** Makes and renews leases. Answers, for each, how many its user has when it is new, and 0 when it was there. */
const HOLD = `${KEEP}
local answer = {}
for i = 5, #ARGV, 4 do
  local conversation, user, session, goesAt = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local sessions, users = ARGV[1] .. conversation, ARGV[2] .. conversation
  local count = 0
  if redis.call('ZADD', sessions, ARGV[3], session .. '\\n' .. user) == 1 then
    count = redis.call('HINCRBY', users, user, 1)
    if count == 1 then redis.call('ZREM', sessions, '\\n' .. user) end
  end
  redis.call('ZADD', KEYS[1], 'LT', ARGV[3], conversation)
  keep(sessions, goesAt, ARGV[4])
  keep(users, goesAt, ARGV[4])
  answer[#answer + 1] = count
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return answer`

/** Answers 1 when the user has no lease any more. */
const LEAVE = `
local left = redis.call('PTTL', KEYS[2])
if redis.call('ZREM', KEYS[2], ARGV[3] .. '\\n' .. ARGV[2]) == 0 then return 0 end
local isLast = redis.call('HINCRBY', KEYS[3], ARGV[2], -1) <= 0
if isLast then
  redis.call('HDEL', KEYS[3], ARGV[2])
  if ARGV[4] ~= '' then
    redis.call('ZADD', KEYS[2], ARGV[4], '\\n' .. ARGV[2])
    redis.call('ZADD', KEYS[1], 'LT', ARGV[4], ARGV[1])
    if left > 0 then redis.call('PEXPIRE', KEYS[2], left) end
    redis.call('PEXPIRE', KEYS[1], ARGV[5])
  end
end
if redis.call('ZCARD', KEYS[2]) == 0 then redis.call('ZREM', KEYS[1], ARGV[1]) end
return isLast and 1 or 0`

/** Answers who of these conversations is gone, by conversation and user. */
const EXPIRE = `
local answer = {}
for i = 3, #ARGV do
  local conversation, sessions, users = ARGV[i], KEYS[2 * i - 4], KEYS[2 * i - 3]
  local left = redis.call('PTTL', sessions)
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', sessions, '-inf', ARGV[1])) do
    redis.call('ZREM', sessions, member)
    local session, user = string.match(member, '^([^\\n]*)\\n(.*)$')
    local isGone = false
    if session == '' then
      isGone = redis.call('HEXISTS', users, user) == 0
    elseif redis.call('HINCRBY', users, user, -1) <= 0 then
      redis.call('HDEL', users, user)
      redis.call('ZADD', sessions, ARGV[2], '\\n' .. user)
      isGone = true
    end
    if isGone then
      answer[#answer + 1] = conversation
      answer[#answer + 1] = user
    end
  end
  local first = redis.call('ZRANGE', sessions, 0, 0, 'WITHSCORES')
  if first[2] and left > 0 then redis.call('PEXPIRE', sessions, left) end
  if first[2] then redis.call('ZADD', KEYS[1], first[2], conversation)
  else redis.call('ZREM', KEYS[1], conversation) end
end
return answer`

const EXTEND = `${KEEP}
for _, key in ipairs(KEYS) do keep(key, ARGV[1]) end`

const CLEAR = `
redis.call('DEL', KEYS[2], KEYS[3])
return redis.call('ZREM', KEYS[1], ARGV[1])`

/** The leases of all nodes' sessions. Sessions' ids are the server's own, and have no line breaks. */
export function createRedisPresenceStore(link: RedisLink): PresenceStore {
  const hold = createRedisScript(link, HOLD)
  const leave = createRedisScript(link, LEAVE)
  const expire = createRedisScript(link, EXPIRE)
  const clear = createRedisScript(link, CLEAR)
  const extend = createRedisScript(link, EXTEND)

  const sessions = (at: number) => keys.presence(at, 'sessions:')
  const users = (at: number) => keys.presence(at, 'users:')
  const ends = (at: number) => keys.presence(at, 'ends')
  const keysOf = (id: ConversationId) => {
    const at = partitionOf(id)
    return [ends(at), sessions(at) + id, users(at) + id]
  }

  /** All of them are named: while a Cluster moves them, a step that has only some of them must not begin. */
  const touched = (at: number, ids: Iterable<ConversationId>): string[] => [
    ends(at),
    ...[...ids].flatMap((id) => [sessions(at) + id, users(at) + id]),
  ]

  /** How many leases the user of each has by now, where it is new; 0 where it was there. */
  async function holdAll(
    leases: readonly Lease[],
    until: Millis,
    goes: (id: ConversationId) => Millis | null,
  ): Promise<readonly number[]> {
    const counts = new Array<number>(leases.length).fill(0)
    const holdPortion = async ({ partition, items, places }: Portion<Lease>) => {
      const args = items.flatMap(({ conversationId: id, userId, sessionId }) => [id, userId, sessionId, goes(id) ?? ''])
      const where = [sessions(partition), users(partition)]
      const ids = new Set(items.map(({ conversationId }) => conversationId))
      const answer = (await hold(touched(partition, ids), [...where, until, LEASES_KEPT_MS, ...args])) as number[]
      places.forEach((place, at) => {
        counts[place] = answer[at] ?? 0
      })
    }
    await Promise.all(portionsOf(leases, ({ conversationId }) => conversationId).map(holdPortion))
    return counts
  }

  function leasedIn(conversationId: ConversationId, now: number): Promise<readonly string[]> {
    const [, sessionsKey = ''] = keysOf(conversationId)
    return link.ask((redis) => redis.zrangebyscore(sessionsKey, `(${now}`, '+inf'))
  }

  /** Ends what is due in one partition. */
  async function expireIn(at: number, now: number): Promise<{ conversationId: ConversationId; userId: UserId }[]> {
    const gone: { conversationId: ConversationId; userId: UserId }[] = []
    let due: readonly string[]
    do {
      due = await link.ask((redis) => redis.zrangebyscore(ends(at), '-inf', now, 'LIMIT', 0, SWEPT_AT_ONCE))
      if (due.length === 0) break
      const args = [now, now + SAID_AGAIN_MS, ...due]
      const found = (await expire(touched(at, due), args)) as string[]
      for (let i = 0; i < found.length; i += 2)
        gone.push({ conversationId: found[i] as ConversationId, userId: found[i + 1] as UserId })
    } while (due.length === SWEPT_AT_ONCE)
    return gone
  }

  return {
    async enter(lease, until, endsAt) {
      const [count] = await holdAll([lease], until, () => goesAt(endsAt))
      return { first: count === 1 }
    },

    async extend(conversationId, endsAt) {
      const [, ...ofConversation] = keysOf(conversationId)
      await extend(ofConversation, [goesAt(endsAt)])
    },

    async leave({ conversationId, userId, sessionId }, sayAgainAt) {
      const args = [conversationId, userId, sessionId, sayAgainAt ?? '', LEASES_KEPT_MS]
      return { last: (await leave(keysOf(conversationId), args)) === 1 }
    },

    async renew(leases, until) {
      const counts = await holdAll(leases, until, (id) => (isRoomId(id) ? goesAt(until) : null))
      return leases.filter((_, place) => counts[place] !== 0)
    },

    async sessions(conversationId, userId, now) {
      const ending = `\n${userId}`
      const members = await leasedIn(conversationId, now)
      return members.flatMap((member) =>
        // Without a session it is somebody who was said to be gone.
        member.endsWith(ending) && member.length > ending.length ? member.slice(0, -ending.length) : [],
      )
    },

    async online(conversationId, now) {
      const members = await leasedIn(conversationId, now)
      const online = new Set<UserId>()
      for (const member of members) {
        const end = member.indexOf('\n')
        if (end > 0) online.add(member.slice(end + 1))
      }
      return online
    },

    async expire(now) {
      return (await Promise.all(PARTITION_NUMBERS.map((at) => expireIn(at, now)))).flat()
    },

    async clear(conversationId) {
      await clear(keysOf(conversationId), [conversationId])
    },
  }
}
