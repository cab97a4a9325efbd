import { type Load, openLoad } from './load/open-load.ts'
import type { CapacityPeer } from './peers/capacity-peers.ts'

export interface CapacityOptions {
  /** Connections that are opened before memory is read again. */
  readonly step: number
  /** Nobody asks for more than so many. */
  readonly most: number
  readonly peers: readonly CapacityPeer[]
}

/** How a server stood after a step. */
interface CapacityStep {
  readonly connections: number
  /** The memory of all of the server's processes. */
  readonly rssBytes: number
  /** What the system keeps for all TCP connections of the machine, those of the clients included. */
  readonly tcpBytes: number
  readonly seconds: number
}

export interface CapacityRow {
  readonly peer: string
  readonly label: string
  readonly processes: number
  readonly steps: readonly CapacityStep[]
  /** Why there were no more; `null` when as many were there as were asked for. */
  readonly stoppedBy: string | null
}

/** Opens silent connections, step by step, until a server takes no more. Each server by itself; Linux only. */
export async function measureCapacity(options: CapacityOptions, tell: (line: string) => void): Promise<CapacityRow[]> {
  const rows: CapacityRow[] = []
  for (const peer of options.peers) rows.push(await fill(peer, options, tell))
  return rows
}

async function fill(
  { name, label, protocol, processes, open }: CapacityPeer,
  { step, most }: CapacityOptions,
  tell: (line: string) => void,
): Promise<CapacityRow> {
  await using resources = new AsyncDisposableStack()
  const server = resources.use(await open())
  const steps: CapacityStep[] = []
  let stoppedBy: string | null = null
  for (let connections = step; connections <= most && stoppedBy === null; connections += step) {
    const startedAt = performance.now()
    // From one address there are as many connections to a server as there are ports.
    const from = `127.0.${1 + steps.length}.1`
    const load: Load = resources.use(await openLoad({ protocol, port: server.port, people: step, rooms: 1, from }))
    stoppedBy = await load.connect().then(
      () => null,
      (error: Error) => (error.cause instanceof Error ? firstLine(error.cause.message) : error.message),
    )
    if (stoppedBy !== null) {
      tell(`${label}: no ${connections} connections: ${stoppedBy}`)
      break
    }
    const taken = { connections, ...(await server.memory()), seconds: (performance.now() - startedAt) / 1000 }
    steps.push(taken)
    tell(
      `${label}: ${connections} connections, ${(taken.rssBytes / 1e6).toFixed(0)} MB, TCP ${(taken.tcpBytes / 1e6).toFixed(0)} MB, step of ${taken.seconds.toFixed(1)} s`,
    )
  }
  return { peer: name, label, processes, steps, stoppedBy }
}

const firstLine = (text: string): string => text.split('\n')[0] ?? text
