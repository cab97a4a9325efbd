import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Bot, loadSpokenTrack, type Measurement, openBot, type SpokenTrack } from '@parley/bot'
import { createRestApi } from '@parley/client'
import { answerParent } from '../remote-calls.ts'

/** One measured window of a room in which everybody talks, as its people heard it. */
export interface VoiceLoadResult {
  /** Packets that arrived at somebody, and that should have but did not. */
  readonly received: number
  readonly lost: number
  /** Arrived at all of them together. */
  readonly packetsPerSecond: number
  /** The jitter of each stream that somebody hears, at the window's end. */
  readonly jittersMs: readonly number[]
  /** The round trip of each person, at the window's end. */
  readonly roundTripsMs: readonly number[]
  /** What the people themselves used, of one core. */
  readonly loadCpuShare: number
  /** Times that somebody's media began anew: each is a gap. */
  readonly rejoins: number
}

const TONE = fileURLToPath(new URL('../../../packages/bot/fixtures/tone-440.ogg', import.meta.url))
const JOINS_AT_A_TIME = 4
/** Talk and pause, as people do; packets come in both. */
const TALK_MS = 2000
const PAUSE_MS = 800
const PACKET_MS = 20
const SILENT_PACKET = {
  payload: Uint8Array.of(0xf8, 0xff, 0xfe),
  samples: 960,
  level: { belowFullDb: 127, isVoice: false },
} as const

let bots: Bot[] = []
const latest = new Map<Bot, Measurement>()
const silence = new AbortController()

/** The tone and a pause, again and again. */
async function talk(): Promise<SpokenTrack> {
  const { packets } = await loadSpokenTrack(TONE)
  const talked = Array.from(
    { length: TALK_MS / PACKET_MS },
    (_, index) => packets[index % packets.length] ?? SILENT_PACKET,
  )
  const paused = Array.from({ length: PAUSE_MS / PACKET_MS }, () => SILENT_PACKET)
  return { packets: [...talked, ...paused], durationMs: TALK_MS + PAUSE_MS }
}

/**
 * Makes a room, brings everybody into its voice and lets them talk; returns when each hears each other one and knows
 * its round trip, which the first reports of RTCP tell.
 */
async function enter({ port, people }: { readonly port: number; readonly people: number }): Promise<void> {
  const url = `http://127.0.0.1:${port}`
  const { roomId } = await createRestApi({ url }).createRoom({
    name: 'Voices',
    duration: 30,
    hostName: 'Host',
    maxParticipants: people + 1,
  })
  const track = await talk()
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < people; index = next++) {
      const bot = await openBot({ link: `${url}/r/${roomId}`, name: `Voice ${index}`, voice: 'speak' })
      bot.on('measured', (measurement) => latest.set(bot, measurement))
      bots.push(bot)
      void bot.play(track, { loop: true, signal: silence.signal })
    }
  }
  await Promise.all(Array.from({ length: JOINS_AT_A_TIME }, worker))
  const giveUpAt = performance.now() + 60_000
  while (!bots.every((bot) => isMeasured(bot, people - 1))) {
    if (performance.now() > giveUpAt)
      throw new Error(`not everybody hears everybody and knows the round trip: ${bots.map(heardBy).join(', ')}`)
    await sleep(100)
  }
}

const heardBy = (bot: Bot): number =>
  latest.get(bot)?.people.filter(({ received, bitsPerSecond }) => received > 0 && bitsPerSecond > 0).length ?? 0
const isMeasured = (bot: Bot, others: number): boolean =>
  heardBy(bot) === others && typeof latest.get(bot)?.roundTripMs === 'number'

/** What each of them measures next: all within a second. */
async function measureAll(): Promise<ReadonlyMap<Bot, Measurement>> {
  const measurements = await Promise.all(
    bots.map(async (bot) => {
      const { promise, resolve } = Promise.withResolvers<Measurement>()
      const stop = bot.on('measured', resolve)
      const measurement = await promise
      stop()
      return [bot, measurement] as const
    }),
  )
  return new Map(measurements)
}

const sumOf = (measurement: Measurement | undefined, figure: 'received' | 'lost'): number =>
  measurement?.people.reduce((sum, person) => sum + person[figure], 0) ?? 0

/** Lets them talk for so long. */
async function run({ seconds }: { readonly seconds: number }): Promise<VoiceLoadResult> {
  const before = await measureAll()
  const rejoinsBefore = bots.reduce((sum, { rejoins }) => sum + rejoins, 0)
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  await sleep(seconds * 1000)
  const cpu = process.cpuUsage(cpuBefore)
  const elapsedMs = performance.now() - startedAt
  const after = await measureAll()
  const windows = bots.map((bot) => {
    const [first, last] = [before.get(bot), after.get(bot)]
    const received = sumOf(last, 'received') - sumOf(first, 'received')
    const windowS = ((last?.at ?? 0) - (first?.at ?? 0)) / 1000
    return { received, lost: sumOf(last, 'lost') - sumOf(first, 'lost'), perSecond: received / windowS }
  })
  const people = [...after.values()].flatMap((measurement) => measurement.people)
  return {
    received: windows.reduce((sum, { received }) => sum + received, 0),
    lost: windows.reduce((sum, { lost }) => sum + lost, 0),
    packetsPerSecond: windows.reduce((sum, { perSecond }) => sum + perSecond, 0),
    jittersMs: people.flatMap(({ jitterMs }) => jitterMs ?? []),
    roundTripsMs: [...after.values()].flatMap(({ roundTripMs }) => roundTripMs ?? []),
    loadCpuShare: (cpu.user + cpu.system) / 1000 / elapsedMs,
    rejoins: bots.reduce((sum, { rejoins }) => sum + rejoins, 0) - rejoinsBefore,
  }
}

async function leave(_: object): Promise<void> {
  silence.abort()
  await Promise.all(bots.map((bot) => bot[Symbol.asyncDispose]()))
  bots = []
}

const handlers = { enter, run, leave }
export type VoiceLoadCalls = typeof handlers

answerParent(handlers)
process.once('disconnect', () => process.exit())
