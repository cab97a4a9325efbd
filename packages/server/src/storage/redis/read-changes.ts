import type { ConversationId, ConversationStore, DurableEvent, Message } from '@parley/core'
import type { RedisLink } from '../../redis/open-redis.ts'
import { createRedisScript } from '../../redis/redis-script.ts'
import { ROOM_KEYS, roomKeys } from './room-keys.ts'
import { readMessageChange, subjectOf, toMessageEvent, toSentEvent, toStateEvent } from './stored-change.ts'
import { toMessage } from './stored-message.ts'

/** All at one moment: the changes, what messages said, the messages sent, and all messages that these are about. */
const READ = `${ROOM_KEYS}
local since_epoch, since, max_changes, max_bytes = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local epoch, rev, floor, cut = unpack(redis.call('HMGET', head, 'epoch', 'rev', 'floor', 'cut'))
if not epoch or epoch ~= since_epoch then return false end
rev = tonumber(rev)
if since > rev or since < math.max(tonumber(floor), tonumber(cut), rev - max_changes) then return false end

local function get_all(key, fields)
  local values = {}
  for from = 1, #fields, 1000 do
    for _, value in ipairs(redis.call('HMGET', key, unpack(fields, from, math.min(from + 999, #fields)))) do
      values[#values + 1] = value
    end
  end
  return values
end

local revs, places = {}, {}
for each = since + 1, rev do
  revs[#revs + 1] = each
  places[#places + 1] = 'w' .. each
end
local kept = get_all(changes, revs)
local sent = redis.call('ZRANGEBYSCORE', order, '(' .. since, '+inf', 'WITHSCORES')
local ids, known = {}, {}
local function want(id)
  if known[id] then return end
  known[id] = true
  ids[#ids + 1] = id
end
for place = 1, #sent, 2 do want(sent[place]) end
for _, change in ipairs(kept) do
  if change and change:sub(1, 1) ~= '{' then want(change:match('^%S+')) end
end
local bytes = 0
for _, id in ipairs(ids) do bytes = bytes + redis.call('HSTRLEN', messages, id) end
for _, place in ipairs(places) do bytes = bytes + redis.call('HSTRLEN', changes, place) end
if bytes > max_bytes then return false end
return {kept, get_all(changes, places), sent, ids, get_all(messages, ids)}
`

type ReadReply = readonly [
  kept: readonly (string | null)[],
  words: readonly (string | null)[],
  sent: readonly string[],
  ids: readonly string[],
  messages: readonly (string | null)[],
]

/** Reads what somebody missed, as it was told live. */
export function createReadChanges(link: RedisLink, maxChanges: number): ConversationStore['changesSince'] {
  const read = createRedisScript(link, READ)

  return async (id, { epoch, rev: since }, maxBytes = Number.MAX_SAFE_INTEGER) => {
    const reply = (await read(roomKeys(id), [epoch, since, maxChanges, maxBytes])) as ReadReply | null
    if (reply === null) return null
    const [kept, words, sent, ids, texts] = reply
    const messages = new Map<string, Message>()
    for (const [place, text] of texts.entries()) if (text) messages.set(ids[place] ?? '', toMessage(id, text))
    const sentAt = new Map<number, string>()
    for (let place = 0; place < sent.length; place += 2) sentAt.set(Number(sent[place + 1]), sent[place] ?? '')

    const events: DurableEvent[] = []
    for (const [place, change] of kept.entries()) {
      const rev = since + 1 + place
      const event = toEvent(id, rev, { change, words: words[place] ?? null, sent: sentAt.get(rev), messages })
      // Its message is not kept any more, or its author was deleted.
      if (event === null) return null
      events.push(event)
    }
    return events
  }
}

interface Kept {
  readonly change: string | null
  readonly words: string | null
  /** The id of the message that was sent with this rev. */
  readonly sent: string | undefined
  readonly messages: ReadonlyMap<string, Message>
}

/** `null` when it can't be told any more. */
function toEvent(id: ConversationId, rev: number, { change, words, sent, messages }: Kept): DurableEvent | null {
  const messageId = change === null ? sent : subjectOf(change)
  if (messageId === null) return toStateEvent(id, rev, change ?? '')
  const message = messages.get(messageId ?? '')
  if (message === undefined) return null
  return change === null
    ? toSentEvent(message, words)
    : toMessageEvent(rev, readMessageChange(id, rev, change), message, words)
}
