import type { Deadline, DeadlineStore, Millis } from '@parley/core'
import { keys } from '../../redis/keys.ts'
import type { RedisLink } from '../../redis/open-redis.ts'
import { PARTITION_NUMBERS, partitionOf, portionsOf } from '../../redis/partitions.ts'
import { createRedisScript } from '../../redis/redis-script.ts'

/*
 * A partition has `due`, when each deadline is to be given out, at its time or when the claim on it ends; and `at`,
 * its own time. Both are gone when it is cleared, which every deadline is once it was handled.
 */

const SET = `
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
return redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])`

const CLEAR = `
if ARGV[2] and redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return end
redis.call('ZREM', KEYS[1], ARGV[1])
return redis.call('HDEL', KEYS[2], ARGV[1])`

/** Gives those of these that are still due, each with its own time. */
const CLAIM = `
local answer = {}
for i = 3, #ARGV do
  local dueAt = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if dueAt and tonumber(dueAt) <= tonumber(ARGV[1]) then
    redis.call('ZADD', KEYS[1], ARGV[2], ARGV[i])
    answer[#answer + 1] = ARGV[i]
    answer[#answer + 1] = redis.call('HGET', KEYS[2], ARGV[i])
  end
end
return answer`

interface Due {
  readonly key: string
  readonly dueAt: Millis
}

/** Deadlines of all nodes. */
export function createRedisDeadlineStore(link: RedisLink): DeadlineStore {
  const set = createRedisScript(link, SET)
  const clear = createRedisScript(link, CLEAR)
  const claim = createRedisScript(link, CLAIM)
  const keysIn = (at: number) => [keys.deadlines(at, 'due'), keys.deadlines(at, 'at')]

  /** What is due first, from all partitions. */
  async function lookFor(now: Millis, limit: number): Promise<readonly Due[]> {
    const found = await link.ask((redis) =>
      Promise.all(
        PARTITION_NUMBERS.map((at) =>
          redis.zrangebyscore(keys.deadlines(at, 'due'), '-inf', now, 'WITHSCORES', 'LIMIT', 0, limit),
        ),
      ),
    )
    return found
      .flatMap(withScores)
      .sort((one, other) => one.dueAt - other.dueAt)
      .slice(0, limit)
  }

  async function take(due: readonly Due[], now: Millis, leaseMs: number): Promise<readonly Deadline[]> {
    const answers = await Promise.all(
      portionsOf(due, ({ key }) => key).map(({ partition, items }) =>
        claim(keysIn(partition), [now, now + leaseMs, ...items.map(({ key }) => key)]),
      ),
    )
    const taken = new Map((answers as string[][]).flatMap(withScores).map(({ key, dueAt }) => [key, dueAt]))
    return due.flatMap(({ key }) => {
      const at = taken.get(key)
      return at === undefined ? [] : [{ key, at }]
    })
  }

  return {
    async set({ key, at }) {
      await set(keysIn(partitionOf(key)), [key, at])
    },

    async clear(key, ifAt) {
      await clear(keysIn(partitionOf(key)), ifAt === undefined ? [key] : [key, ifAt])
    },

    async claim(now, leaseMs, limit) {
      const claimed: Deadline[] = []
      while (claimed.length < limit) {
        const due = await lookFor(now, limit - claimed.length)
        if (due.length === 0) break
        // Others may have been faster: then there may be more behind those.
        claimed.push(...(await take(due, now, leaseMs)))
      }
      return claimed
    },
  }
}

/** Redis's flat list of members and their numbers. */
function withScores(flat: readonly string[]): readonly Due[] {
  const due: Due[] = []
  for (let i = 0; i < flat.length; i += 2) due.push({ key: flat[i] ?? '', dueAt: Number(flat[i + 1]) })
  return due
}
