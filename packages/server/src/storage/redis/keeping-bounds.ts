import { EPOCH_BREAK } from '@parley/core'
import type { RedisLink } from '../../redis/open-redis.ts'
import { MESSAGE_HEAD } from './stored-message.ts'

/** What is kept of one room. */
export interface RoomBounds {
  /** Messages; the oldest go first, with their reactions. */
  readonly maxMessages: number
  /** Durable events, for those who come back. */
  readonly maxChanges: number
  /** About as many bytes of messages, and as many of what was said before edits; the newest message always. */
  readonly maxBytes: number
}

/** What a message and its places in the indexes take besides its text, about. */
const OVERHEAD_BYTES = 512
/** Old events go together, so that not every write clears one away. */
const SLACK = 64

/**
 * In scripts, after `ROOM_KEYS`: lets go of what is too much. `kept` is count and bytes of the messages, bytes of the
 * words of edited ones, and the floor: events up to that rev are not kept. Write something first that Redis refuses
 * when it is out of memory: what frees memory it never refuses, nor what a script does after that.
 */
export const KEEPING_BOUNDS = `
local OVERHEAD = ${OVERHEAD_BYTES}

local function forget_words(json, kept)
  local _, _, at = json:match(${MESSAGE_HEAD})
  while at and at ~= '0' do
    local words = redis.call('HGET', changes, 'w' .. at)
    if not words then return end
    kept.words = kept.words - #words
    redis.call('HDEL', changes, 'w' .. at)
    at = words:match('^%d+')
  end
end

local function forget_client(id)
  local key = redis.call('HGET', clients, 'm' .. id)
  if not key then return end
  local size, rest = key:match('^(%d+):(.*)$')
  local all = 'a' .. rest:sub(size + 1)
  local left = {}
  for other in redis.call('HGET', clients, all):gmatch('%S+') do
    if other ~= id then left[#left + 1] = other end
  end
  redis.call('HDEL', clients, 's' .. key, 'm' .. id)
  if #left > 0 then redis.call('HSET', clients, all, table.concat(left, ' ')) else redis.call('HDEL', clients, all) end
end

-- The first place in the order is the empty one.
local function oldest()
  local id = redis.call('ZRANGE', order, 1, 1)[1]
  return id, id and redis.call('HGET', messages, id)
end

local function drop(id, json, kept)
  redis.call('ZREM', order, id)
  redis.call('HDEL', messages, id)
  forget_client(id)
  forget_words(json, kept)
  kept.count = kept.count - 1
  kept.bytes = kept.bytes - #json - OVERHEAD
end

local function raise_floor(to, kept)
  for rev = kept.floor + 1, to do
    local words = redis.call('HGET', changes, 'w' .. rev)
    if words then kept.words = kept.words - #words end
    redis.call('HDEL', changes, rev, 'w' .. rev)
  end
  kept.floor = math.max(kept.floor, to)
end

local function keep_bounds(rev, kept, max_messages, max_changes, max_bytes)
  while kept.count > max_messages or (kept.bytes > max_bytes and kept.count > 1) do
    local id, json = oldest()
    drop(id, json, kept)
  end
  if rev - kept.floor > max_changes + ${SLACK} then raise_floor(rev - max_changes, kept) end
  while kept.words > max_bytes and kept.floor < rev - 1 do raise_floor(kept.floor + 1, kept) end
end

local function keep(kept)
  redis.call('HSET', head, 'count', kept.count, 'bytes', kept.bytes, 'words', kept.words, 'floor', kept.floor)
end
`

/** In scripts: who the server is, and what time it has. It is another one after a start, and when it takes over from a master. */
export const WHO_SERVES = `
local replication = redis.call('INFO', 'replication')
local server = replication:match('master_replid:(%w+)')
local function time()
  local now = redis.call('TIME')
  return tonumber(now[1]) + tonumber(now[2]) / 1000000
end
`

/**
 * In scripts: whether all that was acknowledged is surely there of what this server has not stored itself. Back from
 * its append-only file it has everything; back from a snapshot, or as a replica that took over, it may not. One that
 * took over, and was started again since, does not say so any more: behind Sentinels any may be that. In a Cluster one
 * is not that runs since before the other began to store the room: the room was moved to it.
 */
const isWhole = ({ kind }: Pick<RedisLink, 'kind'>): string => `
local function is_whole(since)
  if ${kind === 'sentinel'} or not replication:find('second_repl_offset:-1', 1, true) then return false end
  if not redis.call('INFO', 'persistence'):find('aof_enabled:1') then return false end
  if ${kind !== 'cluster'} then return true end
  local uptime = redis.call('INFO', 'server'):match('uptime_in_seconds:(%d+)')
  return since and time() - tonumber(uptime) < tonumber(since)
end
`

/**
 * In scripts: reads `kept`, `rev` and `epoch`, which is false when there is no room. What was stored by another server
 * may lack the latest. It goes on under a later epoch, in which nobody's place from before counts.
 */
export const readKept = (link: Pick<RedisLink, 'kind'>): string => `${WHO_SERVES}${isWhole(link)}
local stored = redis.call('HMGET', head, 'epoch', 'rev', 'count', 'bytes', 'words', 'floor', 'server', 'since')
local epoch = stored[1]
local rev = tonumber(stored[2] or 0)
local kept = {
  count = tonumber(stored[3] or 0), bytes = tonumber(stored[4] or 0),
  words = tonumber(stored[5] or 0), floor = tonumber(stored[6] or 0),
}
if epoch and stored[7] ~= server then
  redis.call('HSET', head, 'server', server, 'since', time())
  if not is_whole(stored[8]) then
    epoch = epoch:match('^[^${EPOCH_BREAK}]*') .. '${EPOCH_BREAK}' .. server:sub(1, 12)
    redis.call('HSET', head, 'epoch', epoch, 'cut', rev)
  end
end
`
