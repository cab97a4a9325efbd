import type { AppendOptions, AppendRound, AppendRow } from '../append.ts'
import { type Machine, machineLine } from '../machine.ts'
import { type Spread, spreadOf } from '../statistics.ts'
import { type Verdict, verdictOf } from '../target.ts'
import { barCharts } from './bar-chart.ts'
import type { Report } from './save-report.ts'
import { type Cells, markdownTable } from './table.ts'
import { verdictTable } from './verdict-table.ts'

type Series = keyof AppendRound

const SERIES: Readonly<Record<Series, string>> = {
  parley: 'Parley, acknowledged',
  oneByOne: 'bare driver, one by one',
  inHundreds: 'bare driver, in hundreds',
  byOneStatement: 'bare driver, a hundred in one statement',
}

/** Parley must be so many times as fast as these. */
const TARGETS: readonly { readonly series: Series; readonly times: number }[] = [
  { series: 'oneByOne', times: 3 },
  { series: 'inHundreds', times: 0.5 },
]

const speeds = (row: AppendRow, series: Series): Spread => spreadOf(row.rounds.map((round) => round[series]))
/** How much longer a message takes than a row: of two rounds of the same number. */
const cost = (row: AppendRow, series: Series): Spread =>
  spreadOf(row.rounds.map((round) => round[series] / round.parley))
const ratio = (value: number): string => value.toFixed(2)
const conversationsOf = (count: number): string => (count === 1 ? 'one conversation' : `${count} conversations`)

/** Every target, as the time of a message in times of a row: at most the inverse of how much faster it is to be. */
export function appendVerdicts(rows: readonly AppendRow[]): Verdict[] {
  return rows.flatMap((row) =>
    TARGETS.map(({ series, times }) =>
      verdictOf(
        `${row.label}, ${conversationsOf(row.conversations)}: a message / a row of the ${SERIES[series]}`,
        1 / times,
        cost(row, series),
      ),
    ),
  )
}

/** Table, plot and data of an append run. */
export function reportAppend(machine: Machine, options: AppendOptions, rows: readonly AppendRow[]): Report {
  const series = Object.keys(SERIES) as Series[]
  const cells: Cells = [
    ['database', 'conversations', 'what', 'a second', 'rounds', 'Parley is so many times as fast'],
    ...rows.flatMap((row) =>
      series.map((one) => {
        const { median, min, max } = speeds(row, one)
        const faster = spreadOf(row.rounds.map((round) => round.parley / round[one])).median
        const times = one === 'parley' ? '' : ratio(faster)
        const range = `${min.toFixed(0)} – ${max.toFixed(0)}`
        return [row.label, String(row.conversations), SERIES[one], median.toFixed(0), range, times]
      }),
    ),
  ]
  const verdicts = appendVerdicts(rows)
  const text = [
    '# Append',
    `Acknowledged messages a second: ${options.senders} senders, each of whom writes when the message before is acknowledged, through the core as every wire does (permission, idempotency, counter, message). Beside it rows of the same table, with all of its indexes, by the bare driver on one connection: each in a transaction of its own; a hundred in one transaction, by one prepared statement for each; and the same hundred by a single statement, which no server could do whose messages come one at a time. Median of ${options.rounds} rounds of ${options.messages} messages, taking turns on one database that is as durable as in production.`,
    machineLine(machine),
    markdownTable(cells),
    '## Targets',
    'Time of a message in times of a row: 0.33 is three times as fast, 2 is half as fast.',
    verdictTable(verdicts, ratio),
  ].join('\n\n')
  const databases = [...new Set(rows.map(({ label }) => label))]
  const charts = databases.map((label) => ({
    title: `${label}: stored a second (more is better)`,
    valueAxis: 'messages or rows a second',
    groupAxis: 'what is written in',
    groups: rows
      .filter((row) => row.label === label)
      .map((row) => ({
        label: conversationsOf(row.conversations),
        bars: series.map((one) => {
          const { median, min, max } = speeds(row, one)
          return { series: SERIES[one], value: median, low: min, high: max }
        }),
      })),
  }))
  return { text, svg: barCharts(charts, machineLine(machine)), data: { machine, options, rows, verdicts } }
}
