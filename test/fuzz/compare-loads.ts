import { setTimeout as pause } from 'node:timers/promises'
import type { SpawnedServer } from '@parley/testkit'
import { cpuMicrosOf } from '../../bench/src/peers/process-figures.ts'
import { quantile } from '../../bench/src/statistics.ts'
import type { HonestPeople } from './honest-people.ts'
import type { Pacer } from './pacer.ts'

/** How honest people fare while something else is going on. */
export interface Fare {
  /** From saying something to its acknowledgement. */
  readonly medianMs: number
  readonly p95Ms: number
  readonly deliveries: number
  /** Of one core. */
  readonly serverCpu: number
}

/** Something that keeps the server busy, at the pace that it is told. */
export interface Load {
  readonly pacer: Pacer
  /** Until the signal. */
  run(until: AbortSignal): Promise<void>
}

interface Window {
  readonly waits: number[]
  deliveries: number
  cpuMicros: number
  ms: number
}

export interface Comparison {
  readonly calm: Fare
  /** Ordinary use and hostile input, at a pace at which the server is equally busy with either. */
  readonly ordinary: Fare
  readonly hostile: Fare
}

const ROUNDS = 6
const SETTLE_MS = 3000
const WINDOW_MS = 6000
const STEP_MS = 500
/** So busy that people notice what else is done, and not so busy that they wait for the machine alone. */
const TARGET_CPU = 0.5
const FIRST_PACE = 300

/**
 * What honest people notice of hostile input, beside as much work that is ordinary use: in turns, in one run, with
 * the server equally busy. More than that would be the fault of how such input is dealt with.
 */
export async function compareLoads(
  server: SpawnedServer,
  honest: HonestPeople,
  loads: { readonly ordinary: Load; readonly hostile: Load },
): Promise<Comparison> {
  const windows = { calm: newWindow(), ordinary: newWindow(), hostile: newWindow() }

  async function measure(window: Window, load: Load | null): Promise<void> {
    const over = new AbortController()
    const running = load?.run(over.signal)
    await during(SETTLE_MS, load)
    await honest.figures()
    const cpuBefore = await cpuMicrosOf(server.pid)
    const start = performance.now()
    await during(WINDOW_MS, load)
    window.ms += performance.now() - start
    window.cpuMicros += (await cpuMicrosOf(server.pid)) - cpuBefore
    const { waits, deliveries } = await honest.figures()
    window.waits.push(...waits)
    window.deliveries += deliveries
    over.abort()
    await running
  }

  /** Keeps the pace at which the server is as busy as it should be. */
  async function during(ms: number, load: Load | null): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      const before = await cpuMicrosOf(server.pid)
      const start = performance.now()
      await pause(STEP_MS)
      if (load === null) continue
      const cpu = ((await cpuMicrosOf(server.pid)) - before) / 1000 / (performance.now() - start)
      const change = Math.min(1.5, Math.max(0.67, TARGET_CPU / Math.max(cpu, 0.01)))
      load.pacer.perSecond = (load.pacer.perSecond ?? FIRST_PACE) * change
    }
  }

  for (const { pacer } of Object.values(loads)) pacer.perSecond = FIRST_PACE
  for (let round = 0; round < ROUNDS; round += 1) {
    await measure(windows.calm, null)
    const order = round % 2 === 0 ? (['ordinary', 'hostile'] as const) : (['hostile', 'ordinary'] as const)
    for (const kind of order) await measure(windows[kind], loads[kind])
  }
  for (const { pacer } of Object.values(loads)) pacer.perSecond = null
  return { calm: fareOf(windows.calm), ordinary: fareOf(windows.ordinary), hostile: fareOf(windows.hostile) }
}

const newWindow = (): Window => ({ waits: [], deliveries: 0, cpuMicros: 0, ms: 0 })

const fareOf = ({ waits, deliveries, cpuMicros, ms }: Window): Fare => ({
  medianMs: quantile(waits, 0.5),
  p95Ms: quantile(waits, 0.95),
  deliveries,
  serverCpu: cpuMicros / 1000 / ms,
})
