import type { FanoutOptions, FanoutRow, Round } from '../fanout.ts'
import { type Machine, machineLine } from '../machine.ts'
import { type Spread, spreadOf } from '../statistics.ts'
import { type Verdict, verdictOf } from '../target.ts'
import { type BarChart, barCharts } from './bar-chart.ts'
import type { Report } from './save-report.ts'
import { type Cells, markdownTable } from './table.ts'
import { verdictTable } from './verdict-table.ts'

/** Against Socket.IO on as many processes; two processes of ours against one. */
const TARGETS: readonly { readonly peer: string; readonly against: string; readonly ratio: number }[] = [
  { peer: 'parley-two', against: 'socket-io-two', ratio: 0.55 },
  { peer: 'parley-two', against: 'parley-one', ratio: 1.3 },
]

const over = (row: FanoutRow, figure: (round: Round) => number): Spread => spreadOf(row.rounds.map(figure))
const wholeCost = (round: Round): number => round.cpuMicrosPerDelivery + round.busMicrosPerDelivery

const beside = (row: FanoutRow, other: FanoutRow, figure: (round: Round, otherRound: Round) => number): Spread =>
  spreadOf(row.rounds.flatMap((round, index) => (other.rounds[index] ? [figure(round, other.rounds[index])] : [])))

const named = (rows: readonly FanoutRow[], peer: string, people: number): FanoutRow | undefined =>
  rows.find((row) => row.peer === peer && row.people === people)

/** Every target whose two sides were measured. */
function clusterVerdicts(rows: readonly FanoutRow[]): Verdict[] {
  return TARGETS.flatMap(({ peer, against, ratio }) =>
    rows
      .filter((row) => row.peer === peer)
      .flatMap((row) => {
        const other = named(rows, against, row.people)
        if (!other) return []
        const measured = beside(row, other, (one, two) => wholeCost(one) / wholeCost(two))
        return [verdictOf(`${row.label} / ${other.label}, ${row.people} people`, ratio, measured)]
      }),
  )
}

/** What a message costs more on two processes than on one: the way over the bus, and Redis's part of it. */
function busLines(rows: readonly FanoutRow[]): string {
  const pairs = [
    ['parley-two', 'parley-one'],
    ['socket-io-two', 'socket-io-one'],
  ] as const
  const lines = pairs.flatMap(([two, one]) =>
    rows
      .filter((row) => row.peer === two)
      .flatMap((row) => {
        const other = named(rows, one, row.people)
        if (!other) return []
        const perMessage = (round: Round, micros: number): number => (micros * round.delivered) / round.sent
        const more = beside(row, other, (a, b) => perMessage(a, wholeCost(a)) - perMessage(b, wholeCost(b))).median
        const redis = over(row, (round) => perMessage(round, round.busMicrosPerDelivery)).median
        return [
          `- ${row.label}, ${row.people} people: ${more.toFixed(0)} µs a message, of them ${redis.toFixed(0)} µs Redis`,
        ]
      }),
  )
  return ['What a message costs more on two processes than on one (median of the rounds):', '', ...lines].join('\n')
}

function chart(
  rows: readonly FanoutRow[],
  texts: Pick<BarChart, 'title' | 'valueAxis'>,
  figure: (round: Round) => number,
): BarChart {
  return {
    ...texts,
    groupAxis: 'people in the room',
    groups: [...new Set(rows.map(({ people }) => people))].map((people) => ({
      label: String(people),
      bars: rows
        .filter((row) => row.people === people)
        .map((row) => {
          const { median, min, max } = over(row, figure)
          return { series: row.label, value: median, low: min, high: max }
        }),
    })),
  }
}

/** Table, plot and data of a cluster run. */
export function reportCluster(machine: Machine, options: FanoutOptions, rows: readonly FanoutRow[]): Report {
  const missing = rows.filter((row) => row.rounds.some(({ delivered, expected }) => delivered !== expected))
  const cells: Cells = [
    [
      'server',
      'people',
      'messages/s',
      'µs CPU/delivery',
      'of it Redis',
      'rounds',
      'deliveries/CPU s',
      'p50 ms',
      'p99 ms',
    ],
    ...rows.map((row) => {
      const cost = over(row, wholeCost)
      return [
        row.label,
        String(row.people),
        String(row.messagesPerSecond),
        cost.median.toFixed(2),
        over(row, ({ busMicrosPerDelivery }) => busMicrosPerDelivery).median.toFixed(2),
        `${cost.min.toFixed(2)} – ${cost.max.toFixed(2)}`,
        (1e6 / cost.median).toFixed(0),
        over(row, ({ p50Ms }) => p50Ms).median.toFixed(2),
        over(row, ({ p99Ms }) => p99Ms).median.toFixed(2),
      ]
    }),
  ]
  const verdicts = clusterVerdicts(rows)
  const text = [
    '# Cluster',
    `The same fan-out by one process, and by two on one machine and a Redis: ${options.rounds} rounds of ${options.seconds} s for each server and size, the servers taking turns; ${options.deliveriesPerSecond} deliveries a second in every room, whose people are spread evenly over the processes. Parley's two are \`WORKERS=2\`, rooms and bus on Redis, each message stored there; bare Socket.IO's are Node's cluster with \`@socket.io/redis-adapter\`, storing nothing. CPU is the user and system time of all processes of the server and of Redis, divided by the deliveries that arrived. Figures are medians of the rounds.`,
    machineLine(machine),
    markdownTable(cells),
    missing.length === 0
      ? 'Every message arrived at everybody who should have got it, on every server.'
      : `Messages are missing: ${missing.map(({ label, people }) => `${label}, ${people} people`).join('; ')}.`,
    busLines(rows),
    '## Targets',
    verdictTable(verdicts, (value) => value.toFixed(2)),
  ].join('\n\n')
  const svg = barCharts(
    [
      chart(rows, { title: 'CPU per delivery, Redis included (less is better)', valueAxis: 'µs' }, wholeCost),
      chart(rows, { title: 'Latency, 99th percentile', valueAxis: 'ms' }, ({ p99Ms }) => p99Ms),
    ],
    machineLine(machine),
  )
  const { people, deliveriesPerSecond, seconds, rounds } = options
  return { text, svg, data: { machine, options: { people, deliveriesPerSecond, seconds, rounds }, rows, verdicts } }
}
