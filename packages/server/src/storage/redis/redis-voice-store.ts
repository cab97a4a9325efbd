import { type ConversationId, emptyVoice, type Voice, type VoiceStore } from '@parley/core'
import { keys } from '../../redis/keys.ts'
import type { RedisLink } from '../../redis/open-redis.ts'
import { PARTITION_NUMBERS, partitionOf } from '../../redis/partitions.ts'
import { createRedisScript } from '../../redis/redis-script.ts'

/** Whom a moderator keeps muted in a chat is remembered so long after the last change in its voice. */
const KEPT_MS = 7 * 86_400_000

/*
 * Of a conversation with anybody in voice, or kept muted: a hash of `voice` (JSON), its `version`, and the `sessions`
 * in it, one to a line. Of a partition: `places`, the conversation of each session, and `version`, the last one given.
 * Versions follow the time where they can: when Redis has lost everything, none comes a second time.
 */

/** Answers the new version; nothing when the stored one is another. */
const REPLACE = `
if (redis.call('HGET', KEYS[1], 'version') or '0') ~= ARGV[1] then return false end
for session in string.gmatch(redis.call('HGET', KEYS[1], 'sessions') or '', '[^\\n]+') do
  if redis.call('HGET', KEYS[2], session) == ARGV[2] then redis.call('HDEL', KEYS[2], session) end
end
for session in string.gmatch(ARGV[4], '[^\\n]+') do redis.call('HSET', KEYS[2], session, ARGV[2]) end
if ARGV[3] == '' then
  redis.call('DEL', KEYS[1])
  return '0'
end
local time = redis.call('TIME')
local version = redis.call('INCR', KEYS[3])
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if version < now then version = now end
version = string.format('%.0f', version)
redis.call('SET', KEYS[3], version)
redis.call('HSET', KEYS[1], 'version', version, 'voice', ARGV[3], 'sessions', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return version`

type Stored = Omit<Voice, 'conversationId' | 'version'>

/** The voice of all nodes' conversations. Sessions' ids are the server's own, and have no line breaks. */
export function createRedisVoiceStore(link: RedisLink): VoiceStore {
  const replace = createRedisScript(link, REPLACE)
  const keysOf = (id: ConversationId) => {
    const at = partitionOf(id)
    return [keys.voice(at, 'of:') + id, keys.voice(at, 'places'), keys.voice(at, 'version')] as const
  }

  return {
    async load(conversationId) {
      const [of] = keysOf(conversationId)
      const [voice, version] = await link.ask((redis) => redis.hmget(of, 'voice', 'version'))
      if (voice == null) return emptyVoice(conversationId)
      return { conversationId, ...(JSON.parse(voice) as Stored), version: Number(version) }
    },

    async replace(voice) {
      const { conversationId, version, ...stored } = voice
      const { participants, hardMuted } = stored
      const isNothing = participants.length === 0 && hardMuted.length === 0
      const sessions = participants.map(({ sessionId }) => sessionId).join('\n')
      const text = isNothing ? '' : JSON.stringify(stored)
      const args = [version, conversationId, text, sessions, KEPT_MS]
      const given = await replace(keysOf(conversationId), args)
      if (typeof given !== 'string') return null
      return isNothing ? emptyVoice(conversationId) : { ...voice, version: Number(given) }
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
