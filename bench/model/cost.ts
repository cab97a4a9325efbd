import { type Capacity, MARGINS, type Margins } from './capacity.ts'
import type { PriceList } from './prices.ts'
import type { Profile } from './profile.ts'

/** How many machines there are for each part. */
export interface Machines {
  readonly nodes: number
  readonly redis: number
  readonly databases: number
  readonly media: number
  readonly balancers: number
}

/** A month, in the currency of the list. */
export interface Cost {
  readonly machines: number
  readonly egress: number
  readonly storage: number
  readonly total: number
}

/** One that stands by for each master of Redis, and for each database. */
const COPIES = 2
/** What one machine that balances holds: an assumption, nothing was measured. */
const CONNECTIONS_PER_BALANCER = 100_000
/** How much of a machine's memory may be used: 0–1. */
const MEMORY_FULL = 0.8
const SECONDS_PER_MONTH = 730 * 3600
const GB = 1e9

/**
 * Assumes that as many nodes or masters of Redis share a machine as it has cores and memory for, that a database and a media server
 * take as many machines as their cores need, and that everything is there all month, whether it is busy or not.
 */
export function machinesFor(capacity: Capacity, { machine }: PriceList, margins: Margins = MARGINS): Machines {
  const perCore = (cores: number): number => Math.ceil(cores / machine.cores)
  const { nodes, redisShards, databases, demand } = capacity
  const forMedia =
    capacity.mediaServers === 0 ? 0 : perCore((capacity.mediaServers + capacity.relays) * margins.coresPerMachine)
  const byMemory = Math.ceil((capacity.redisBytes * COPIES) / (machine.memoryBytes * margins.redisFull))
  return {
    nodes: Math.max(perCore(nodes), Math.ceil((nodes * capacity.nodeBytes) / (machine.memoryBytes * MEMORY_FULL))),
    redis: Math.max(byMemory, perCore(redisShards * COPIES)),
    databases: perCore(databases * margins.coresPerMachine * COPIES),
    media: forMedia,
    balancers: Math.max(1, Math.ceil(demand.connections / CONNECTIONS_PER_BALANCER)),
  }
}

/** Bytes to clients in a month. Assumes that a month's mean is its busiest second divided by the peak factor. */
export const egressBytesOf = ({ textBitsPerSecond, mediaBitsPerSecond }: Capacity, { peakFactor }: Profile): number =>
  ((textBitsPerSecond + mediaBitsPerSecond) / 8 / peakFactor) * SECONDS_PER_MONTH

/** What so many bytes cost, each tier at its own price. */
export function egressCost(bytes: number, { egress, freeGbPerMachine }: PriceList, machines: number): number {
  const gb = Math.max(0, bytes / GB - freeGbPerMachine * machines)
  let from = 0
  let cost = 0
  for (const { upToGb, perGb } of egress) {
    cost += Math.max(0, Math.min(gb, upToGb) - from) * perGb.amount
    from = upToGb
  }
  return cost
}

/** What a site costs in a month. Stored messages are kept twice, as databases are. */
export function costOf(capacity: Capacity, profile: Profile, prices: PriceList): Cost {
  const counts = machinesFor(capacity, prices)
  const count = Object.values(counts).reduce((sum, one) => sum + one, 0)
  const machines = count * prices.machine.price.amount
  const egress = egressCost(egressBytesOf(capacity, profile), prices, count)
  const storage = ((capacity.storedBytes * COPIES) / GB) * prices.storedGb.amount
  return { machines, egress, storage, total: machines + egress + storage }
}
