import type { ConversationId, DurableEvent, Member, StateAppended, StateWrite, UserId } from '@parley/core'
import type { RedisLink } from '../../redis/open-redis.ts'
import { createRedisScript } from '../../redis/redis-script.ts'
import type { InOrder } from './in-order.ts'
import { KEEPING_BOUNDS, type RoomBounds, readKept } from './keeping-bounds.ts'
import type { RoomIndex } from './room-index.ts'
import { ROOM_KEYS, roomKey, roomKeys } from './room-keys.ts'
import { goesAt, type RoomStates, type Version } from './room-states.ts'
import { fromStateEvent } from './stored-change.ts'
import { fromRoomState } from './stored-room.ts'

/** Settings, members and events in one step, if the version still is the one that was decided on. */
const appendStateScript = (link: RedisLink): string => `${ROOM_KEYS}${KEEPING_BOUNDS}
local decided_epoch, decided_version, state, hash, quota, retention, goes_at = unpack(ARGV)
local max_messages, max_changes, max_bytes = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local next_arg = 11
local function take()
  next_arg = next_arg + 1
  return ARGV[next_arg - 1]
end
${readKept(link)}
if not epoch then return 'gone' end
local version = redis.call('HGET', head, 'version')
if epoch ~= decided_epoch or version ~= decided_version then return 'stale' end
redis.call('SET', room, state, 'KEEPTTL')
local before = rev
for _ = 1, take() do
  rev = rev + 1
  redis.call('HSET', changes, rev, take())
end
redis.call('HSET', head, 'rev', rev, 'version', version + 1,
  'passwordHash', hash, 'quotaKey', quota, 'retentionDays', retention)
for _ = 1, take() do
  local id = take()
  redis.call('HSET', names, id, take())
  redis.call('HSETNX', cursors, id, before .. ' ' .. before)
end
for _ = 1, take() do
  local id = take()
  redis.call('HSET', names, id, '')
  redis.call('HDEL', cursors, id)
end
if goes_at ~= '' then
  for _, key in ipairs(KEYS) do
    if goes_at == 'never' then redis.call('PERSIST', key) else redis.call('PEXPIREAT', key, goes_at) end
  end
end
keep_bounds(rev, kept, max_messages, max_changes, max_bytes)
keep(kept)
return rev
`

export type AppendRoomState = (id: ConversationId, write: StateWrite) => Promise<StateAppended>

/**
 * Stores changes of settings and members. One whose answer was lost was stored or not: tried again, it is `stale` if it
 * was, and the decision is made anew on what it made.
 */
export function createAppendRoomState(
  link: RedisLink,
  inOrder: InOrder,
  states: RoomStates,
  index: RoomIndex,
  { maxMessages, maxChanges, maxBytes }: RoomBounds,
): AppendRoomState {
  const append = createRedisScript(link, appendStateScript(link))

  async function versionAt(id: ConversationId, version: number): Promise<Version | 'stale' | 'gone'> {
    const remembered = states.recall(id)
    if (remembered?.version === version) return remembered
    const current = await states.load(id)
    if (current === null) return 'gone'
    return current.version === version ? current : 'stale'
  }

  return async (id, write) => {
    const before = await versionAt(id, write.ifVersion)
    if (before === 'gone' || before === 'stale') return { status: before }
    const conversation = { ...before.conversation, ...write.conversation }
    const members = membersAfter(before.members, write)
    const put = [...members.values()].filter((member) => before.members.get(member.userId) !== member)
    const joined = put.map(({ userId }) => userId).filter((userId) => !before.members.has(userId))
    const left = [...before.members.keys()].filter((userId) => !members.has(userId))
    const until = goesAt(conversation.expiresAt)
    const isMoved = until !== goesAt(before.conversation.expiresAt)

    if (isMoved) await relist(id, members, conversation.quotaKey, until)
    await index.addPeople(id, joined, until)
    const rev = await append(roomKeys(id), [
      before.epoch,
      before.version,
      fromRoomState({ conversation, members }),
      conversation.passwordHash ?? '',
      conversation.quotaKey,
      conversation.retentionDays ?? '',
      isMoved ? (until ?? 'never') : '',
      maxMessages,
      maxChanges,
      maxBytes,
      write.events.length,
      ...write.events.map(fromStateEvent),
      put.length,
      ...put.flatMap(({ userId, name }) => [userId, JSON.stringify(name)]),
      left.length,
      ...left,
    ])
    if (typeof rev !== 'number') {
      states.forget(id)
      return { status: rev as 'gone' | 'stale' }
    }
    const after = { epoch: before.epoch, version: before.version + 1, conversation, members }
    states.remember(id, after)
    index.movePlaces(id, joined, left, until)
    const first = rev - write.events.length + 1
    const events = write.events.map((event, place): DurableEvent => ({ ...event, rev: first + place }))
    return inOrder.take(id, rev, { status: 'appended', state: { ...after, rev }, events })
  }

  /** Before the room itself stays longer: what is listed too long is looked up in vain, and what is listed too short is lost. */
  async function relist(
    id: ConversationId,
    members: ReadonlyMap<UserId, Member>,
    quotaKey: string,
    until: number | null,
  ): Promise<void> {
    const ever = await link.ask((redis) => redis.hkeys(roomKey(id, 'names')))
    const people = ever.filter((userId) => userId !== '')
    await index.extend({ id, quotaKey, userIds: [...members.keys()], goesAt: until })
    await index.addPeople(id, people, until)
  }
}

function membersAfter(before: ReadonlyMap<UserId, Member>, write: StateWrite): ReadonlyMap<UserId, Member> {
  const { putMembers = [], removeMembers = [] } = write
  if (putMembers.length === 0 && removeMembers.length === 0) return before
  const members = new Map(before)
  for (const userId of removeMembers) members.delete(userId)
  for (const member of putMembers) members.set(member.userId, member)
  return members
}
