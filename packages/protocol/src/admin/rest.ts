import { z } from 'zod'
import { idInput, role } from '../common.ts'

/* What the operator's page asks, and is answered: `/api/admin/*`, for whoever has `ADMIN_TOKEN`. */

const count = z.int().min(0)
const millis = z.int().min(0)

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export const logLevel = z.enum(LOG_LEVELS)

/** What this node did in the five seconds before `at`, and how it stood then. */
export const loadSample = z.object({
  at: millis,
  connections: count,
  /** Different people among them. */
  users: count,
  /** Sent and stored, per second. */
  messagesPerS: z.number(),
  /** Frames handed to connections, per second. */
  deliveriesPerS: z.number(),
  /** Commands and calls that were refused or failed, per second; `faults` those by a fault of the server. */
  refusedPerS: z.number(),
  faultsPerS: z.number(),
  /** Milliseconds until a message is stored, and from an event to its being queued; `null` when there was none. */
  sendP50Ms: z.number().nullable(),
  sendP99Ms: z.number().nullable(),
  deliveryP99Ms: z.number().nullable(),
  /** How late the event loop was, at its worst hundredth. */
  loopLagMs: z.number(),
  /** As a share of one core. */
  cpu: z.number(),
  memoryBytes: count,
  queuedBytes: count,
})

export const node = z.object({
  id: z.string(),
  version: z.string(),
  startedAt: millis,
  isDraining: z.boolean(),
  connections: count,
  /** That somebody on it looks at. */
  conversations: count,
  /** The one that answers. */
  isThis: z.boolean(),
})

const wireCounts = z.object({ rooms: count, site: count, messenger: count })

export const overviewQuery = z.object({
  /** Only samples after it. */
  since: z.coerce.number().int().min(0).optional(),
})

export const overviewAnswer = z.object({
  at: millis,
  /** All of one cluster; the one that answers alone, when the others can't be asked. */
  nodes: z.array(node),
  /** False when not every node could be asked, or one did not answer in time. */
  isComplete: z.boolean(),
  /** Over the whole cluster; `null` while what keeps them is away. */
  rooms: z.object({ open: count, seats: count }).nullable(),
  /** Rooms, and conversations that last. */
  conversations: z.object({ open: count, members: count }).nullable(),
  /** Counted on the node that answers, like everything that is not said to be of all nodes. */
  connections: z.object({
    active: count,
    total: count,
    peak: count,
    users: count,
    byWire: wireCounts,
    polling: wireCounts,
    waitingPolls: count,
  }),
  /** Counted on all nodes. A conversation whose people are on several of them is counted by each. */
  voice: z.object({ people: count, conversations: count }),
  /** Oldest first. */
  samples: z.array(loadSample),
  dependencies: z.array(z.object({ name: z.string(), works: z.boolean(), ms: z.number() })),
  services: z.array(
    z.object({ name: z.string(), state: z.enum(['starting', 'up', 'down', 'stopped']), restarts: count }),
  ),
  media: z.enum(['janus', 'mesh', 'off']),
  /** What each carries for all nodes; conversations (`rooms`) as in `voice`. */
  mediaServers: z.array(z.object({ name: z.string(), isUp: z.boolean(), rooms: count, people: count, legs: count })),
  /** Counted on all nodes, on each since its start, most frequent first. */
  errors: z.array(z.object({ wire: z.string(), code: z.string(), count })),
  /**
   * Counted on all nodes: connections that were closed because they read too slowly, and what was left out for
   * others.
   */
  slowClosed: count,
  dropped: count,
  storage: z.string(),
  database: z.string(),
  logLevel,
})

const room = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: millis,
  expiresAt: millis.nullable(),
  /** Seats that are taken, by people who are connected or not. */
  people: count,
  maxParticipants: count,
  isLocked: z.boolean(),
  hasPassword: z.boolean(),
  hasLobby: z.boolean(),
  isEncrypted: z.boolean(),
})

export const roomsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  /** The `next` of the page before. */
  cursor: z.string().max(300).optional(),
})
export const roomsAnswer = z.object({
  rooms: z.array(room),
  /** For `cursor` of the next page; left out in the last one. */
  next: z.string().optional(),
})

export const roomParams = z.object({ roomId: idInput })
export const roomAnswer = z.object({
  room,
  people: z.array(
    z.object({
      userId: z.string(),
      name: z.string(),
      role,
      joinedAt: millis,
      isOnline: z.boolean(),
      isInVoice: z.boolean(),
    }),
  ),
  waiting: z.array(z.object({ userId: z.string(), name: z.string() })),
})

export const removeParams = z.object({
  roomId: idInput,
  userId: idInput,
  /** They can't come back into this room. */
  ban: z.enum(['true', 'false']).default('false'),
})

export const userParams = z.object({ userId: idInput })

export const peopleQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  /** A part of their name or id. */
  search: z.string().max(200).optional(),
})
/** Somebody who is connected, on however many connections. */
export const connectedPerson = z.object({
  userId: z.string(),
  name: z.string(),
  isGuest: z.boolean(),
  connections: count,
  wires: z.array(z.enum(['rooms', 'site', 'messenger'])),
  lastActiveAt: millis,
  queuedBytes: count,
  isInVoice: z.boolean(),
})
export const peopleAnswer = z.object({
  /** Connected to any of the nodes. */
  people: z.array(connectedPerson),
  /** How many there are that fit, listed or not. */
  total: count,
  /** False when not every node could be asked, or one did not answer in time. */
  isComplete: z.boolean(),
})

export const nodeParams = z.object({ nodeId: z.string().min(1).max(128) })
export const logLevelBody = z.object({ level: logLevel })
export const logLevelAnswer = z.object({
  level: logLevel,
  /** False when not every node is known to write from this level on. */
  isComplete: z.boolean(),
})

export type LogLevel = z.infer<typeof logLevel>
export type LoadSample = z.infer<typeof loadSample>
export type Node = z.infer<typeof node>
export type Overview = z.infer<typeof overviewAnswer>
export type Room = z.infer<typeof room>
export type RoomsPage = z.infer<typeof roomsAnswer>
export type RoomDetails = z.infer<typeof roomAnswer>
export type ConnectedPerson = z.infer<typeof connectedPerson>
export type LogLevelAnswer = z.infer<typeof logLevelAnswer>
export type PeoplePage = z.infer<typeof peopleAnswer>
