import type { LoadResult } from './load/load-process.ts'
import { type Load, openLoad } from './load/open-load.ts'
import type { Peer, PeerServer } from './peers/peer.ts'

const DRAIN_TIMEOUT_MS = 10_000

export interface FanoutOptions {
  /** Sizes of the room. */
  readonly people: readonly number[]
  /** Deliveries a second in a room of any size; messages a second are this divided by the people. */
  readonly deliveriesPerSecond: number
  readonly seconds: number
  /** Before the first round, on each server: what runs often has been compiled by then. */
  readonly warmUpSeconds: number
  readonly rounds: number
  readonly peers: readonly Peer[]
  readonly profileDir: string | null
}

/** One window on one server. */
export interface Round extends LoadResult {
  /** The server process's own user and system time, divided by what arrived at the clients. */
  readonly cpuMicrosPerDelivery: number
  /** The same of what carries messages between its processes; 0 where nothing does. */
  readonly busMicrosPerDelivery: number
  /** As a share of one core. */
  readonly cpuShare: number
}

export interface FanoutRow {
  readonly people: number
  readonly messagesPerSecond: number
  readonly peer: string
  readonly label: string
  readonly rounds: readonly Round[]
}

interface Contestant {
  readonly peer: Peer
  readonly server: PeerServer
  readonly load: Load
  readonly rounds: Round[]
}

/**
 * Measures every peer with rooms of every size. The peers of one size run side by side, and their windows
 * take turns, so that whatever else the machine does falls on all of them.
 */
export async function measureFanout(options: FanoutOptions, tell: (line: string) => void): Promise<FanoutRow[]> {
  const rows: FanoutRow[] = []
  for (const people of options.people) rows.push(...(await measureSize(people, options, tell)))
  return rows
}

async function measureSize(people: number, options: FanoutOptions, tell: (line: string) => void): Promise<FanoutRow[]> {
  const messagesPerSecond = options.deliveriesPerSecond / people
  await using resources = new AsyncDisposableStack()
  const contestants: Contestant[] = []
  for (const peer of options.peers) {
    const startedAt = performance.now()
    const server = resources.use(await peer.open({ profileDir: options.profileDir }))
    const load = resources.use(await openLoad({ protocol: peer.protocol, port: server.port, people, rooms: 1 }))
    await load.connect()
    await load.join()
    contestants.push({ peer, server, load, rounds: [] })
    tell(`${people} people are in on ${peer.label} after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  }
  for (const { server, load } of options.warmUpSeconds > 0 ? contestants : []) {
    await measureWindow(server, load, {
      perSecond: messagesPerSecond,
      seconds: options.warmUpSeconds,
      seed: 0,
    })
  }
  for (let round = 1; round <= options.rounds; round++) {
    for (const { peer, server, load, rounds } of contestants) {
      const measured = await measureWindow(server, load, {
        perSecond: messagesPerSecond,
        seconds: options.seconds,
        seed: round,
      })
      rounds.push(measured)
      tell(`  round ${round}, ${peer.label}: ${roundLine(measured)}`)
    }
  }
  return contestants.map(({ peer, rounds }) => ({
    people,
    messagesPerSecond,
    peer: peer.name,
    label: peer.label,
    rounds,
  }))
}

async function measureWindow(
  server: PeerServer,
  load: Load,
  window: { readonly perSecond: number; readonly seconds: number; readonly seed: number },
): Promise<Round> {
  await load.settle()
  const startedAt = performance.now()
  const busCpuMicros = async (): Promise<number> => (await server.busCpuMicros?.()) ?? 0
  const cpuBefore = await server.cpuMicros()
  const busBefore = await busCpuMicros()
  const result = await load.run({ ...window, drainTimeoutMs: DRAIN_TIMEOUT_MS })
  const cpuMicros = (await server.cpuMicros()) - cpuBefore
  const busMicros = (await busCpuMicros()) - busBefore
  return {
    ...result,
    cpuMicrosPerDelivery: cpuMicros / result.delivered,
    busMicrosPerDelivery: busMicros / result.delivered,
    cpuShare: cpuMicros / 1000 / (performance.now() - startedAt),
  }
}

function roundLine(round: Round): string {
  const lost = round.expected - round.delivered
  return [
    `${round.cpuMicrosPerDelivery.toFixed(2)} µs/delivery`,
    `p50 ${round.p50Ms.toFixed(1)} ms`,
    `p99 ${round.p99Ms.toFixed(1)} ms`,
    `server ${(round.cpuShare * 100).toFixed(0)} %, clients ${(round.loadCpuShare * 100).toFixed(0)} % of a core`,
    ...(lost === 0 ? [] : [`${lost} of ${round.expected} MISSING`]),
    ...round.failures.slice(0, 1),
  ].join(', ')
}
