import { setTimeout as pause } from 'node:timers/promises'
import { type Cluster, startCluster } from '@parley/testkit/cluster'
import { type CuttableLine, openCuttableLine } from '@parley/testkit/cuttable-line'
import { applyFaults } from './apply-faults.ts'
import { checkHistories } from './check-histories.ts'
import type { ChaosClient } from './client.ts'
import { findGhosts, hangUp } from './find-ghosts.ts'
import type { History, Truth, View } from './history.ts'
import { changeMembers, talk } from './live.ts'
import { type Place, type Population, populate } from './populate.ts'
import { readChat, readRoom } from './read-truth.ts'
import { type FaultKind, scheduleFaults } from './schedule-faults.ts'
import type { Violation } from './violation.ts'
import { openVoices } from './voice/voices.ts'
import { watchNodes } from './watch-nodes.ts'

export interface ChaosOptions {
  readonly seed: number
  readonly nodes: number
  readonly clients: number
  readonly conversations: number
  /** How many of the conversations are rooms. */
  readonly rooms: number
  /** How long faults begin. */
  readonly durationMs: number
  /** All of them when absent. */
  readonly kinds?: readonly FaultKind[]
  /** By these clients connect; by all that there are when absent. */
  readonly ways?: readonly string[]
  /** What a client waits between two things that it does, on average. */
  readonly gapMs: number
  readonly say: (line: string) => void
  /** Gets what each node wrote in all of its lives, in the end, whatever the end is. */
  readonly keep?: (node: string, output: string) => void
  /** Is done to the cluster in place of faults; people talk until it resolves. */
  readonly act?: (cluster: Cluster) => Promise<void>
}

export interface ChaosReport {
  readonly violations: readonly Violation[]
  /** What is wrong and is not in what clients were told: a ghost, a room that can't be used, a node's own words. */
  readonly problems: readonly string[]
  readonly histories: readonly History[]
  readonly faults: number
  readonly acknowledged: number
  readonly told: number
  readonly recoveries: number
  /** Times that somebody came into voice by their own wish. */
  readonly joins: number
  /** Times that media of somebody in voice had to begin anew. */
  readonly rejoins: number
}

/** Between clients and the proxy: so many are cut off at a time as share one. */
export const LINES = 6
export const JANUSES = 2
const PING = { SOCKETIO_PING_INTERVAL: '3000', SOCKETIO_PING_TIMEOUT: '4000', HEARTBEAT_INTERVAL: '3000' }
/**
 * After the last fault: until all that was said is acknowledged, and known to everybody. What never comes is wrong, and
 * not what a busy machine is late with.
 */
const SETTLE_MS = 240_000
const LOOK_MS = 100
const STARTING_AT_ONCE = 16
/** So often whoever looks on is told who is waited for, and of so many by name. */
const TELL_MS = 10_000
const TOLD_OF = 5

