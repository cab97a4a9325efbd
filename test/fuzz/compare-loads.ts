import { setTimeout as pause } from 'node:timers/promises'
import type { SpawnedServer } from '@parley/testkit'
import { cpuMicrosOf } from '../../bench/src/peers/process-figures.ts'
import { quantile, type Spread, spreadOf } from '../../bench/src/statistics.ts'
import type { HonestPeople } from './honest-people.ts'
import type { Pacer } from './pacer.ts'

/** How honest people fare while something else is going on. */
export interface Fare {
  /** From saying something to its acknowledgement. */
  readonly medianMs: number
  readonly p95Ms: number
  readonly deliveries: number
  /** What else was done, in a second. */
  readonly pace: number
  /** How much of one core the server used. */
  readonly serverCpu: number
  /** How much of one core the honest people and the load used on the same machine. */
  readonly clientCpu: number
}

/** Something that keeps the server busy, at the pace that it is told. */
export interface Load {
  readonly pacer: Pacer
  /** Until the signal; rejects when it cannot go on until then. */
  run(until: AbortSignal): Promise<void>
}

interface Window {
  readonly waits: readonly number[]
  readonly deliveries: number
  readonly passed: number
  readonly cpuMicros: number
  readonly clientCpuMicros: number
  readonly ms: number
}

export interface ComparisonLength {
  readonly rounds: number
  /** How long each load runs in each round before it is measured. */
  readonly settleMs: number
  readonly windowMs: number
}

export interface Comparison {
  readonly calm: Fare
  /** Ordinary use and hostile input, at a pace at which the server is equally busy with either. */
  readonly ordinary: Fare
  readonly hostile: Fare
  /** By how many times longer honest people waited beside hostile input, round by round. */
  readonly slower: { readonly median: Spread; readonly p95: Spread }
}

const STEP_MS = 500
/** So busy that people notice what else is done, and not so busy that they wait for the machine alone. */
export const TARGET_CPU = 0.5
const FIRST_PACE = 300
const SLOWEST_PACE = 20

/**
 * What honest people notice of hostile input, beside as much work that is ordinary use: in turns, in one run, with
 * the server equally busy. More than that would be the fault of how such input is dealt with. Rejects when one of the
 * loads breaks off.
 */
export async function compareLoads(
  server: SpawnedServer,
  honest: HonestPeople,
  loads: { readonly ordinary: Load; readonly hostile: Load },
  { rounds, settleMs, windowMs }: ComparisonLength,
): Promise<Comparison> {
  const windows: Record<'calm' | 'ordinary' | 'hostile', Window[]> = { calm: [], ordinary: [], hostile: [] }

  async function measure(load: Load | null): Promise<Window> {
    const over = new AbortController()
    const running = load?.run(over.signal)
    // Ends what follows; why, says `running` itself.
    running?.catch(() => over.abort())
    try {
      await during(settleMs, load, over.signal)
      await honest.figures()
      const passedBefore = load?.pacer.passed ?? 0
      const clientCpuBefore = process.cpuUsage()
      const cpuBefore = await cpuMicrosOf(server.pid)
      const start = performance.now()
      await during(windowMs, load, over.signal)
      const ms = performance.now() - start
      const cpuMicros = (await cpuMicrosOf(server.pid)) - cpuBefore
      const { user, system } = process.cpuUsage(clientCpuBefore)
      const passed = (load?.pacer.passed ?? 0) - passedBefore
      return { ...(await honest.figures()), passed, cpuMicros, clientCpuMicros: user + system, ms }
    } finally {
      over.abort()
      await running
    }
  }

  /** Keeps the pace at which the server is as busy as it should be. */
  async function during(ms: number, load: Load | null, signal: AbortSignal): Promise<void> {
    const end = performance.now() + ms
    while (performance.now() < end) {
      const cpuBefore = await cpuMicrosOf(server.pid)
      const passedBefore = load?.pacer.passed ?? 0
      const start = performance.now()
      await pause(STEP_MS, undefined, { signal })
      if (load === null) continue
      const stepMs = performance.now() - start
      const cpu = ((await cpuMicrosOf(server.pid)) - cpuBefore) / 1000 / stepMs
      const change = Math.min(1.5, Math.max(0.67, TARGET_CPU / Math.max(cpu, 0.01)))
      // The pace that was really kept: one that cannot be kept would rise for ever.
      const pace = ((load.pacer.passed - passedBefore) * 1000) / stepMs
      load.pacer.perSecond = Math.max(SLOWEST_PACE, pace * change)
    }
  }

  for (const { pacer } of Object.values(loads)) pacer.perSecond = FIRST_PACE
  try {
    for (let round = 0; round < rounds; round += 1) {
      windows.calm.push(await measure(null))
      const order = round % 2 === 0 ? (['ordinary', 'hostile'] as const) : (['hostile', 'ordinary'] as const)
      for (const kind of order) windows[kind].push(await measure(loads[kind]))
    }
  } finally {
    for (const { pacer } of Object.values(loads)) pacer.perSecond = null
  }
  const slowerAt = (share: number): Spread => {
    const hostile = windows.hostile.map(({ waits }) => quantile(waits, share))
    return spreadOf(windows.ordinary.map(({ waits }, round) => (hostile[round] ?? Number.NaN) / quantile(waits, share)))
  }
  return {
    calm: fareOf(windows.calm),
    ordinary: fareOf(windows.ordinary),
    hostile: fareOf(windows.hostile),
    slower: { median: slowerAt(0.5), p95: slowerAt(0.95) },
  }
}

function fareOf(windows: readonly Window[]): Fare {
  const waits = windows.flatMap((window) => window.waits)
  const sum = (figure: (window: Window) => number): number =>
    windows.reduce((total, window) => total + figure(window), 0)
  const ms = sum((window) => window.ms)
  return {
    medianMs: quantile(waits, 0.5),
    p95Ms: quantile(waits, 0.95),
    deliveries: sum((window) => window.deliveries),
    pace: (sum((window) => window.passed) * 1000) / ms,
    serverCpu: sum((window) => window.cpuMicros) / 1000 / ms,
    clientCpu: sum((window) => window.clientCpuMicros) / 1000 / ms,
  }
}
