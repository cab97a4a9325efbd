import type { ConnectionsOptions, ConnectionsRow, Growth } from '../connections.ts'
import { type Machine, machineLine } from '../machine.ts'
import { spreadOf } from '../statistics.ts'
import { type Verdict, verdictOf } from '../target.ts'
import { type BarChart, barCharts } from './bar-chart.ts'
import type { Report } from './save-report.ts'
import { type Cells, markdownTable } from './table.ts'
import { verdictTable } from './verdict-table.ts'

const ROOMS_TARGET_KB = 12

const kilobytes = (rounds: readonly Growth[], part: keyof Growth) => spreadOf(rounds.map((round) => round[part] / 1000))
const shown = (value: number): string => value.toFixed(1)

/** Every target whose sides were measured, in kB. */
function connectionsVerdicts(rows: readonly ConnectionsRow[]): Verdict[] {
  const idleOf = (peer: string) => {
    const row = rows.find((candidate) => candidate.peer === peer)
    return row && kilobytes(row.idle, 'rssBytes')
  }
  const messenger = idleOf('parley-messenger')
  const socketIo = idleOf('socket-io')
  const rooms = idleOf('parley-rooms')
  return [
    ...(messenger && socketIo
      ? [verdictOf('kB a connection on the messenger wire: no more than bare Socket.IO', socketIo.median, messenger)]
      : []),
    ...(rooms ? [verdictOf('kB a connection on the rooms wire', ROOMS_TARGET_KB, rooms)] : []),
  ]
}

/** Table, plot and data of a connections run. */
export function reportConnections(
  machine: Machine,
  options: ConnectionsOptions,
  rows: readonly ConnectionsRow[],
): Report {
  const line = (row: ConnectionsRow, state: string, rounds: readonly Growth[]): string[] => {
    const rss = kilobytes(rounds, 'rssBytes')
    return [
      row.label,
      state,
      shown(rss.median),
      `${shown(rss.min)} – ${shown(rss.max)}`,
      shown(kilobytes(rounds, 'heapBytes').median),
      shown(kilobytes(rounds, 'externalBytes').median),
    ]
  }
  const cells: Cells = [
    ['server', 'state', 'kB resident', 'rounds', 'of it heap', 'of it buffers'],
    ...rows.flatMap((row) => [
      line(row, 'idle', row.idle),
      ...(row.joined.length === 0 ? [] : [line(row, 'in a room', row.joined)]),
    ]),
  ]
  const verdicts = connectionsVerdicts(rows)
  const text = [
    '# Connections',
    `Growth of the server process for each of ${options.connections} connections, after garbage collection; median of ${options.rounds} rounds, each with new processes. Idle: connected, authenticated (Parley), silent. In a room: the same connections in rooms of 50.`,
    machineLine(machine),
    markdownTable(cells),
    ...(verdicts.length === 0 ? [] : ['## Targets', verdictTable(verdicts, shown)]),
  ].join('\n\n')
  const bars = (state: 'idle' | 'joined'): BarChart['groups'][number]['bars'] =>
    rows
      .filter((row) => row[state].length > 0)
      .map((row) => {
        const { median, min, max } = kilobytes(row[state], 'rssBytes')
        return { series: row.label, value: median, low: min, high: max }
      })
  const groups = [
    { label: 'idle', bars: bars('idle') },
    { label: 'in a room of 50', bars: bars('joined') },
  ].filter((group) => group.bars.length > 0)
  const svg = barCharts(
    [
      {
        title: `Memory per connection at ${options.connections} connections (less is better)`,
        valueAxis: 'kB resident per connection',
        groupAxis: 'what the connection does',
        groups,
      },
    ],
    machineLine(machine),
  )
  const { connections, rounds } = options
  return { text, svg, data: { machine, options: { connections, rounds }, rows, verdicts } }
}
