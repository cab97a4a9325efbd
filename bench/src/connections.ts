import { openLoad } from './load/open-load.ts'
import type { Peer } from './peers/peer.ts'
import type { Usage } from './probe.ts'

const PEOPLE_PER_ROOM = 50
/** Few, so that what they leave free is little, and often, so that the process has its working size. */
const WARM_UP = { connections: 200, times: 10 }

export interface ConnectionsOptions {
  readonly connections: number
  readonly rounds: number
  /** How long everything rests before memory is read. */
  readonly settleMs: number
  readonly peers: readonly Peer[]
  readonly profileDir: string | null
}

/** Growth of the server process for each connection, in bytes. */
export interface Growth {
  /** Resident memory: what the machine has to have. */
  readonly rssBytes: number
  /** The part of it that is live JavaScript objects. */
  readonly heapBytes: number
  /** The part of it that is buffers and the like, outside of the JavaScript heap. */
  readonly externalBytes: number
}

export interface ConnectionsRow {
  readonly peer: string
  readonly label: string
  /** Connected, authenticated where there is something to authenticate, silent. */
  readonly idle: readonly Growth[]
  /** The same connections in rooms of 50 each; empty for servers without rooms. */
  readonly joined: readonly Growth[]
}

const growth = (before: Usage, after: Usage, connections: number): Growth => ({
  rssBytes: (after.rssBytes - before.rssBytes) / connections,
  heapBytes: (after.heapBytes - before.heapBytes) / connections,
  externalBytes: (after.externalBytes - before.externalBytes) / connections,
})

/** Measures every peer that can be asked for its memory, in a new process each round, the peers taking turns. */
export async function measureConnections(
  options: ConnectionsOptions,
  tell: (line: string) => void,
): Promise<ConnectionsRow[]> {
  const measured = options.peers.filter((peer) => peer.protocol !== 'mqtt')
  const rows = measured.map((peer) => ({
    peer: peer.name,
    label: peer.label,
    idle: [] as Growth[],
    joined: [] as Growth[],
  }))
  for (let round = 1; round <= options.rounds; round++) {
    for (const [index, peer] of measured.entries()) {
      const { idle, joined } = await measureServer(peer, options)
      rows[index]?.idle.push(idle)
      if (joined) rows[index]?.joined.push(joined)
      const inRooms = joined ? `, ${(joined.rssBytes / 1000).toFixed(1)} kB in a room` : ''
      tell(`round ${round}, ${peer.label}: ${(idle.rssBytes / 1000).toFixed(1)} kB idle${inRooms}`)
    }
  }
  return rows
}

async function measureServer(
  peer: Peer,
  { connections, settleMs, profileDir }: ConnectionsOptions,
): Promise<{ readonly idle: Growth; readonly joined: Growth | null }> {
  await using server = await peer.open({ profileDir })
  const settledMemory = async (): Promise<Usage> => {
    await new Promise((resolve) => setTimeout(resolve, settleMs))
    const memory = await server.memory()
    if (memory === null) throw new Error(`${peer.label} does not tell its memory`)
    return memory
  }
  const clients = (people: number) =>
    openLoad({
      protocol: peer.protocol,
      port: server.port,
      people,
      rooms: peer.isParley ? Math.ceil(people / PEOPLE_PER_ROOM) : 1,
    })
  {
    // What the first connections load, compile and make room for is not the price of the others.
    await using first = await clients(Math.min(WARM_UP.connections, connections))
    for (let time = 0; time < WARM_UP.times; time++) {
      await first.connect()
      await first.leave()
    }
  }
  await using load = await clients(connections)
  const before = await settledMemory()
  await load.connect()
  const idle = growth(before, await settledMemory(), connections)
  if (!peer.isParley) return { idle, joined: null }
  await load.join()
  return { idle, joined: growth(before, await settledMemory(), connections) }
}
