import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StandingResult } from '../src/standing.ts'
import { spreadOf } from '../src/statistics.ts'

/**
 * What was measured, and under which keys of `bench/results/*.json` it is found:
 *
 * | figure | file | keys |
 * | --- | --- | --- |
 * | `bytesPerConnection` | connections | `rows[peer].idle[].rssBytes` |
 * | `bytesInConversation` | connections | `rows[peer].joined[].rssBytes`, less the idle one |
 * | `connectionsPerNode` | connections | `options.connections` |
 * | `microsPerDelivery` | fanout | `rows[people, peer].rounds[].cpuMicrosPerDelivery` |
 * | `appendsPerSecond` | append | `rows[database, conversations].rounds[].parley` |
 * | `microsPerPacket`, `callBytes` | voice | `rows[people].rounds[].{janusShare, packetsPerSecond}`, `idle`, `janusBytes` |
 * | `standing` | standing | `costs`, `redisBytes` |
 *
 * Each is the median of its rounds, on the machine that the file names.
 */
export interface Figures {
  readonly bytesPerConnection: number
  /** What it takes more for one conversation that it follows. */
  readonly bytesInConversation: number
  /** As many as were held by one process. */
  readonly connectionsPerNode: number
  /** CPU time of the node for each frame that it sends, in a conversation of 50. */
  readonly microsPerDelivery: number
  /** Acknowledged messages a second in a thousand conversations. */
  readonly appendsPerSecond: { readonly postgres: number; readonly mariadb: number }
  /** CPU time of Janus for each packet that it passes on, in a room of ten. */
  readonly microsPerPacket: number
  /** Memory of Janus for one person in a call. */
  readonly bytesPerTalker: number
  readonly standing: StandingResult
}

interface Rounds {
  readonly [key: string]: number
}

const PEER = 'parley-messenger'

/** Reads the figures from a folder of results. Throws, naming what is missing, when a bench has not been run. */
export function readFigures(folder: string): Figures {
  const connections = read<{
    options: { connections: number }
    rows: { peer: string; idle: Rounds[]; joined: Rounds[] }[]
  }>(folder, 'connections')
  const fanout = read<{ rows: { peer: string; people: number; rounds: Rounds[] }[] }>(folder, 'fanout')
  const append = read<{ rows: { database: string; conversations: number; rounds: Rounds[] }[] }>(folder, 'append')
  const voice = read<{ rows: { people: number; idle: Rounds; janusBytes: number; rounds: Rounds[] }[] }>(
    folder,
    'voice',
  )

  const held = found(connections.rows, ({ peer }) => peer === PEER, `connections of ${PEER}`)
  const idleBytes = median(held.idle, ({ rssBytes }) => rssBytes)
  const fanned = found(fanout.rows, ({ peer, people }) => peer === PEER && people === 50, `fan-out of ${PEER} to 50`)
  const appends = (database: string): number => {
    const isIt = (row: { database: string; conversations: number }) =>
      row.database === database && row.conversations === 1000
    return median(found(append.rows, isIt, `appends on ${database}`).rounds, ({ parley }) => parley)
  }
  const call = found(voice.rows, ({ people }) => people === 10, 'voice of ten people')
  const idleShare = call.idle.janusShare ?? 0
  return {
    bytesPerConnection: idleBytes,
    bytesInConversation: median(held.joined, ({ rssBytes }) => rssBytes) - idleBytes,
    connectionsPerNode: connections.options.connections,
    microsPerDelivery: median(fanned.rounds, ({ cpuMicrosPerDelivery }) => cpuMicrosPerDelivery),
    appendsPerSecond: { postgres: appends('postgres'), mariadb: appends('mariadb') },
    microsPerPacket: median(call.rounds, ({ janusShare = Number.NaN, packetsPerSecond = Number.NaN }) =>
      Math.max(0, ((janusShare - idleShare) * 1e6) / packetsPerSecond),
    ),
    bytesPerTalker: call.janusBytes / call.people,
    standing: read<StandingResult>(folder, 'standing'),
  }
}

function read<T>(folder: string, name: string): T {
  try {
    return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as T
  } catch (cause) {
    throw new Error(`${name}.json can't be read: npm run bench -- ${name} makes it`, { cause })
  }
}

function found<T>(rows: readonly T[], isIt: (row: T) => boolean, what: string): T {
  const row = rows.find(isIt)
  if (row === undefined) throw new Error(`${what}: not among the results`)
  return row
}

function median(rounds: readonly Rounds[], figure: (round: Rounds) => number | undefined): number {
  const value = spreadOf(rounds.map((round) => figure(round) ?? Number.NaN)).median
  if (!Number.isFinite(value)) throw new Error('a figure is missing in a round of the results')
  return value
}
