import type { Quantiles } from '../load/returning/returning-load-process.ts'
import { type Machine, machineLine } from '../machine.ts'
import type { ReturnRound, ReturnRow } from '../returns.ts'
import { type Spread, spreadOf } from '../statistics.ts'
import { type Verdict, verdictOf } from '../target.ts'
import { type BarChart, barCharts } from './bar-chart.ts'
import type { Report } from './save-report.ts'
import { type Cells, markdownTable } from './table.ts'
import { verdictTable } from './verdict-table.ts'

/** What one bench of lines that break says of itself. */
export interface ReturnsBench {
  readonly title: string
  /** What was done, how often, to whom. */
  readonly about: string
  /** The figure that counts beside the peers: what it is called, and its part of a round, in ms. */
  readonly headline: {
    readonly name: string
    readonly of: (round: ReturnRound) => Quantiles
    readonly at: keyof Quantiles
  }
  /** As the plot calls it, with its unit. */
  readonly axis: string
  readonly options: object
}

const isParley = ({ peer }: ReturnRow): boolean => peer.startsWith('parley')
const over = (row: ReturnRow, figure: (round: ReturnRound) => number): Spread => spreadOf(row.rounds.map(figure))
const sum = (row: ReturnRow, figure: (round: ReturnRound) => number): number =>
  row.rounds.reduce((total, round) => total + figure(round), 0)
const lostIn = ({ expected, arrived }: ReturnRound): number => expected - arrived
const crowdOf = ({ people, rooms }: ReturnRow): string =>
  `${people} people in ${rooms === 1 ? 'one room' : `${rooms} rooms`}`
const seconds = (row: ReturnRow, figure: (round: ReturnRound) => number): string =>
  (over(row, figure).median / 1000).toFixed(2)

/** Nothing of ours may be lost, doubled, out of order or gone for good; and the headline is to be no worse than the peer's. */
export function returnsVerdicts(rows: readonly ReturnRow[], { headline }: Pick<ReturnsBench, 'headline'>): Verdict[] {
  return rows.filter(isParley).flatMap((row) => {
    const peers = rows.filter((other) => !isParley(other) && crowdOf(other) === crowdOf(row))
    const ratioTo = (peer: ReturnRow): Spread =>
      spreadOf(
        row.rounds.flatMap((round, index) => {
          const other = peer.rounds[index]
          return other ? [headline.of(round)[headline.at] / headline.of(other)[headline.at]] : []
        }),
      )
    const wrong = (round: ReturnRound): number => lostIn(round) + round.again + round.late
    return [
      verdictOf(`${row.label}, ${crowdOf(row)}: messages lost, doubled or out of order`, 0, over(row, wrong)),
      verdictOf(
        `${row.label}, ${crowdOf(row)}: clients never back`,
        0,
        over(row, ({ neverBack }) => neverBack),
      ),
      ...peers.map((peer) =>
        verdictOf(`${row.label} / ${peer.label}, ${crowdOf(row)}: ${headline.name}`, 1, ratioTo(peer)),
      ),
    ]
  })
}

const HEAD = [
  'server',
  'people',
  'rooms',
  'lines lost',
  'back p50 s',
  'p95 s',
  'last s',
  'last whole s',
  'never back',
  'arrived',
  'lost',
  'doubled',
  'out of order',
  'p99 ms',
  'p99 ms, there',
  'CPU ms/return',
]

function line(row: ReturnRow): string[] {
  const { expected, arrived } = { expected: sum(row, (r) => r.expected), arrived: sum(row, (r) => r.arrived) }
  const cpu = row.rounds.flatMap(({ serverCpuMs, losses }) => (serverCpuMs === null ? [] : [serverCpuMs / losses]))
  return [
    row.label,
    String(row.people),
    String(row.rooms),
    over(row, ({ losses }) => losses).median.toFixed(0),
    seconds(row, ({ backMs }) => backMs.p50),
    seconds(row, ({ backMs }) => backMs.p95),
    seconds(row, ({ backMs }) => backMs.max),
    sum(row, ({ neverWhole }) => neverWhole) === 0 ? seconds(row, ({ wholeMs }) => wholeMs.max) : 'never',
    String(sum(row, ({ neverBack }) => neverBack)),
    // 100 % is said only of all.
    arrived === expected ? '100 %' : `${(Math.floor((arrived / expected) * 1e5) / 1e3).toFixed(3)} %`,
    String(expected - arrived),
    String(sum(row, ({ again }) => again)),
    String(sum(row, ({ late }) => late)),
    over(row, ({ latencyMs }) => latencyMs.p99).median.toFixed(0),
    over(row, ({ liveLatencyMs }) => liveLatencyMs.p99).median.toFixed(0),
    cpu.length === 0 ? '' : spreadOf(cpu).median.toFixed(2),
  ]
}

function chart(
  rows: readonly ReturnRow[],
  title: string,
  axis: string,
  figure: (round: ReturnRound) => number,
): BarChart {
  return {
    title,
    valueAxis: axis,
    groupAxis: 'who is there',
    groups: [...new Set(rows.map(crowdOf))].map((label) => ({
      label,
      bars: rows
        .filter((row) => crowdOf(row) === label)
        .map((row) => {
          const { median, min, max } = over(row, figure)
          return { series: row.label, value: median, low: min, high: max }
        }),
    })),
  }
}

const LEGEND =
  'Lines lost: median of the rounds. Back: from the loss of a line until the client is in its room again; whole: until it also has all that was said meanwhile ("never" when somebody lacks a message for good). Arrived: of all messages for all clients, each counted once, over all rounds; lost, doubled and out of order likewise. p99: from sending to arrival, the time of being away included; "there": of messages sent while the client was there. CPU: the server\'s own user and system time over the whole window, divided by the lines lost. Other figures are medians of the rounds.'

/** Table, plot and data of a bench whose clients lose their lines. */
export function reportReturns(machine: Machine, bench: ReturnsBench, rows: readonly ReturnRow[]): Report {
  const cells: Cells = [HEAD, ...rows.map(line)]
  const verdicts = returnsVerdicts(rows, bench)
  const text = [
    `# ${bench.title}`,
    bench.about,
    LEGEND,
    machineLine(machine),
    markdownTable(cells),
    '## Targets',
    verdictTable(verdicts, (value) => value.toFixed(2)),
  ].join('\n\n')
  const { headline } = bench
  const svg = barCharts(
    [
      chart(rows, `${headline.name} (less is better)`, bench.axis, (round) => headline.of(round)[headline.at] / 1000),
      chart(rows, 'Messages that never arrived (less is better)', 'messages lost', lostIn),
    ],
    machineLine(machine),
  )
  return { text, svg, data: { machine, options: bench.options, rows, verdicts } }
}
