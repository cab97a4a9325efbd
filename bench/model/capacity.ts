import { PARTITION_NUMBERS } from '@parley/server/redis/partitions'
import type { StandingCost } from '../src/standing.ts'
import { type Demand, demandOf } from './demand.ts'
import type { Figures } from './figures.ts'
import type { Profile } from './profile.ts'

/** How full what is bought may be. All of it is for the operator to say. */
export interface Margins {
  /**
   * How busy a core may be in the busiest second: 0–1. The rest is for a node that is lost, and for crowds that come
   * back.
   */
  readonly busy: number
  /** How full Redis's memory may be: 0–1, as the operations manual has it. */
  readonly redisFull: number
  readonly redisBytes: number
  /** How much may be used of the most appends that were measured: 0–1. */
  readonly appends: number
  /** Cores of the machine of a database, and of one that carries media. */
  readonly coresPerMachine: number
  /**
   * Packets that a connection sends: 50 a second for sound; for video an assumption, a picture of 600 kbit/s in
   * packets of 1,100 bytes.
   */
  readonly soundPacketsPerSecond: number
  readonly videoPacketsPerSecond: number
  readonly soundBytesPerPacket: number
  readonly videoBytesPerPacket: number
}

/** What a Node process with Parley in it and nobody connected takes: an assumption. */
const BARE_NODE_BYTES = 150e6

export const MARGINS: Margins = {
  busy: 0.5,
  redisFull: 2 / 3,
  redisBytes: 12e9,
  appends: 0.5,
  coresPerMachine: 8,
  soundPacketsPerSecond: 50,
  videoPacketsPerSecond: 68,
  soundBytesPerPacket: 120,
  videoBytesPerPacket: 1140,
}

/** What a site of this profile needs. */
export interface Capacity {
  readonly demand: Demand
  /** Processes of Parley, a core each. */
  readonly nodes: number
  /** What there are so many nodes for. */
  readonly nodesBecauseOf: 'connections' | 'processor'
  /** The memory of one node. */
  readonly nodeBytes: number
  /** Masters of a Redis Cluster, a core each, without replicas. */
  readonly redisShards: number
  readonly redisBecauseOf: 'processor' | 'memory'
  /** How much of a core the busiest shard takes for what can't be spread further than over the partitions. */
  readonly busiestPartition: number
  /** Databases that conversations would have to be spread over, without replicas. */
  readonly databases: number
  /** Cores that they use together. */
  readonly databaseCores: number
  readonly databasesBecauseOf: 'appends' | 'processor'
  /**
   * How much is written in the busiest second, as a share of what one database was measured to take in: 1 is all of
   * it.
   */
  readonly appendsOfOne: number
  readonly mediaCores: number
  readonly mediaServers: number
  readonly relays: number
  /** To clients, in the busiest second, in bits. */
  readonly textBitsPerSecond: number
  readonly mediaBitsPerSecond: number
  readonly storedBytes: number
  readonly redisBytes: number
  /** After all connections of a node were cut, or all of everything: how long the CPU alone takes until they are back, in seconds. */
  readonly backSeconds: { readonly nodes: number; readonly redis: number; readonly database: number }
}

/** Kinds of work, as a site is busy with them. */
export const KINDS_OF_WORK = ['writing', 'receipts', 'bus', 'leases', 'looks', 'comings', 'sweeps'] as const
export type KindOfWork = (typeof KINDS_OF_WORK)[number]

/**
 * CPU time a second, in microseconds, that one part (`node`, `redis` or `database`) spends on each kind of work. Assumes
 * that each costs what it cost when it was measured by itself, that a receipt costs what a message in a chat does, and
 * that whoever comes joins what they follow.
 */
export function workOf(
  demand: Demand,
  profile: Profile,
  { costs }: Figures['standing'],
  part: keyof StandingCost,
): Readonly<Record<KindOfWork, number>> {
  const inRooms = profile.shareInRooms
  const comings = demand.comings * profile.connectionsPerPerson
  return {
    writing: demand.messages * (inRooms * costs.roomMessage[part] + (1 - inRooms) * costs.chatMessage[part]),
    receipts: demand.receipts * costs.chatMessage[part],
    bus: demand.published * costs.published[part] + demand.heard * costs.heard[part],
    leases: demand.connectionRenewals * costs.connectionRenewed[part] + demand.placeRenewals * costs.placeRenewed[part],
    looks: demand.looks * costs.chatLookedAt[part] + demand.roomLooks * costs.roomLookedAt[part],
    comings: comings * (costs.connected[part] + profile.openPerConnection * costs.entered[part]),
    sweeps: demand.sweeps * costs.sweep[part],
  }
}

/** All of it together, in cores: 1 is a processor that does nothing else. */
export function coresOf(
  demand: Demand,
  profile: Profile,
  standing: Figures['standing'],
  part: keyof StandingCost,
): number {
  return Object.values(workOf(demand, profile, standing, part)).reduce((sum, micros) => sum + micros, 0) / 1e6
}

