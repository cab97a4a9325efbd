import type { ConversationStore, MessageStore } from '@parley/core'
import type { RedisLink } from '../../redis/open-redis.ts'
import { createAppendRoomState } from './append-room-state.ts'
import { createChangeMessage, decideOn } from './change-message.ts'
import { createRoomCreator } from './create-room.ts'
import { createRoomDeleter } from './delete-room.ts'
import { createEraseFromRoom } from './erase-from-room.ts'
import { createInOrder } from './in-order.ts'
import type { RoomBounds } from './keeping-bounds.ts'
import { createPruneRooms } from './prune-rooms.ts'
import { createReadChanges } from './read-changes.ts'
import type { RoomIndex } from './room-index.ts'
import { createRoomStates } from './room-states.ts'
import { createSendMessage } from './send-message.ts'

export interface RedisRoomBounds extends RoomBounds {
  /** Open rooms of all nodes together. */
  readonly maxConversations: number
}

/**
 * Rooms in Redis, for all nodes alike. Each change is one script, so that it happens whole or not at all, and the
 * scripts of a room run one after the other.
 *
 * A call that rejects with `UNAVAILABLE` was not done, or was done and its answer lost; nothing is sent twice. What
 * that means for whoever tries again:
 * - a message with a client id is found by it: it is there once. Without one, it may be there twice
 * - a change of state is decided on a version: done before, the second is `stale`, and decided anew on what is there
 * - an edit is done again, with the same words and another rev; a deletion done before is `missing`, a reaction
 *   `unchanged`
 */
export function createRedisConversationStore(
  link: RedisLink,
  index: RoomIndex,
  messages: MessageStore,
  bounds: RedisRoomBounds,
): ConversationStore {
  const inOrder = createInOrder()
  const states = createRoomStates(link)
  const send = createSendMessage(link, inOrder, bounds)
  const change = createChangeMessage(link, inOrder, bounds)
  const appendState = createAppendRoomState(link, inOrder, states, index, bounds)

  return {
    create: createRoomCreator(link, index, bounds.maxConversations),
    load: states.load,
    appendState,
    append: (id, write) => (write.type === 'send' ? send(id, write) : change(id, write.messageId, decideOn(write))),
    changesSince: createReadChanges(link, bounds.maxChanges),
    eraseMember: createEraseFromRoom(link, { states, index, messages, appendState, change }),
    prune: createPruneRooms(link, index),
    delete: createRoomDeleter(link, states, index),
    async listRooms(limit, cursor) {
      const ids = await index.page(cursor, limit)
      const found = await Promise.all(ids.map(states.load))
      const rooms = found.flatMap((state) => {
        if (state?.conversation.kind !== 'room') return []
        return [{ conversation: state.conversation, members: state.members.size }]
      })
      return { rooms, cursor: ids.length < limit ? null : (ids.at(-1) ?? null) }
    },

    count: index.count,
  }
}
