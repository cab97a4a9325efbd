import { setTimeout as sleep } from 'node:timers/promises'
import { forkLoad } from './load/fork-load.ts'
import type { VoiceLoadCalls, VoiceLoadResult } from './load/voice-load-process.ts'
import type { NodeServer } from './peers/node-server.ts'
import { openParley } from './peers/parley.ts'
import { childRunning, cpuMicrosOf, residentBytesOf } from './peers/process-figures.ts'
import { quantile } from './statistics.ts'

export interface VoiceOptions {
  /** Sizes of the room; everybody talks. */
  readonly people: readonly number[]
  readonly rounds: number
  readonly seconds: number
  /** Before anybody comes, to know what the processes use without a room; not too short, as it is little. */
  readonly idleSeconds: number
  /** After everybody hears everybody, before the first round. */
  readonly warmUpSeconds: number
  readonly profileDir: string | null
}

/** One window. Shares of a core: 1 is one whole core. */
export interface VoiceRound extends Omit<VoiceLoadResult, 'jittersMs' | 'roundTripsMs'> {
  readonly janusShare: number
  readonly serverShare: number
  readonly jitterP50Ms: number
  readonly jitterP99Ms: number
  readonly roundTripP50Ms: number
}

/** What both use when nobody is there. */
interface IdleShares {
  readonly janusShare: number
  readonly serverShare: number
}

export interface VoiceRow {
  readonly people: number
  readonly idle: IdleShares
  readonly janusBytes: number
  readonly rounds: readonly VoiceRound[]
}

/** Measures a room of each size, each on a new server with a Janus of its own. Linux only. */
export async function measureVoice(options: VoiceOptions, tell: (line: string) => void): Promise<VoiceRow[]> {
  const rows: VoiceRow[] = []
  for (const people of options.people) rows.push(await measureRoom(people, options, tell))
  return rows
}

async function measureRoom(people: number, options: VoiceOptions, tell: (line: string) => void): Promise<VoiceRow> {
  await using server = await openParley({ profileDir: options.profileDir }, { MEDIA: 'janus', TURN: 'off' })
  const janus = await childRunning('janus', server.pid)
  if (janus === null) throw new Error('the server started no Janus: install it (apt install janus)')
  const idle = await measureShares(server, janus, () => sleep(options.idleSeconds * 1000))
  const module = new URL('./load/voice-load-process.ts', import.meta.url)
  await using load = forkLoad<VoiceLoadCalls>(module, `the room of ${people}`)
  const startedAt = performance.now()
  await load.call('enter', { port: server.port, people })
  tell(`${people} people hear each other after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  const run = (seconds: number): Promise<VoiceLoadResult> => load.call('run', { seconds })
  if (options.warmUpSeconds > 0) await run(options.warmUpSeconds)
  const rounds: VoiceRound[] = []
  for (let round = 1; round <= options.rounds; round++) {
    const measured = await measureWindow(server, janus, () => run(options.seconds))
    rounds.push(measured)
    tell(`  round ${round}: ${roundLine(measured)}`)
  }
  const janusBytes = await residentBytesOf(janus)
  await load.call('leave', {})
  return { people, idle: { janusShare: idle.janusShare, serverShare: idle.serverShare }, janusBytes, rounds }
}

/** What both used while `run` ran. */
async function measureShares<T>(
  server: NodeServer,
  janus: number,
  run: () => Promise<T>,
): Promise<IdleShares & { readonly result: T }> {
  const startedAt = performance.now()
  const serverBefore = await server.cpuMicros()
  const janusBefore = await cpuMicrosOf(janus)
  const result = await run()
  const janusMicros = (await cpuMicrosOf(janus)) - janusBefore
  const serverMicros = (await server.cpuMicros()) - serverBefore
  const elapsedMs = performance.now() - startedAt
  return { janusShare: janusMicros / 1000 / elapsedMs, serverShare: serverMicros / 1000 / elapsedMs, result }
}

async function measureWindow(
  server: NodeServer,
  janus: number,
  run: () => Promise<VoiceLoadResult>,
): Promise<VoiceRound> {
  const { janusShare, serverShare, result } = await measureShares(server, janus, run)
  const { jittersMs, roundTripsMs, ...counts } = result
  return {
    ...counts,
    janusShare,
    serverShare,
    jitterP50Ms: quantile(jittersMs, 0.5),
    jitterP99Ms: quantile(jittersMs, 0.99),
    roundTripP50Ms: quantile(roundTripsMs, 0.5),
  }
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

function roundLine(round: VoiceRound): string {
  return [
    `Janus ${percent(round.janusShare)}, server ${percent(round.serverShare)} of a core`,
    `${round.lost} of ${round.received + round.lost} packets lost`,
    `jitter p50 ${round.jitterP50Ms.toFixed(1)} ms, p99 ${round.jitterP99Ms.toFixed(1)} ms`,
    `people ${percent(round.loadCpuShare)} of a core`,
    ...(round.rejoins === 0 ? [] : [`${round.rejoins} REJOINED`]),
  ].join(', ')
}
