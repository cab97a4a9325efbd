import type { CapacityOptions, CapacityRow } from '../capacity.ts'
import { type Machine, machineLine } from '../machine.ts'
import { barCharts } from './bar-chart.ts'
import type { Report } from './save-report.ts'
import { type Cells, markdownTable } from './table.ts'

const held = ({ steps }: CapacityRow): number => steps.at(-1)?.connections ?? 0

/** Resident kB for each connection, from the first step to the last: what a process needs by itself is not in it. */
function growthKb({ steps }: CapacityRow): number {
  const [first, last] = [steps[0], steps.at(-1)]
  if (first === undefined || last === undefined || first === last) return Number.NaN
  return (last.rssBytes - first.rssBytes) / (last.connections - first.connections) / 1000
}

/** Table, plot and data of a capacity run. */
export function reportCapacity(machine: Machine, options: CapacityOptions, rows: readonly CapacityRow[]): Report {
  const { step, most } = options
  const cells: Cells = [
    [
      'server',
      'processes',
      'connections held',
      'MB resident',
      'kB for each',
      'TCP MB of the machine',
      'last step s',
      'what stopped it',
    ],
    ...rows.map((row) => {
      const last = row.steps.at(-1)
      const megabytes = (bytes: number | undefined): string => (bytes === undefined ? '' : (bytes / 1e6).toFixed(0))
      const growth = growthKb(row)
      return [
        row.label,
        String(row.processes),
        String(held(row)),
        megabytes(last?.rssBytes),
        Number.isNaN(growth) ? '' : growth.toFixed(1),
        megabytes(last?.tcpBytes),
        last?.seconds.toFixed(1) ?? '',
        row.stoppedBy ?? 'nothing: no more were asked for',
      ]
    }),
  ]
  const text = [
    '# Capacity',
    `Silent connections in steps of ${step} up to ${most}, from a new address each step, until a server takes no more. Resident memory is that of all of a server's processes, without collecting garbage; kB for each is its growth from the first step to the last.`,
    machineLine(machine),
    markdownTable(cells),
  ].join('\n\n')
  const bars = rows.map((row) => ({ series: row.label, value: held(row), low: held(row), high: held(row) }))
  const svg = barCharts(
    [
      {
        title: 'Connections held',
        valueAxis: 'connections',
        groupAxis: `asked for: ${most}`,
        groups: [{ label: 'idle', bars }],
      },
    ],
    machineLine(machine),
  )
  return { text, svg, data: { machine, options: { step, most }, rows } }
}
