import {
  type ConversationId,
  type ConversationStore,
  DELETED_USER,
  type Message,
  type MessageStore,
  type UserId,
} from '@parley/core'
import type { RedisLink } from '../../redis/open-redis.ts'
import { createRedisScript } from '../../redis/redis-script.ts'
import { nobodyLeft } from '../nobody-left.ts'
import { withReaction } from '../reactions.ts'
import { withoutMember } from '../without-member.ts'
import { withoutUser } from '../without-user.ts'
import type { AppendRoomState } from './append-room-state.ts'
import type { ChangeMessage } from './change-message.ts'
import type { RoomIndex } from './room-index.ts'
import { ROOM_KEYS, roomKey, roomKeys } from './room-keys.ts'
import type { RoomStates } from './room-states.ts'
import { fromStateEvent, readMessageChange, subjectOf, toStateEvent, wordsWithout } from './stored-change.ts'

/** Puts others in the place of kept entries that still are as they were read, and cuts off whoever comes from before. */
const REWRITE = `${ROOM_KEYS}
local decided_epoch, user = ARGV[1], ARGV[2]
local epoch, rev = unpack(redis.call('HMGET', head, 'epoch', 'rev'))
if epoch ~= decided_epoch then return 0 end
redis.call('HSET', head, 'cut', rev)
if redis.call('HGET', names, user) == '' then redis.call('HDEL', names, user) end
for place = 3, #ARGV, 3 do
  local field, before, after = ARGV[place], ARGV[place + 1], ARGV[place + 2]
  if redis.call('HGET', changes, field) == before then
    if after == '' then redis.call('HDEL', changes, field) else redis.call('HSET', changes, field, after) end
  end
end
return 1
`

type Erased = Awaited<ReturnType<ConversationStore['eraseMember']>>

/** So many entries are rewritten in one step. */
const REWRITES = 300
const PAGE = 100

interface Parts {
  readonly states: RoomStates
  readonly index: RoomIndex
  readonly messages: MessageStore
  readonly appendState: AppendRoomState
  readonly change: ChangeMessage
}

/**
 * Takes a user out of a room with all that is theirs, in steps: each of them is whole, and what has not been done when
 * one fails is found again. What is kept for those who come back is rewritten last.
 */
export function createEraseFromRoom(
  link: RedisLink,
  { states, index, messages, appendState, change }: Parts,
): ConversationStore['eraseMember'] {
  const rewrite = createRedisScript(link, REWRITE)

  async function leave(id: ConversationId, userId: UserId, at: number): Promise<Omit<Erased, 'done'>> {
    for (;;) {
      const state = await states.load(id)
      if (state === null) return { epoch: null, events: [] }
      const write = withoutMember(state, userId, at)
      if (write === null) return { epoch: state.epoch, events: [] }
      const appended = await appendState(id, { ...write, ifVersion: state.version })
      if (appended.status === 'appended') return { epoch: state.epoch, events: appended.events }
    }
  }

  /** What is still theirs: messages whole, and reactions to messages of others. */
  async function* pendingChanges(id: ConversationId, userId: UserId) {
    let after = 0
    for (;;) {
      const page = await messages.page(id, { after, limit: PAGE })
      for (const message of page.messages) {
        after = message.seq
        if (message.senderId === userId) yield { messageId: message.id, emoji: null }
        else
          for (const [emoji, users] of Object.entries(message.reactions))
            if (users.includes(userId)) yield { messageId: message.id, emoji }
      }
      if (!page.hasMore) return
    }
  }

  /** Replaces what names them in the changes that are kept. */
  async function forget(id: ConversationId, epoch: string, userId: UserId): Promise<void> {
    const [kept, isListed] = await link.ask((redis) =>
      Promise.all([redis.hgetall(roomKey(id, 'changes')), redis.hexists(roomKey(id, 'names'), userId)]),
    )
    const named = JSON.stringify(userId)
    const replaced = Object.entries(kept).flatMap(([field, entry]) => {
      const after = entry.includes(named) ? entryWithout(id, field, entry, userId) : entry
      return after === entry ? [] : [[field, entry, after]]
    })
    if (replaced.length === 0 && isListed === 0) return
    for (let from = 0; from === 0 || from < replaced.length; from += REWRITES) {
      await rewrite(roomKeys(id), [epoch, userId, ...replaced.slice(from, from + REWRITES).flat()])
    }
  }

  return async (id, userId, at, limit) => {
    const { epoch, events: left } = await leave(id, userId, at)
    if (epoch === null) return { epoch, events: [], done: true }
    const events = [...left]
    for await (const { messageId, emoji } of pendingChanges(id, userId)) {
      if (events.length >= limit) return { epoch, events, done: false }
      const changed = await change(id, messageId, (message) =>
        emoji === null ? erased(message, userId, at) : withoutReaction(message, emoji, userId, at),
      )
      if (changed.status === 'appended') events.push(changed.event)
    }
    await forget(id, epoch, userId)
    await index.forget(userId, [id])
    return { epoch, events, done: true }
  }
}

function erased(stored: Message, userId: UserId, at: number): ReturnType<Parameters<ChangeMessage>[2]> {
  if (stored.senderId !== userId) return null
  const message: Message = {
    ...stored,
    clientId: null,
    senderId: DELETED_USER,
    senderName: '',
    content: '',
    metadata: null,
    reactions: {},
    deletedAt: stored.deletedAt ?? at,
  }
  return { message, kind: 'erase', change: { type: 'message.deleted', at, byId: DELETED_USER } }
}

function withoutReaction(
  stored: Message,
  emoji: string,
  userId: UserId,
  at: number,
): ReturnType<Parameters<ChangeMessage>[2]> {
  const reactions = withReaction(stored.reactions, emoji, userId, false)
  if (reactions === stored.reactions) return null
  const keptAs = fromStateEvent(nobodyLeft({ conversationId: stored.conversationId, at, rev: 0 }))
  return {
    message: { ...stored, reactions },
    kind: 'keep',
    change: { type: 'reaction.removed', at, userId, emoji },
    keptAs,
  }
}

/** A kept entry as it may stay; empty when it may not. */
function entryWithout(id: ConversationId, field: string, entry: string, userId: UserId): string {
  if (field.startsWith('w')) return wordsWithout(entry, userId)
  const rev = Number(field)
  if (subjectOf(entry) !== null) {
    const change = readMessageChange(id, rev, entry)
    const isTheirs = ('byId' in change && change.byId === userId) || ('userId' in change && change.userId === userId)
    return isTheirs ? '' : entry
  }
  const event = toStateEvent(id, rev, entry)
  const after = withoutUser(event, userId)
  if (after === event) return entry
  return after === null ? '' : fromStateEvent(after)
}
