import type { ConversationId, DurableEvent, Message, MessageAppended, MessageId, MessageWrite } from '@parley/core'
import type { RedisLink } from '../../redis/open-redis.ts'
import { createRedisScript } from '../../redis/redis-script.ts'
import { withReaction } from '../reactions.ts'
import type { InOrder } from './in-order.ts'
import { KEEPING_BOUNDS, type RoomBounds, readKept } from './keeping-bounds.ts'
import { ROOM_KEYS, roomKey, roomKeys } from './room-keys.ts'
import { fromMessageChange, type MessageChange, toMessageEvent, wordsOf } from './stored-change.ts'
import { headOf, MESSAGE_HEAD, tailOf, toMessage } from './stored-message.ts'

/** The message, what it said, and the change in one step, if the message still is the one that was decided on. */
const changeScript = (link: RedisLink): string => `${ROOM_KEYS}${KEEPING_BOUNDS}
local decided_epoch, id, expected, tail, kind, change, words, first_words = unpack(ARGV)
local max_messages, max_changes, max_bytes = tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11])
${readKept(link)}
local before = redis.call('HGET', messages, id)
if epoch ~= decided_epoch or not before or before:sub(1, #expected) ~= expected then return false end
local seq, _, edit = before:match(${MESSAGE_HEAD})
rev = rev + 1
redis.call('HSET', head, 'rev', rev)
if kind == 'edit' then
  if edit == '0' and tonumber(seq) > kept.floor then
    first_words = '0 ' .. first_words
    redis.call('HSET', changes, 'w' .. seq, first_words)
    kept.words = kept.words + #first_words
    edit = seq
  end
  words = edit .. ' ' .. words
  redis.call('HSET', changes, 'w' .. rev, words)
  kept.words = kept.words + #words
  edit = rev
elseif kind ~= 'keep' then
  forget_words(before, kept)
  edit = 0
  if kind == 'erase' then forget_client(id) end
end
local json = '{"seq":' .. seq .. ',"rev":' .. rev .. ',"edit":' .. edit .. tail
redis.call('HSET', messages, id, json)
redis.call('HSET', changes, rev, change)
kept.bytes = kept.bytes + #json - #before
keep_bounds(rev, kept, max_messages, max_changes, max_bytes)
keep(kept)
return rev
`

/** What is to become of a message. */
interface Decided {
  /** The message afterwards, but for its rev. */
  readonly message: Message
  /** What is to become of what it said: kept as it is, kept beside the new words, taken away, or all that tells of its sender too. */
  readonly kind: 'keep' | 'edit' | 'delete' | 'erase'
  readonly change: MessageChange
  /** Kept in place of the change: one of settings or members. */
  readonly keptAs?: string
}

type Changed = Exclude<MessageAppended, { readonly status: 'duplicate' | 'not-member' }>

/** Decides on the message as it is, and again if it became another meanwhile; `null` leaves it. */
export type ChangeMessage = (
  id: ConversationId,
  messageId: MessageId,
  decide: (message: Message) => Decided | 'missing' | null,
) => Promise<Changed>

export function createChangeMessage(
  link: RedisLink,
  inOrder: InOrder,
  { maxMessages, maxChanges, maxBytes }: RoomBounds,
): ChangeMessage {
  const change = createRedisScript(link, changeScript(link))
  const read = (id: ConversationId, messageId: MessageId) =>
    link.ask((redis) =>
      Promise.all([redis.hget(roomKey(id, 'head'), 'epoch'), redis.hget(roomKey(id, 'messages'), messageId)]),
    )

  return async (id, messageId, decide) => {
    for (;;) {
      const [epoch, text] = await read(id, messageId)
      if (epoch === null) return { status: 'gone' }
      if (!text) return { status: 'missing' }
      const before = toMessage(id, text)
      const decided = decide(before)
      if (decided === 'missing') return { status: 'missing' }
      if (decided === null) return { status: 'unchanged', message: before }
      const words = wordsOf(decided.message)
      const rev = await change(roomKeys(id), [
        epoch,
        messageId,
        headOf(before),
        tailOf(decided.message),
        decided.kind,
        decided.keptAs ?? fromMessageChange(messageId, decided.change),
        words,
        wordsOf(before),
        maxMessages,
        maxChanges,
        maxBytes,
      ])
      if (typeof rev !== 'number') continue
      const message = { ...decided.message, rev }
      const event: DurableEvent = toMessageEvent(rev, decided.change, message, words)
      return inOrder.take(id, rev, { status: 'appended', message, event, epoch })
    }
  }
}

/** Edits, deletes or reacts to what is there. */
export function decideOn(write: Exclude<MessageWrite, { type: 'send' }>): Parameters<ChangeMessage>[2] {
  return (stored) => {
    if (stored.deletedAt !== null) return 'missing'
    const { at } = write
    switch (write.type) {
      case 'edit': {
        const message = { ...stored, content: write.content, editedAt: at }
        return { message, kind: 'edit', change: { type: 'message.edited', at } }
      }
      case 'delete': {
        const message = { ...stored, content: '', metadata: null, reactions: {}, deletedAt: at }
        return { message, kind: 'delete', change: { type: 'message.deleted', at, byId: write.byId } }
      }
      case 'react': {
        const { userId, emoji, on } = write
        const reactions = withReaction(stored.reactions, emoji, userId, on)
        if (reactions === stored.reactions) return null
        const type = on ? 'reaction.added' : 'reaction.removed'
        return { message: { ...stored, reactions }, kind: 'keep', change: { type, at, userId, emoji } }
      }
    }
  }
}
