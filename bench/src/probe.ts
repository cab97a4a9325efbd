import cluster from 'node:cluster'
import { answerParent } from './remote-calls.ts'

/** What the measured process says of itself. */
export interface Usage {
  /** User and system time since its start, in microseconds. */
  readonly cpuMicros: number
  readonly rssBytes: number
  readonly heapBytes: number
  readonly externalBytes: number
}

const usage = ({ collect }: { readonly collect: boolean }): Usage => {
  if (collect) {
    // The second pass frees what finalizers of the first one let go of.
    globalThis.gc?.()
    globalThis.gc?.()
  }
  const memory = process.memoryUsage()
  const cpu = process.cpuUsage()
  return {
    cpuMicros: cpu.user + cpu.system,
    rssBytes: memory.rss,
    heapBytes: memory.heapUsed,
    externalBytes: memory.external,
  }
}

const handlers = { usage }
export type ProbeCalls = typeof handlers

// Preloaded with `--import` into every Node server that is measured: it listens, and does nothing until asked.
// A worker's channel is its primary's: it lives by it.
if (cluster.isPrimary) {
  answerParent(handlers)
  process.channel?.unref()
}
