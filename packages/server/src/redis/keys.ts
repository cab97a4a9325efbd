import type { ConversationId } from '@parley/core'

/**
 * The name of every key that is kept in Redis. What one step writes together shares a slot of a Cluster: the part in
 * braces alone is hashed, and a name without braces is hashed whole, so `room:ID` and `{room:ID}:head` are neighbours.
 */
export const keys = {
  /** JSON, for whoever looks with redis-cli: the room's settings and its members. */
  room: (id: ConversationId) => `room:${id}`,
  /** Something else of the same room. */
  roomPart: (id: ConversationId, part: string) => `{room:${id}}:${part}`,
} as const
