import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerParent } from '../../remote-calls.ts'
import { quantile } from '../../statistics.ts'
import { seededRandom } from '../arrivals.ts'
import type { Address } from '../byte-stream.ts'
import { inTurns } from '../in-turns.ts'
import { settleBelow } from '../settle.ts'
import { type ReconnectSchedule, sdkSchedule, socketIoSchedule } from './reconnect-schedule.ts'
import { createReturningClient, createReturnNotes, type ReturningClient } from './returning-client.ts'
import { returningMessenger } from './returning-messenger.ts'
import type { ReturningProtocol } from './returning-protocol.ts'
import { returningRooms } from './returning-rooms.ts'
import { returningSocketIo } from './returning-socket-io.ts'
import { createRoom, type Room } from './room.ts'

const KINDS = {
  'parley-messenger': { protocol: returningMessenger, schedule: sdkSchedule },
  'parley-rooms': { protocol: returningRooms, schedule: sdkSchedule },
  'socket-io': { protocol: returningSocketIo, schedule: socketIoSchedule },
} satisfies Readonly<Record<string, { readonly protocol: ReturningProtocol; readonly schedule: ReconnectSchedule }>>

export type ReturningKind = keyof typeof KINDS

export interface ReturningLoadOptions {
  readonly kind: ReturningKind
  /** Where clients connect. */
  readonly address: Address
  /** Where rooms are made. */
  readonly restPort: number
  readonly people: number
  readonly rooms: number
}

const CHECK_MS = 20
/** Nothing has come for so long: nothing will. */
const QUIET_MS = 2000

export interface Quantiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

/** One measured window, as the clients saw it. Times in ms. */
export interface ReturnResult {
  readonly clients: number
  /** Lines that were lost, and how the clients were received when they came back. */
  readonly losses: number
  readonly recovered: number
  readonly startedOver: number
  readonly failedAttempts: number
  /** Clients without a line in the end, and those that lack a message. */
  readonly neverBack: number
  readonly neverWhole: number
  readonly sent: number
  readonly unanswered: number
  /** Each message for each client of its room. */
  readonly expected: number
  readonly arrived: number
  readonly again: number
  readonly late: number
  readonly backMs: Quantiles
  readonly wholeMs: Quantiles
  /** From sending to arrival, the time of being away included; and of messages sent while the client was there. */
  readonly latencyMs: Quantiles
  readonly liveLatencyMs: Quantiles
  readonly loadCpuShare: number
  readonly problems: readonly string[]
}

let clients: ReturningClient[] = []
let rooms: Room[] = []
let roomOf: (client: number) => Room | undefined = () => undefined
let notes = createReturnNotes()
let random = seededRandom(0)
let stops: (() => void)[] = []
let cpuBefore = process.cpuUsage()
let startedAt = 0

const now = (): number => performance.now()

/** Makes the rooms and brings everybody in. */
async function enter({ kind, address, restPort, people, rooms: roomCount }: ReturningLoadOptions): Promise<void> {
  const { protocol, schedule } = KINDS[kind]
  const tickets = await protocol.prepare({ restPort, people, rooms: roomCount })
  const common = { protocol, schedule, address, random: () => random(), now }
  rooms = tickets.slice(people).map((ticket) => createRoom({ ...common, ticket }))
  roomOf = (client) => rooms[Math.floor((client * roomCount) / people)]
  clients = tickets
    .slice(0, people)
    .map((ticket, index) => createReturningClient({ ...common, ticket, sent: () => roomOf(index)?.sent ?? 0 }))
  const all = [...clients, ...rooms.map(({ writer }) => writer)]
  await inTurns(all.length, (index) => all[index]?.enter())
  await settle()
}

const settle = (): Promise<void> => settleBelow(0.2)

/** Begins a window: in each room messages are written, so many a second, by somebody whose line nobody cuts. */
function begin({ perSecond, seed }: { readonly perSecond: number; readonly seed: number }): void {
  notes = createReturnNotes()
  random = seededRandom(seed)
  for (const client of clients) client.begin(notes)
  for (const room of rooms) room.begin(createReturnNotes())
  cpuBefore = process.cpuUsage()
  startedAt = now()
  stops = rooms.map((room) => every(1000 / perSecond, () => room.write(now() * 1000)))
}