/** People talk in a cluster to which things are done, and say in the end what they were told. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, nodes, durationMs, kinds } = options
  await using stack = new AsyncDisposableStack()
  const cluster = stack.use(await startCluster({ nodes, januses: JANUSES, env: { ...PING, SHUTDOWN_TIMEOUT: '3000' } }))
  stack.defer(() => {
    for (const { name, output } of cluster.nodes) options.keep?.(name, output())
  })
  const lines: CuttableLine[] = []
  for (let number = 1; number <= LINES; number += 1) {
    lines.push(stack.use(await openCuttableLine(Number(new URL(cluster.url).port))))
  }
  const startedAt = performance.now()
  const now = (): number => Math.round(performance.now() - startedAt)
  const tell = (line: string): void => options.say(`${String(now()).padStart(8)} ms  ${line}`)
  const population = await populate({
    ...options,
    secret: cluster.secret,
    url: cluster.url,
    urls: lines.map(({ port }) => `https://localhost:${port}`),
    now,
  })
  const { clients, places } = population
  for (const client of clients) stack.use(client)
  await startAll(clients)
  tell(`${clients.length} clients are in ${places.length} conversations on ${nodes} nodes`)

  const watch = stack.use(watchNodes(cluster.nodes))
  const voices = stack.use(await openVoices(population, { seed, gapMs: options.gapMs }))
  const talking = stack.use(talk(population, options.gapMs))
  const churning = stack.use(changeMembers(population, cluster.url))
  const { act } = options
  const faults = act
    ? []
    : scheduleFaults({ seed, nodes, januses: JANUSES, lines: LINES, durationMs, ...(kinds && { kinds }) })
  const doing = act?.(cluster).then(() => 0) ?? applyFaults(faults, { cluster, lines, say: tell })
  const [done] = await Promise.all([doing, pause(durationMs)])
  await talking.stop()
  voices.stop()
  const problems = [...(await churning.stop())]
  tell('the last fault is undone')

  problems.push(...(await settle(population, tell)))
  tell(`all is said, but for ${problems.length} that could not be`)
  const read = await Promise.all(places.map((place) => readPlace(cluster, place)))
  const truths = read.filter((truth) => typeof truth !== 'string')
  problems.push(...read.filter((truth) => typeof truth === 'string'))
  problems.push(...(await awaitAll(population, truths)))
  const histories = clients.flatMap(({ history }) => history ?? [])
  const views: View[] = clients.flatMap((client) => client.views())
  tell('everybody was told, and is asked what')
  const violations = checkHistories({ histories, views, truths })
  problems.push(
    ...clients.flatMap(({ name, way, complaints }) => complaints.map((what) => `${name} (${way}): ${what}`)),
  )
  problems.push(...(await voices.findDisagreements()), ...(await voices.findUnheard()))
  tell(`${voices.people} came into voice ${voices.joins} times, and their media began anew ${voices.rejoins} times`)
  const gone = hangUp(clients)
  const ghosts = [findGhosts(population, gone, cluster.nodes), voices.findDisagreements(gone)]
  problems.push(...(await Promise.all(ghosts)).flat(), ...watch.problems())
  const { joins, rejoins } = voices
  return { violations, problems, histories, faults: done, joins, rejoins, ...count(histories) }
}

/** Not all at once: this process makes both ends of the handshakes wait for each other. */
async function startAll(clients: readonly ChaosClient[]): Promise<void> {
  const starting = new Set(clients)
  const waiting = clients.values()
  async function startOneByOne(): Promise<void> {
    for (const client of waiting) {
      await client.start()
      starting.delete(client)
    }
  }
  const inside = Promise.all(Array.from({ length: STARTING_AT_ONCE }, startOneByOne))
  await Promise.race([inside, waitFor(() => starting.size === 0)])
  if (starting.size === 0) return
  const late = [...starting].map(({ name, way, complaints }) => `${name} (${way}) ${complaints.join()}`)
  throw new Error(`Nothing was done to it yet, and these do not come in: ${late.join(', ')}`)
}

/** What is stored of it, or why it can't be read. */
function readPlace({ url }: Cluster, { id, kind, hostToken }: Place): Promise<Truth | string> {
  return (kind === 'room' ? readRoom : readChat)(url, hostToken, id).catch(
    (error: unknown) => `what is stored of ${id} can not be read: ${String(error)}`,
  )
}

/** Until all that was said is acknowledged; then one more message in each conversation, to see that it can be used. */
async function settle({ clients, places }: Population, tell: (line: string) => void): Promise<readonly string[]> {
  const waiting = (): readonly ChaosClient[] => clients.filter(({ unsent }) => unsent > 0)
  const telling = setInterval(() => {
    const ways = waiting().map(({ name, way }) => `${name} (${way})`)
    tell(`${ways.length} still have something to send: ${ways.slice(0, TOLD_OF).join(', ')}`)
  }, TELL_MS)
  await waitFor(() => waiting().length === 0)
  for (const { id, clients: inside } of places) inside[0]?.say(id)
  await waitFor(() => waiting().length === 0)
  clearInterval(telling)
  return waiting().map(
    ({ name, way, unsent }) => `${name} (${way}) still has ${unsent} messages to send, ${SETTLE_MS} ms after the end`,
  )
}

async function awaitAll({ places }: Population, truths: readonly Truth[]): Promise<readonly string[]> {
  const clientsOf = new Map(places.map(({ id, clients }) => [id, clients]))
  const late = (): readonly string[] =>
    truths.flatMap((truth) =>
      (clientsOf.get(truth.conversationId) ?? [])
        .filter((client) => !client.hasReached(truth))
        .map(({ name, way }) => `${name} (${way}) does not know all of ${truth.conversationId}, up to ${truth.rev}`),
    )
  await waitFor(() => late().length === 0)
  return late()
}

async function waitFor(isTrue: () => boolean): Promise<void> {
  for (const start = performance.now(); performance.now() - start < SETTLE_MS && !isTrue(); ) await pause(LOOK_MS)
}

function count(histories: readonly History[]) {
  const entries = histories.flatMap((history) => history.entries)
  const acknowledged = entries.filter(({ what }) => what === 'acked').length
  const told = entries.filter(({ what }) => what === 'told').length
  const recoveries = entries.filter((entry) => entry.what === 'entered' && entry.recovered).length
  return { acknowledged, told, recoveries }
}
