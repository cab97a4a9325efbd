import type { ConversationId } from '@parley/core'

/** Where the voice of a conversation lives: on which media server, and in which of its rooms. */
export interface RoomPlace {
  readonly server: string
  readonly room: string
}

/** What all nodes go by, so that the people of one conversation meet on one media server. */
export interface RoomPlaces {
  /** Other nodes go by them too. */
  readonly isShared: boolean
  /** `null`: nowhere yet. Who asks now and then keeps it from being forgotten. */
  find(conversationId: ConversationId): Promise<RoomPlace | null>
  /**
   * Puts it at `place` if it still is at `instead` (`null`: nowhere), so that of several who move it only one does.
   * Resolves with where it is by then.
   */
  settle(conversationId: ConversationId, place: RoomPlace, instead: RoomPlace | null): Promise<RoomPlace>
  /** Forgets it, while it still is at `place`. */
  leave(conversationId: ConversationId, place: RoomPlace): Promise<void>
}

/** The places of rooms for a node that is alone. */
export function createMemoryRoomPlaces(isShared = false): RoomPlaces {
  const places = new Map<ConversationId, RoomPlace>()
  return {
    isShared,
    find: async (id) => places.get(id) ?? null,
    async settle(id, place, instead) {
      const current = places.get(id)
      if (current !== undefined && current.room !== instead?.room) return current
      places.set(id, place)
      return place
    },
    async leave(id, place) {
      if (places.get(id)?.room === place.room) places.delete(id)
    },
  }
}
