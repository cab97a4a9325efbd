import { type Machine, machineLine } from '../machine.ts'
import { STANDING_WORK, type StandingOptions, type StandingResult, type StandingWork } from '../standing.ts'
import { barCharts } from './bar-chart.ts'
import type { Report } from './save-report.ts'
import { type Cells, markdownTable } from './table.ts'

/** Table, plot and data of what goes on all the time. */
export function reportStanding(machine: Machine, options: StandingOptions, result: StandingResult): Report {
  const works = Object.keys(STANDING_WORK) as StandingWork[]
  const cells: Cells = [
    ['what', 'µs node', 'µs Redis', 'µs PostgreSQL'],
    ...works.map((work) => {
      const { node, redis, database } = result.costs[work]
      return [STANDING_WORK[work], node.toFixed(2), redis.toFixed(2), database.toFixed(2)]
    }),
  ]
  const memory: Cells = [
    ['in Redis', 'bytes'],
    ...Object.entries(result.redisBytes).map(([name, bytes]) => [name, bytes.toFixed(0)]),
  ]
  const text = [
    '# What goes on all the time',
    'CPU time, user and system, of the node’s process, of a Redis without persistence and of a PostgreSQL with it, for one of each: the core on its real stores, without wires. A few thousand of each, one kind after the other; work of the database is read in hundredths of a second, so its small figures are coarse. Two hundred people, chats of five, rooms of one.',
    machineLine(machine),
    markdownTable(cells),
    markdownTable(memory),
  ].join('\n\n')
  const bar = (series: string, value: number) => ({ series, value, low: value, high: value })
  const svg = barCharts(
    [
      {
        title: 'CPU for one of each (less is better)',
        valueAxis: 'µs',
        groupAxis: 'what is done',
        groups: works.map((work) => {
          const { node, redis, database } = result.costs[work]
          return { label: work, bars: [bar('node', node), bar('Redis', redis), bar('PostgreSQL', database)] }
        }),
      },
    ],
    machineLine(machine),
  )
  return { text, svg, data: { machine, options, ...result } }
}