/** Again and again, from a time of the first period on that is left to chance. */
function every(periodMs: number, act: () => void): () => void {
  let timer = setTimeout(() => {
    act()
    timer = setInterval(act, periodMs)
  }, random() * periodMs)
  return () => clearInterval(timer)
}

/** Breaks everybody's line at once. */
function cutAll({ awayMs }: { readonly awayMs: number }): void {
  for (const client of clients) client.cut(awayMs)
}

/** From now on breaks each client's line every so often, each at times of its own. Resolves after `seconds`. */
async function cutInTurns(options: {
  readonly everyMs: number
  readonly awayMs: number
  readonly seconds: number
}): Promise<void> {
  const cuts = clients.map((client) => every(options.everyMs, () => client.cut(options.awayMs)))
  await sleep(options.seconds * 1000)
  for (const stop of cuts) stop()
}

/** Waits until everybody is back, writes no more, and waits for what was written. */
async function end({ timeoutMs }: { readonly timeoutMs: number }): Promise<ReturnResult> {
  const giveUpAt = now() + timeoutMs
  const all = [...clients, ...rooms.map(({ writer }) => writer)]
  const areUp = (): boolean => all.every(({ isUp }) => isUp)
  while (!areUp() && now() < giveUpAt) await sleep(CHECK_MS)
  for (const stop of stops) stop()
  const stoppedAt = now()
  const isQuiet = (): boolean => now() - Math.max(stoppedAt, notes.lastMessageAt) > QUIET_MS
  while (!(isWhole() || isQuiet()) && now() < giveUpAt) await sleep(CHECK_MS)
  return resultNow()
}

const isWhole = (): boolean =>
  rooms.every(({ unanswered }) => unanswered === 0) &&
  clients.every(({ ledger }, index) => ledger.hasUpTo(roomOf(index)?.sent ?? 0))

function resultNow(): ReturnResult {
  const cpu = process.cpuUsage(cpuBefore)
  const { losses, recovered, startedOver, failedAttempts, problems } = notes
  const sumOf = (figure: (client: ReturningClient) => number): number =>
    clients.reduce((sum, client) => sum + figure(client), 0)
  return {
    clients: clients.length,
    losses,
    recovered,
    startedOver,
    failedAttempts,
    neverBack: clients.filter(({ isUp }) => !isUp).length,
    neverWhole: clients.filter(({ ledger }, index) => !ledger.hasUpTo(roomOf(index)?.sent ?? 0)).length,
    sent: rooms.reduce((sum, { written }) => sum + written, 0),
    unanswered: rooms.reduce((sum, { unanswered }) => sum + unanswered, 0),
    expected: clients.reduce((sum, _, index) => sum + (roomOf(index)?.written ?? 0), 0),
    arrived: sumOf(({ ledger }) => ledger.taken),
    again: sumOf(({ ledger }) => ledger.again),
    late: sumOf(({ ledger }) => ledger.late),
    backMs: quantilesOf(notes.backAfter),
    wholeMs: quantilesOf(notes.wholeAfter),
    latencyMs: quantilesOf(notes.latencies),
    liveLatencyMs: quantilesOf(notes.liveLatencies),
    loadCpuShare: (cpu.user + cpu.system) / 1000 / (now() - startedAt),
    problems: [...problems, ...rooms.flatMap(({ problems: ofWriter }) => ofWriter)].slice(0, 10),
  }
}

function quantilesOf(values: readonly number[]): Quantiles {
  const sorted = Float64Array.from(values).sort()
  const at = (share: number): number => quantile(sorted, share)
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}

const handlers = { enter, settle, begin, cutAll, cutInTurns, end }
export type ReturningLoadCalls = typeof handlers

answerParent(handlers)
process.once('disconnect', () => process.exit())
