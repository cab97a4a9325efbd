import { openReturningLoad, type ReturningLoad } from './load/returning/open-returning-load.ts'
import type { ReturnResult } from './load/returning/returning-load-process.ts'
import type { NodeServer } from './peers/node-server.ts'
import type { ReturningPeer } from './peers/returning-peers.ts'

/** After the last cut everybody has so long to be back. */
const RETURN_TIMEOUT_MS = 90_000

/** People, and in how many rooms. */
export interface Crowd {
  readonly people: number
  readonly rooms: number
}

export interface ReturnsOptions {
  readonly crowds: readonly Crowd[]
  /** Messages a second in each room. */
  readonly perSecond: number
  readonly rounds: number
  readonly peers: readonly ReturningPeer[]
  readonly profileDir: string | null
}

/** One window on one server. */
export interface ReturnRound extends ReturnResult {
  /** The server's own user and system time over the window, of which each return is the dearest part; `null` where nobody asks. */
  readonly serverCpuMs: number | null
  readonly serverRssBytes: number | null
}

export interface ReturnRow extends Crowd {
  readonly peer: string
  readonly label: string
  readonly rounds: readonly ReturnRound[]
}

interface Contestant {
  readonly peer: ReturningPeer
  readonly server: NodeServer
  readonly load: ReturningLoad
  readonly rounds: ReturnRound[]
}

/**
 * Lets lines break on every peer, as `breakLines` does it, with crowds of each size. The peers of one size run side by
 * side, and their windows take turns, so that whatever else the machine does falls on all of them.
 */
export async function measureReturns(
  options: ReturnsOptions,
  breakLines: (load: ReturningLoad) => Promise<void>,
  tell: (line: string) => void,
): Promise<ReturnRow[]> {
  const rows: ReturnRow[] = []
  for (const crowd of options.crowds) {
    await using resources = new AsyncDisposableStack()
    const contestants: Contestant[] = []
    for (const peer of options.peers) {
      const startedAt = performance.now()
      const server = resources.use(await peer.open({ profileDir: options.profileDir }))
      const { port } = server
      const load = resources.use(
        await openReturningLoad({ kind: peer.kind, address: { port }, restPort: port, ...crowd }),
      )
      contestants.push({ peer, server, load, rounds: [] })
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
      tell(`${crowd.people} people are in ${crowd.rooms} rooms on ${peer.label} after ${seconds} s`)
    }
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const contestant of contestants) {
        const measured = await measureWindow(contestant, { perSecond: options.perSecond, seed: round }, breakLines)
        contestant.rounds.push(measured)
        tell(`  round ${round}, ${contestant.peer.label}: ${returnLine(measured)}`)
      }
    }
    rows.push(...contestants.map(({ peer, rounds }) => ({ ...crowd, peer: peer.kind, label: peer.label, rounds })))
  }
  return rows
}

async function measureWindow(
  { server, load }: Contestant,
  window: { readonly perSecond: number; readonly seed: number },
  breakLines: (load: ReturningLoad) => Promise<void>,
): Promise<ReturnRound> {
  await load.settle()
  const cpuBefore = await server.cpuMicros()
  await load.begin(window)
  await breakLines(load)
  const result = await load.end({ timeoutMs: RETURN_TIMEOUT_MS })
  const serverCpuMs = ((await server.cpuMicros()) - cpuBefore) / 1000
  return { ...result, serverCpuMs, serverRssBytes: (await server.memory())?.rssBytes ?? null }
}

/** A window in one line. */
export function returnLine(round: ReturnRound): string {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`
  return [
    `${round.losses} lines lost, back p50 ${seconds(round.backMs.p50)}, p95 ${seconds(round.backMs.p95)}, last ${seconds(round.backMs.max)}`,
    `whole last ${seconds(round.wholeMs.max)}`,
    `${round.arrived} of ${round.expected} arrived, ${round.again} again, ${round.late} late`,
    `p99 ${round.latencyMs.p99.toFixed(0)} ms, without being away ${round.liveLatencyMs.p99.toFixed(0)} ms`,
    `clients ${(round.loadCpuShare * 100).toFixed(0)} % of a core`,
    ...(round.serverCpuMs === null ? [] : [`server ${(round.serverCpuMs / 1000).toFixed(2)} s CPU`]),
    ...(round.serverRssBytes === null ? [] : [`${(round.serverRssBytes / 1e6).toFixed(0)} MB`]),
    ...(round.startedOver === 0 ? [] : [`${round.startedOver} STARTED OVER`]),
    ...(round.neverBack === 0 ? [] : [`${round.neverBack} NEVER BACK`]),
    ...(round.unanswered === 0 ? [] : [`${round.unanswered} of ${round.sent} NOT ANSWERED`]),
    ...round.problems.slice(0, 2),
  ].join(', ')
}
