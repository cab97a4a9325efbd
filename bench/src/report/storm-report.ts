import type { Machine } from '../machine.ts'
import type { ReturnRow } from '../returns.ts'
import type { StormOptions } from '../storm.ts'
import { type ReturnsBench, reportReturns } from './returns-report.ts'
import type { Report } from './save-report.ts'

export const STORM_HEADLINE: ReturnsBench['headline'] = {
  name: 'the last one whole',
  of: ({ wholeMs }) => wholeMs,
  at: 'max',
}

/** Table, plot and data of a storm. */
export function reportStorm(machine: Machine, options: StormOptions, rows: readonly ReturnRow[]): Report {
  const { crowds, perSecond, calmSeconds, rounds } = options
  return reportReturns(
    machine,
    {
      title: 'Storm',
      about: `All lines are reset at the same moment, while in each room somebody else goes on writing ${perSecond} messages a second; ${rounds} rounds on each server, taking turns. Everything is on one process and in memory. Parley's clients come back as its SDK does (up to 0.5 s the first time, then 0.5–1 s, 1–2 s, doubled up to 10–20 s), Socket.IO's as socket.io-client does when nothing is set (0.5–1.5 s, then 1–3 s, up to 5 s): part of the difference is theirs. Socket.IO recovers by its connection state recovery, from memory.`,
      headline: STORM_HEADLINE,
      axis: 's after the cut',
      options: { crowds, perSecond, calmSeconds, rounds },
    },
    rows,
  )
}
