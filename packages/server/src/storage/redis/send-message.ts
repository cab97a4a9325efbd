import type { ConversationId, DurableEvent, Message, MessageAppended, MessageWrite, UserId } from '@parley/core'
import type { RedisLink } from '../../redis/open-redis.ts'
import { createRedisScript } from '../../redis/redis-script.ts'
import type { InOrder } from './in-order.ts'
import { KEEPING_BOUNDS, type RoomBounds, readKept } from './keeping-bounds.ts'
import { ROOM_KEYS, roomKeys } from './room-keys.ts'
import { tailOfNew, toMessage } from './stored-message.ts'

type Sending = Extract<MessageWrite, { type: 'send' }>

/** The message, its place and its client id in one step; the event of it is the message itself. */
const sendScript = (link: RedisLink): string => `${ROOM_KEYS}${KEEPING_BOUNDS}
local sender, key, client_id, id, at, tail = unpack(ARGV)
local max_messages, max_changes, max_bytes = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
${readKept(link)}
if not epoch then return {'gone'} end
local name = redis.call('HGET', names, sender)
if not name or name == '' then return {'not-member'} end
local others
if key ~= '' then
  local known = redis.call('HMGET', clients, 's' .. key, 'a' .. client_id)
  if known[1] then return {'duplicate', redis.call('HGET', messages, known[1])} end
  others = known[2]
end
rev = rev + 1
local json = '{"seq":' .. rev .. ',"rev":' .. rev .. ',"edit":0,"at":' .. at .. ',"name":' .. name .. tail
kept.count = kept.count + 1
kept.bytes = kept.bytes + #json + OVERHEAD
redis.call('HSET', head, 'rev', rev, 'count', kept.count, 'bytes', kept.bytes)
redis.call('HSET', messages, id, json)
redis.call('ZADD', order, rev, id)
if key ~= '' then
  redis.call('HSET', clients, 's' .. key, id, 'a' .. client_id, others and others .. ' ' .. id or id, 'm' .. id, key)
end
if kept.count > max_messages or kept.bytes > max_bytes or rev % 64 == 0 then
  keep_bounds(rev, kept, max_messages, max_changes, max_bytes)
  keep(kept)
end
return {'appended', rev, epoch, name}
`

/**
 * Sends messages to rooms, where nobody is notified of them: whoever is there sees them. Idempotent by sender and client id: one whose answer was lost was stored or not, and sending it again
 * under the same client id finds it, or stores it now.
 */
export function createSendMessage(
  link: RedisLink,
  inOrder: InOrder,
  { maxMessages, maxChanges, maxBytes }: RoomBounds,
): (id: ConversationId, write: Sending) => Promise<MessageAppended> {
  const send = createRedisScript(link, sendScript(link))

  return async (conversationId, { message: sent }) => {
    const { id, senderId, clientId, createdAt: at } = sent
    const reply = (await send(roomKeys(conversationId), [
      senderId,
      clientId === null ? '' : clientKey(senderId, clientId),
      clientId ?? '',
      id,
      at,
      tailOfNew(sent),
      maxMessages,
      maxChanges,
      maxBytes,
    ])) as SendReply
    switch (reply[0]) {
      case 'appended': {
        const [, rev, epoch, name] = reply
        const senderName: string = JSON.parse(name)
        const message: Message = { ...sent, senderName, seq: rev, rev, editedAt: null, deletedAt: null, reactions: {} }
        const event: DurableEvent = { type: 'message.sent', conversationId, at, rev, message }
        return inOrder.take(conversationId, rev, { status: 'appended', message, event, epoch })
      }
      case 'duplicate':
        return { status: 'duplicate', message: toMessage(conversationId, reply[1]) }
      default:
        return { status: reply[0] }
    }
  }
}

type SendReply =
  | readonly ['appended', number, string, string]
  | readonly ['duplicate', string]
  | readonly ['gone' | 'not-member']

/** Two ids as one, so that no two pairs look alike; scripts find where the second begins. */
export const clientKey = (senderId: UserId, clientId: string): string =>
  `${Buffer.byteLength(senderId)}:${senderId}${clientId}`
