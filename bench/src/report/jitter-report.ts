import type { JitterOptions } from '../jitter.ts'
import type { Machine } from '../machine.ts'
import type { ReturnRow } from '../returns.ts'
import { type ReturnsBench, reportReturns } from './returns-report.ts'
import type { Report } from './save-report.ts'

export const JITTER_HEADLINE: ReturnsBench['headline'] = {
  name: '99th percentile from sending to arrival',
  of: ({ latencyMs }) => latencyMs,
  at: 'p99',
}

/** Table, plot and data of a jitter run. */
export function reportJitter(machine: Machine, options: JitterOptions, rows: readonly ReturnRow[]): Report {
  const { crowds, perSecond, everyMs, awayMs, seconds, rounds } = options
  return reportReturns(
    machine,
    {
      title: 'Jitter',
      about: `Each client's line is reset every ${everyMs / 1000} s, at times of its own, and the network is away for ${awayMs / 1000} s: attempts in that time fail at once. Meanwhile ${perSecond} messages a second are written in each room. ${rounds} rounds of ${seconds} s on each server, taking turns, each on one process and in memory. Clients try again as their SDKs do, so they are away for longer than the network: Parley's after up to 0.5 s, 0.5–1 s, 1–2 s more, Socket.IO's after 0.5–1.5 s, 1–3 s more. No client is told that the network is back, as a browser would tell it.`,
      headline: JITTER_HEADLINE,
      axis: 's',
      options: { crowds, perSecond, everyMs, awayMs, seconds, rounds },
    },
    rows,
  )
}
