import { type ConversationId, emptyVoice, isEmptyVoice, type Voice, type VoiceStore } from '@parley/core'
import { keys } from '../../redis/keys.ts'
import type { RedisLink } from '../../redis/open-redis.ts'
import { PARTITION_NUMBERS, partitionOf } from '../../redis/partitions.ts'
import { createRedisScript } from '../../redis/redis-script.ts'
import { KEEP } from './keep.ts'
import { goesAt } from './room-states.ts'

/** Whom a moderator keeps muted in a chat is remembered so long after the last change in its voice. */
const KEPT_MS = 7 * 86_400_000

/*
 * A conversation with anybody in voice, or kept muted, has a hash of `voice` (JSON), its `version`, and the `sessions`
 * in it, one to a line. A room's goes with the room. A partition has `places`, the conversation of each session; `ends`,
 * when what there is of each conversation goes by itself, which is when its places are to go too; and `version`, the
 * last one given. Versions follow the time where they can: when Redis has lost everything, none comes a second time.
 */

/** Answers the new version; nothing when the stored one is another. */
const REPLACE = `${KEEP}
local of, places, ends, last_version = unpack(KEYS)
local version, id, voice, sessions, goes_at, kept_ms = unpack(ARGV)
if (redis.call('HGET', of, 'version') or '0') ~= version then return false end
for session in string.gmatch(redis.call('HGET', of, 'sessions') or '', '[^\\n]+') do
  if redis.call('HGET', places, session) == id then redis.call('HDEL', places, session) end
end
for session in string.gmatch(sessions, '[^\\n]+') do redis.call('HSET', places, session, id) end
local given = '0'
if voice == '' then
  redis.call('DEL', of)
  redis.call('ZREM', ends, id)
else
  local next_version = redis.call('INCR', last_version)
  if next_version < now then next_version = now end
  given = string.format('%.0f', next_version)
  redis.call('SET', last_version, given)
  redis.call('HSET', of, 'version', given, 'voice', voice, 'sessions', sessions)
  redis.call('ZADD', ends, keep(of, goes_at, kept_ms), id)
end
-- Those that went by themselves, because no node was left to empty them.
local over = redis.call('ZRANGEBYSCORE', ends, '-inf', now)
if #over > 0 then
  local is_over = {}
  for _, each in ipairs(over) do is_over[each] = true end
  local all = redis.call('HGETALL', places)
  for i = 1, #all, 2 do
    if is_over[all[i + 1]] then redis.call('HDEL', places, all[i]) end
  end
  redis.call('ZREMRANGEBYSCORE', ends, '-inf', now)
end
local last = redis.call('ZRANGE', ends, -1, -1, 'WITHSCORES')[2]
if last then
  redis.call('PEXPIREAT', places, last)
  redis.call('PEXPIREAT', ends, last)
end
return given`

type Stored = Omit<Voice, 'conversationId' | 'version'>
/** Nodes of an earlier version don't know when it ends. */
type MaybeOlder = Omit<Stored, 'endsAt'> & Partial<Stored>

/** The voice of all nodes' conversations. Sessions' ids are the server's own, and have no line breaks. */
export function createRedisVoiceStore(link: RedisLink): VoiceStore {
  const replace = createRedisScript(link, REPLACE)
  const keysOf = (id: ConversationId) => {
    const at = partitionOf(id)
    return [keys.voice(at, 'of:') + id, ...['places', 'ends', 'version'].map((part) => keys.voice(at, part))] as const
  }

  return {
    async load(conversationId) {
      const [of] = keysOf(conversationId)
      const [voice, version] = await link.ask((redis) => redis.hmget(of, 'voice', 'version'))
      if (voice == null) return emptyVoice(conversationId)
      const stored = { endsAt: null, ...(JSON.parse(voice) as MaybeOlder) }
      return { conversationId, ...stored, version: Number(version) }
    },

    async replace(voice) {
      const { conversationId, version, ...stored } = voice
      const isEmpty = isEmptyVoice(voice)
      const sessions = stored.participants.map(({ sessionId }) => sessionId).join('\n')
      const text = isEmpty ? '' : JSON.stringify(stored satisfies Stored)
      const args = [version, conversationId, text, sessions, goesAt(stored.endsAt) ?? '', KEPT_MS]
      const given = await replace(keysOf(conversationId), args)
      if (typeof given !== 'string') return null
      return isEmpty ? emptyVoice(conversationId) : { ...voice, version: Number(given) }
    },

    async versions(conversationIds) {
      const found = await link.ask((redis) =>
        Promise.all(conversationIds.map((id) => redis.hget(keysOf(id)[0], 'version'))),
      )
      return new Map(conversationIds.map((id, at) => [id, Number(found[at] ?? 0)] as const).filter(([, v]) => v > 0))
    },

    async placeOf(sessionId) {
      const places = await link.ask((redis) =>
        Promise.all(PARTITION_NUMBERS.map((at) => redis.hget(keys.voice(at, 'places'), sessionId))),
      )
      return places.find((place) => place !== null) ?? null
    },
  }
}