/** Cores of the nodes for the frames that go out to clients. */
export const framesOf = ({ deliveries }: Demand, { microsPerDelivery }: Figures): number =>
  (deliveries * microsPerDelivery) / 1e6

/** Nodes for the connections, and for the processor; the more of the two. How many there are says over how many a conversation is spread, and so how much they hear: looked for until it stands. */
function nodesFor(profile: Profile, figures: Figures, margins: Margins) {
  const forConnections = Math.ceil((profile.people * profile.connectionsPerPerson) / figures.connectionsPerNode)
  let nodes = forConnections
  for (;;) {
    const demand = demandOf(profile, nodes)
    const cores = coresOf(demand, profile, figures.standing, 'node') + framesOf(demand, figures)
    const wanted = Math.max(forConnections, Math.ceil(cores / margins.busy))
    if (wanted <= nodes)
      return {
        nodes,
        demand,
        nodesBecauseOf: nodes > forConnections ? ('processor' as const) : ('connections' as const),
      }
    nodes = wanted
  }
}

/**
 * Packets and bytes a second that media servers pass on. Assumes that everybody in a call is heard and seen by all
 * others, that a packet of video costs a media server what one of sound does, and that nobody is silent.
 */
export function mediaOf(profile: Profile, margins: Margins) {
  const talking = profile.people * profile.shareInCalls
  const ways = talking * Math.max(0, profile.peoplePerCall - 1)
  const sound = ways * margins.soundPacketsPerSecond
  const video = ways * profile.shareWithVideo * margins.videoPacketsPerSecond
  return {
    packetsPerSecond: sound + video,
    bytesPerSecond: sound * margins.soundBytesPerPacket + video * margins.videoBytesPerPacket,
  }
}

/** What a site of this profile needs, by these figures. */
export function capacityOf(profile: Profile, figures: Figures, margins: Margins = MARGINS): Capacity {
  const { standing } = figures
  const { nodes, demand, nodesBecauseOf } = nodesFor(profile, figures, margins)
  const cores = (micros: number): number => micros / 1e6
  const atLeastOne = (count: number): number => Math.max(1, Math.ceil(count))

  const redisCores = coresOf(demand, profile, standing, 'redis')
  const { channel, connection, place } = standing.redisBytes
  const channels = demand.watched + demand.connections + nodes
  const redisBytes = channels * channel + demand.connections * connection + demand.places * place
  const forProcessor = redisCores / margins.busy
  const forMemory = redisBytes / (margins.redisBytes * margins.redisFull)
  const { leases } = workOf(demand, profile, standing, 'redis')

  const databaseCores = coresOf(demand, profile, standing, 'database')
  const appends = demand.messages * (1 - profile.shareInRooms) + demand.receipts
  const appendsOfOne = appends / figures.appendsPerSecond.postgres
  const forAppends = appendsOfOne / margins.appends
  const forCores = databaseCores / margins.busy / margins.coresPerMachine

  const media = mediaOf(profile, margins)
  const mediaCores = cores(media.packetsPerSecond * figures.microsPerPacket)
  const relayedPackets = media.packetsPerSecond * profile.shareRelayed
  const perMachine = margins.coresPerMachine * margins.busy

  const sessions = demand.connections
  const enterings = sessions * profile.openPerConnection
  const back = (part: keyof StandingCost): number =>
    cores(sessions * standing.costs.connected[part] + enterings * standing.costs.entered[part])
  const redisShards = atLeastOne(Math.max(forProcessor, forMemory))
  const databases = atLeastOne(Math.max(forAppends, forCores))
  return {
    demand,
    nodes,
    nodesBecauseOf,
    nodeBytes:
      BARE_NODE_BYTES +
      (demand.connections * figures.bytesPerConnection + demand.places * figures.bytesInConversation) / nodes,
    redisShards,
    redisBecauseOf: forProcessor > forMemory ? 'processor' : 'memory',
    busiestPartition: cores(leases) / Math.min(PARTITION_NUMBERS.length, redisShards),
    databases,
    databaseCores,
    databasesBecauseOf: forAppends > forCores ? 'appends' : 'processor',
    appendsOfOne,
    mediaCores,
    mediaServers: media.packetsPerSecond === 0 ? 0 : atLeastOne(mediaCores / perMachine),
    // Assumes that a relay passes a packet on at what a media server does.
    relays: relayedPackets === 0 ? 0 : atLeastOne(cores(relayedPackets * figures.microsPerPacket) / perMachine),
    textBitsPerSecond: demand.deliveries * profile.bytesPerDelivery * 8,
    mediaBitsPerSecond: media.bytesPerSecond * (1 + profile.shareRelayed) * 8,
    storedBytes: profile.people * profile.messagesPerDay * profile.daysKept * profile.bytesPerStoredMessage,
    redisBytes,
    backSeconds: {
      nodes: back('node') / nodes,
      redis: back('redis') / redisShards,
      database: back('database') / (databases * margins.coresPerMachine),
    },
  }
}
