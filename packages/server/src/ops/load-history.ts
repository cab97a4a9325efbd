import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { admin } from '@parley/protocol'
import type { Buckets, Measured, Metrics } from './metrics.ts'
import type { MetricsSource } from './metrics-source.ts'

type LoadSample = admin.LoadSample

const EVERY_MS = 5000
/** A quarter of an hour. */
const MAX_SAMPLES = 180
const LOOP_RESOLUTION_MS = 10
/** Faults of the server itself, or of what it stands on; everything else is somebody who asked for what they may not have. */
const FAULTS: ReadonlySet<string> = new Set(['INTERNAL', 'UNAVAILABLE', 'MEDIA_UNAVAILABLE'])

export interface LoadHistoryOptions {
  readonly metrics: Pick<Metrics, 'measured'>
  readonly source: Pick<MetricsSource, 'wires'>
  readonly now: () => number
  /** Told when it can't be measured. */
  readonly report: (error: unknown) => void
}

/** How this process did in the last quarter of an hour, for the operator's charts. */
export interface LoadHistory extends Disposable {
  /** Those after `at`, oldest first. */
  since(at: number): readonly LoadSample[]
  /** Measures what happened since the last time. Called every five seconds by itself. */
  sample(): Promise<void>
}

export function openLoadHistory({ metrics, source, now, report }: LoadHistoryOptions): LoadHistory {
  const samples: LoadSample[] = []
  const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS })
  loop.enable()

  const read = async () => {
    const measured = await metrics.measured()
    const { connections, users, deliveries: delivered, queuedBytes } = source.wires()
    return { ...measured, connections, users, delivered, queuedBytes, cpuUs: cpuUs(), atMs: performance.now() }
  }
  let before: Counted = { sends: [], deliveries: [], errors: [], delivered: 0, cpuUs: cpuUs(), atMs: performance.now() }

  async function sample(): Promise<void> {
    const current = await read()
    const seconds = Math.max(0.001, (current.atMs - before.atMs) / 1000)
    const sends = since(before.sends, current.sends)
    const deliveries = since(before.deliveries, current.deliveries)
    const refused = total(current.errors) - total(before.errors)
    const faults = total(current.errors.filter(isFault)) - total(before.errors.filter(isFault))
    samples.push({
      at: now(),
      connections: current.connections.active,
      users: current.users,
      messagesPerS: round((sends.at(-1)?.[1] ?? 0) / seconds),
      deliveriesPerS: round((current.delivered - before.delivered) / seconds),
      refusedPerS: round((refused - faults) / seconds),
      faultsPerS: round(faults / seconds),
      sendP50Ms: quantileMs(sends, 0.5),
      sendP99Ms: quantileMs(sends, 0.99),
      deliveryP99Ms: quantileMs(deliveries, 0.99),
      loopLagMs: round(Math.max(0, loop.percentile(99) / 1e6 - LOOP_RESOLUTION_MS)),
      cpu: round((current.cpuUs - before.cpuUs) / 1e6 / seconds),
      memoryBytes: process.memoryUsage.rss(),
      queuedBytes: current.queuedBytes,
    })
    loop.reset()
    samples.splice(0, samples.length - MAX_SAMPLES)
    before = current
  }

  const timer = setInterval(() => void sample().catch(report), EVERY_MS)
  timer.unref()
  return {
    since: (at) => samples.filter((one) => one.at > at),
    sample,
    [Symbol.dispose]() {
      clearInterval(timer)
      loop.disable()
    },
  }
}

/** What only grows: two of them say what happened between. */
interface Counted extends Measured {
  readonly delivered: number
  readonly cpuUs: number
  readonly atMs: number
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

const isFault = ({ code }: { readonly code: string }): boolean => FAULTS.has(code)

const total = (counts: readonly { readonly count: number }[]): number =>
  counts.reduce((sum, { count }) => sum + count, 0)

const round = (value: number): number => Math.round(value * 100) / 100

/** What came into each bucket between the two. */
function since(before: Buckets, after: Buckets): Buckets {
  const earlier = new Map(before)
  return after.map(([bound, count]) => [bound, count - (earlier.get(bound) ?? 0)])
}

/**
 * The value under which so large a part lies, taken to lie evenly within its bucket, as Prometheus does; `null` when
 * there was nothing.
 */
export function quantileMs(buckets: Buckets, part: number): number | null {
  const count = buckets.at(-1)?.[1] ?? 0
  if (count === 0) return null
  const rank = part * count
  const at = buckets.findIndex(([, upTo]) => upTo >= rank)
  const [bound, upTo] = buckets[at] ?? [0, 0]
  const [lower, below] = buckets[at - 1] ?? [0, 0]
  // Nothing more is known of what took longer than the last bound.
  if (bound === Number.POSITIVE_INFINITY) return round(lower * 1000)
  const within = upTo === below ? 1 : (rank - below) / (upTo - below)
  return round((lower + (bound - lower) * within) * 1000)
}
