import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerParent } from '../remote-calls.ts'
import { quantile } from '../statistics.ts'
import { type Arrival, independentArrivals } from './arrivals.ts'
import { bareSocketIo } from './bare-socket-io.ts'
import { bareWs } from './bare-ws.ts'
import { inTurns } from './in-turns.ts'
import { mqtt } from './mqtt.ts'
import { parleyMessenger } from './parley-messenger.ts'
import { parleyRooms } from './parley-rooms.ts'
import { type Member, markedText, type Protocol, sentAtMicros, type Tally, type Ticket } from './protocol.ts'
import { settleBelow } from './settle.ts'

const PROTOCOLS = {
  'bare-ws': bareWs,
  'bare-socket-io': bareSocketIo,
  mqtt,
  'parley-rooms': parleyRooms,
  'parley-messenger': parleyMessenger,
} satisfies Readonly<Record<string, Protocol>>

export type ProtocolName = keyof typeof PROTOCOLS

/** A prime, so that the sampled deliveries wander over the members. */
const SAMPLE_EVERY = 13
const DRAIN_CHECK_MS = 5
const CLOSED_WITHIN_MS = 200

/** One measured window, as the clients saw it. */
export interface LoadResult {
  readonly sent: number
  readonly acknowledged: number
  readonly delivered: number
  /** What everybody should have got. */
  readonly expected: number
  /** How long it took after the last send until everything had arrived, or was given up. */
  readonly drainMs: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** What the load itself used, of one core. */
  readonly loadCpuShare: number
  readonly failures: readonly string[]
}

let protocol: Protocol = bareWs
let tickets: Ticket[] = []
let members: Member[] = []
let delivered = 0
let acknowledged = 0
let samples: number[] = []
let failures: string[] = []
let closing = false

const nowMicros = (): number => performance.now() * 1000

const tally: Tally = {
  delivered: (chunk, markedAt) => {
    delivered++
    if (delivered % SAMPLE_EVERY === 0) samples.push(nowMicros() - sentAtMicros(chunk, markedAt))
  },
  acknowledged: () => {
    acknowledged++
  },
  failed: (reason) => {
    if (!closing && failures.length < 20) failures.push(reason)
  },
}

/** Makes the rooms and every person's token. */
async function prepare(options: {
  readonly protocol: ProtocolName
  readonly port: number
  readonly people: number
  readonly rooms: number
  readonly from?: string
}): Promise<void> {
  protocol = PROTOCOLS[options.protocol]
  const { from } = options
  tickets = (await protocol.prepare(options)).map((ticket) => (from === undefined ? ticket : { ...ticket, from }))
}

/** Connects everybody; returns when all are authenticated. */
async function connect(_: object): Promise<void> {
  const connected: Member[] = []
  await inTurns(tickets.length, async (index) => {
    const ticket = tickets[index]
    if (ticket) connected[index] = await protocol.connect(ticket, tally)
  })
  members = connected
}

/** Brings everybody into their room, and waits until the stir that this makes has settled. */
async function join(_: object): Promise<void> {
  await inTurns(members.length, async (index) => members[index]?.join())
  await settle()
}

/** Waits until nothing comes from the server any more. */
const settle = (): Promise<void> => settleBelow(0.1)

/** Sends what `seed` says, and waits for what was sent to arrive. */
async function run(options: {
  readonly perSecond: number
  readonly seconds: number
  readonly seed: number
  readonly drainTimeoutMs: number
}): Promise<LoadResult> {
  delivered = 0
  acknowledged = 0
  samples = []
  failures = []
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  const total = Math.round(options.perSecond * options.seconds)
  await sendAll(independentArrivals(total, options.seconds * 1000, members.length, options.seed))
  const sentAt = performance.now()
  const expected = total * (protocol.echoesToSender ? members.length : members.length - 1)
  const missing = (): boolean => delivered < expected || (protocol.acknowledges && acknowledged < total)
  while (missing() && performance.now() - sentAt < options.drainTimeoutMs) await sleep(DRAIN_CHECK_MS)
  const endedAt = performance.now()
  const cpu = process.cpuUsage(cpuBefore)
  return {
    sent: total,
    acknowledged,
    delivered,
    expected,
    drainMs: endedAt - sentAt,
    p50Ms: quantile(samples, 0.5) / 1000,
    p99Ms: quantile(samples, 0.99) / 1000,
    loadCpuShare: (cpu.user + cpu.system) / 1000 / (endedAt - startedAt),
    failures,
  }
}

function sendAll(arrivals: readonly Arrival[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const startedAt = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    const elapsedMs = performance.now() - startedAt
    for (let next = arrivals[sent]; next && next.atMs <= elapsedMs; next = arrivals[sent]) {
      members[next.sender]?.send(markedText(nowMicros()))
      sent++
    }
    if (sent < arrivals.length) return
    clearInterval(timer)
    resolve()
  }, 1)
  return promise
}

async function leave(_: object): Promise<void> {
  closing = true
  for (const member of members) member.close()
  members = []
  await sleep(CLOSED_WITHIN_MS)
  closing = false
}

const handlers = { prepare, connect, join, settle, run, leave }
export type LoadCalls = typeof handlers

answerParent(handlers)
process.once('disconnect', () => process.exit())
