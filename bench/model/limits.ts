import { type Capacity, MARGINS } from './capacity.ts'
import type { Profile } from './profile.ts'

/** Something that gives way before the rest does. */
export interface BreakingPoint {
  readonly what: string
  /** How much of it is used: 1 is all of it. */
  readonly used: number
}

/** Open rooms of all nodes together (`maxConversations` of the rooms in Redis). */
const MAX_ROOMS = 1_000_000
/** As PostgreSQL comes. */
const MAX_CONNECTIONS = 100
const POOL_SIZE = 10
const PEOPLE_PER_ROOM = 8

/**
 * What is one of its kind as the product is today, the fullest first: a database, the partitions of what passes, the
 * list of rooms. Assumes that as large a part of the people is in rooms as of the messages, eight in each.
 */
export function breakingPoints(profile: Profile, capacity: Capacity): readonly BreakingPoint[] {
  const { nodes } = capacity
  const rooms = (profile.people * profile.shareInRooms) / PEOPLE_PER_ROOM
  const points: readonly BreakingPoint[] = [
    { what: 'processor of the one database (8 cores)', used: capacity.databaseCores / MARGINS.coresPerMachine },
    { what: 'appends of the one database', used: capacity.appendsOfOne },
    { what: 'one of sixteen partitions of leases', used: capacity.busiestPartition },
    {
      what: 'connections to the database (100, a pool of 10 for each node)',
      used: (nodes * POOL_SIZE) / MAX_CONNECTIONS,
    },
    { what: 'open rooms (a million in all)', used: rooms / MAX_ROOMS },
  ]
  return points.toSorted((one, other) => other.used - one.used)
}
