import type { ConversationId, LimitName, UserId } from '@parley/core'

/**
 * The name of every key that is kept in Redis. What one step writes together shares a slot of a Cluster: the part in
 * braces alone is hashed, and a name without braces is hashed whole, so `room:ID` and `{room:ID}:head` are neighbours.
 */
export const keys = {
  /** JSON, for whoever looks with redis-cli: the room's settings and its members. */
  room: (id: ConversationId) => `room:${id}`,
  /** Something else of the same room. */
  roomPart: (id: ConversationId, part: string) => `{room:${id}}:${part}`,
  /** Ids of the open rooms, by when they end. Every `space` has its own; there is more than one only in tests. */
  rooms: (space: string) => `{${space}:rooms}:by-end`,
  /** The same, by id. */
  roomIds: (space: string) => `{${space}:rooms}:by-id`,
  /** A room's id and a member's for each place that is taken, by when the room ends. */
  places: (space: string) => `${space}:places`,
  /** Ids of the open rooms that count against this quota. */
  quota: (space: string, quotaKey: string) => `${space}:quota:${quotaKey}`,
  /** Ids of the rooms that somebody is or was in. */
  roomsOf: (space: string, userId: UserId) => `${space}:rooms-of:${userId}`,
  /** What happens in a conversation, to the nodes where somebody looks at it. */
  conversationChannel: (id: ConversationId) => `parley:conversation:${id}`,
  /** What concerns a user, to the nodes where they are connected. */
  userChannel: (id: UserId) => `parley:user:${id}`,
  /** Commands to one node. */
  nodeChannel: (id: string) => `parley:node:${id}`,
  /** The ids of nodes, those of some that have ended too. */
  nodes: '{parley:nodes}',
  /** What a node says of itself, while its lease lasts. */
  node: (id: string) => `{parley:nodes}:${id}`,
  /** Leases of sessions in conversations, by partition. */
  presence: (partition: number, part: string) => `parley:{presence:${partition}}:${part}`,
  /** Leases of users' connections, by partition. */
  status: (partition: number, part: string) => `parley:{status:${partition}}:${part}`,
  /** What is to be done at a time, by partition. */
  deadlines: (partition: number, part: string) => `parley:{deadlines:${partition}}:${part}`,
  /** Who is in voice, by partition. */
  voice: (partition: number, part: string) => `parley:{voice:${partition}}:${part}`,
  /** On which media server a conversation's voice lives. */
  mediaPlace: (id: ConversationId) => `parley:media-place:${id}`,
  /** What was taken of a limit. */
  limit: (limit: LimitName, key: string) => `parley:limit:${limit}:${key}`,
} as const
