import type { FanoutOptions, FanoutRow, Round } from '../fanout.ts'
import { type Machine, machineLine } from '../machine.ts'
import { type Spread, spreadOf } from '../statistics.ts'
import { type Verdict, verdictOf } from '../target.ts'
import { type BarChart, barCharts } from './bar-chart.ts'
import type { Report } from './save-report.ts'
import { type Cells, markdownTable } from './table.ts'
import { verdictTable } from './verdict-table.ts'

interface Target {
  readonly peer: string
  readonly against: string
  readonly ratio: (people: number) => number
}

/** In a small room with much talk, several messages share one write: more is asked there. */
const SMALL_ROOM = 50
const TARGETS: readonly Target[] = [
  { peer: 'parley-messenger', against: 'socket-io', ratio: (people) => (people <= SMALL_ROOM ? 0.45 : 0.55) },
  { peer: 'parley-rooms', against: 'ws', ratio: () => 0.7 },
  { peer: 'parley-rooms', against: 'mosquitto', ratio: () => 1 },
]

const over = (row: FanoutRow, figure: (round: Round) => number): Spread => spreadOf(row.rounds.map(figure))

/** The ratio of CPU per delivery, round by round: both of a round were measured within seconds of each other. */
function ratios(row: FanoutRow, against: FanoutRow): Spread {
  return spreadOf(
    row.rounds.flatMap((round, index) => {
      const other = against.rounds[index]
      return other ? [round.cpuMicrosPerDelivery / other.cpuMicrosPerDelivery] : []
    }),
  )
}

/** Every target whose two sides were measured. */
export function fanoutVerdicts(rows: readonly FanoutRow[]): Verdict[] {
  return TARGETS.flatMap(({ peer, against, ratio }) =>
    rows
      .filter((row) => row.peer === peer)
      .flatMap((row) => {
        const other = rows.find((candidate) => candidate.peer === against && candidate.people === row.people)
        if (!other) return []
        return [verdictOf(`${row.label} / ${other.label}, ${row.people} people`, ratio(row.people), ratios(row, other))]
      }),
  )
}

function lossNote(rows: readonly FanoutRow[]): string {
  const lossy = rows.filter((row) => row.rounds.some((round) => round.delivered !== round.expected))
  if (lossy.length === 0) return 'Every message arrived at everybody who should have got it, on every server.'
  return lossy
    .map((row) => {
      const missing = row.rounds.reduce((sum, round) => sum + round.expected - round.delivered, 0)
      return `**${row.label} at ${row.people} people: ${missing} deliveries did not arrive in time.**`
    })
    .join('\n')
}

function chart(
  rows: readonly FanoutRow[],
  texts: Pick<BarChart, 'title' | 'valueAxis'>,
  figure: (round: Round) => number,
): BarChart {
  const sizes = [...new Set(rows.map((row) => row.people))]
  return {
    ...texts,
    groupAxis: 'people in the room',
    groups: sizes.map((people) => {
      const same = rows.filter((row) => row.people === people)
      return {
        label: `${people} (${same[0]?.messagesPerSecond} messages/s)`,
        bars: same.map((row) => {
          const { median, min, max } = over(row, figure)
          return { series: row.label, value: median, low: min, high: max }
        }),
      }
    }),
  }
}

/** Table, plot and data of a fanout run. */
export function reportFanout(machine: Machine, options: FanoutOptions, rows: readonly FanoutRow[]): Report {
  const cells: Cells = [
    ['server', 'people', 'messages/s', 'µs CPU/delivery', 'rounds', 'of a core', 'p50 ms', 'p99 ms'],
    ...rows.map((row) => {
      const cpu = over(row, (round) => round.cpuMicrosPerDelivery)
      return [
        row.label,
        String(row.people),
        String(row.messagesPerSecond),
        cpu.median.toFixed(2),
        `${cpu.min.toFixed(2)} – ${cpu.max.toFixed(2)}`,
        `${(over(row, (round) => round.cpuShare).median * 100).toFixed(0)} %`,
        over(row, (round) => round.p50Ms).median.toFixed(2),
        over(row, (round) => round.p99Ms).median.toFixed(2),
      ]
    }),
  ]
  const verdicts = fanoutVerdicts(rows)
  const text = [
    '# Fan-out',
    `${options.rounds} rounds of ${options.seconds} s for each server and size, the servers taking turns; ${options.deliveriesPerSecond} deliveries a second in every room, the messages coming at random from its members, in each round the same for all servers. Figures are medians of the rounds; CPU is the server process's own user and system time, divided by the deliveries that arrived.`,
    machineLine(machine),
    markdownTable(cells),
    lossNote(rows),
    ...(verdicts.length === 0 ? [] : ['## Targets', verdictTable(verdicts, (value) => value.toFixed(2))]),
  ].join('\n\n')
  const svg = barCharts(
    [
      chart(
        rows,
        { title: 'Server CPU per delivery (less is better)', valueAxis: 'µs per delivery' },
        (round) => round.cpuMicrosPerDelivery,
      ),
      chart(rows, { title: 'Latency, median', valueAxis: 'ms' }, (round) => round.p50Ms),
      chart(rows, { title: 'Latency, 99th percentile', valueAxis: 'ms' }, (round) => round.p99Ms),
    ],
    machineLine(machine),
  )
  const { people, deliveriesPerSecond, seconds, rounds } = options
  return { text, svg, data: { machine, options: { people, deliveriesPerSecond, seconds, rounds }, rows, verdicts } }
}
