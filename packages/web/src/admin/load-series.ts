import type { admin } from '@parley/protocol'

type LoadSample = admin.LoadSample

const STEP_MS = 5000
/** A quarter of an hour. */
const MAX_STEPS = 180

/** What each node said of how it did, oldest first: behind a balancer now one of them answers, now another. */
export type LoadSeries = ReadonlyMap<string, readonly LoadSample[]>

/** With what this node said now; what it said before is not doubled. */
export function withSamples(series: LoadSeries, nodeId: string, samples: readonly LoadSample[]): LoadSeries {
  const known = series.get(nodeId) ?? []
  const lastAt = known.at(-1)?.at ?? 0
  const news = samples.filter(({ at }) => at > lastAt)
  return new Map(series).set(nodeId, [...known, ...news].slice(-MAX_STEPS))
}

/** When the last thing that this node said was. */
export const lastAt = (series: LoadSeries, nodeId: string): number => series.get(nodeId)?.at(-1)?.at ?? 0

/**
 * All nodes as one, in steps of five seconds: what adds up is added, of what is late or slow the worst is taken. For a
 * step in which a node was not asked, what it said before stands.
 */
export function clusterLoad(series: LoadSeries, nodeIds: readonly string[]): readonly LoadSample[] {
  const byNode = nodeIds.map((id) => byStep(series.get(id) ?? []))
  const steps = byNode.flatMap((samples) => [...samples.keys()])
  if (steps.length === 0) return []
  const last = Math.max(...steps)
  const first = Math.max(Math.min(...steps), last - MAX_STEPS + 1)
  const standing = byNode.map<LoadSample | null>(() => null)
  const merged: LoadSample[] = []
  for (let step = first; step <= last; step += 1) {
    for (const [at, samples] of byNode.entries()) standing[at] = samples.get(step) ?? standing[at] ?? null
    const known = standing.filter((sample) => sample !== null)
    if (known.length > 0) merged.push(sum(known, step * STEP_MS))
  }
  return merged
}

const byStep = (samples: readonly LoadSample[]): ReadonlyMap<number, LoadSample> =>
  new Map(samples.map((sample) => [Math.floor(sample.at / STEP_MS), sample]))

function sum(samples: readonly LoadSample[], at: number): LoadSample {
  const added = (name: SummedName): number => samples.reduce((total, sample) => total + sample[name], 0)
  const worst = (name: WorstName): number | null => {
    const values = samples.map((sample) => sample[name]).filter((value) => value !== null)
    return values.length === 0 ? null : Math.max(...values)
  }
  return {
    at,
    connections: added('connections'),
    users: added('users'),
    messagesPerS: added('messagesPerS'),
    deliveriesPerS: added('deliveriesPerS'),
    refusedPerS: added('refusedPerS'),
    faultsPerS: added('faultsPerS'),
    memoryBytes: added('memoryBytes'),
    queuedBytes: added('queuedBytes'),
    sendP50Ms: worst('sendP50Ms'),
    sendP99Ms: worst('sendP99Ms'),
    deliveryP99Ms: worst('deliveryP99Ms'),
    loopLagMs: worst('loopLagMs') ?? 0,
    cpu: worst('cpu') ?? 0,
  }
}

type SummedName =
  | 'connections'
  | 'users'
  | 'messagesPerS'
  | 'deliveriesPerS'
  | 'refusedPerS'
  | 'faultsPerS'
  | 'memoryBytes'
  | 'queuedBytes'
type WorstName = 'sendP50Ms' | 'sendP99Ms' | 'deliveryP99Ms' | 'loopLagMs' | 'cpu'
