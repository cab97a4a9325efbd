import { STANDING_WORK, type StandingCost, type StandingWork } from '../src/standing.ts'
import type { Figures } from './figures.ts'

const cost = (node: number, redis: number, database: number): StandingCost => ({ node, redis, database })

/** Figures in round numbers, so that what follows from them can be reckoned by hand. */
export const ROUND_FIGURES: Figures = {
  bytesPerConnection: 15_000,
  bytesInConversation: 10_000,
  connectionsPerNode: 10_000,
  microsPerDelivery: 5,
  appendsPerSecond: { postgres: 5000, mariadb: 4000 },
  microsPerPacket: 20,
  bytesPerTalker: 3e6,
  standing: {
    costs: {
      ...(Object.fromEntries(Object.keys(STANDING_WORK).map((work) => [work, cost(0, 0, 0)])) as Record<
        StandingWork,
        StandingCost
      >),
      connectionRenewed: cost(10, 5, 2),
      placeRenewed: cost(4, 4, 0),
      chatLookedAt: cost(2, 0, 4),
      roomLookedAt: cost(4, 4, 0),
      chatMessage: cost(100, 0, 200),
      roomMessage: cost(100, 50, 0),
      connected: cost(500, 100, 1000),
      entered: cost(300, 50, 500),
      published: cost(10, 4, 0),
      heard: cost(12, 6, 0),
    },
    redisBytes: { channel: 200, connection: 500, place: 600, room: 5000 },
  },
}
