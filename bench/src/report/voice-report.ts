import { type Machine, machineLine } from '../machine.ts'
import { type Spread, spreadOf } from '../statistics.ts'
import { type Verdict, verdictOf } from '../target.ts'
import type { VoiceOptions, VoiceRound, VoiceRow } from '../voice.ts'
import { type BarChart, barCharts } from './bar-chart.ts'
import type { Report } from './save-report.ts'
import { type Cells, markdownTable } from './table.ts'
import { verdictTable } from './verdict-table.ts'

/** What our own server may use for a room, in percent of what Janus uses for it. */
const SERVER_TARGET_PERCENT = 5

const over = (row: VoiceRow, figure: (round: VoiceRound) => number): Spread => spreadOf(row.rounds.map(figure))
const lossOf = ({ lost, received }: VoiceRound): number => (lost + received === 0 ? 0 : lost / (lost + received))
const percent = (share: number, digits: number): string => `${(share * 100).toFixed(digits)} %`

/** What a room costs: what is used with it, less what is used without. */
const ofRoom = (row: VoiceRow, part: 'janusShare' | 'serverShare') => (round: VoiceRound) =>
  Math.max(0, round[part] - row.idle[part])

/** What was to be reached, for each size of room. */
export function voiceVerdicts(rows: readonly VoiceRow[]): Verdict[] {
  return rows.map((row) =>
    verdictOf(
      `CPU of Parley's server for a room, % of Janus's, ${row.people} people`,
      SERVER_TARGET_PERCENT,
      over(row, (round) => (ofRoom(row, 'serverShare')(round) / ofRoom(row, 'janusShare')(round)) * 100),
    ),
  )
}

function chart(
  rows: readonly VoiceRow[],
  texts: Pick<BarChart, 'title' | 'valueAxis'>,
  series: Readonly<Record<string, (round: VoiceRound, row: VoiceRow) => number>>,
): BarChart {
  return {
    ...texts,
    groupAxis: 'people in the room, all talking',
    groups: rows.map((row) => ({
      label: `${row.people} (${over(row, ({ packetsPerSecond }) => packetsPerSecond).median.toFixed(0)} packets/s)`,
      bars: Object.entries(series).map(([name, figure]) => {
        const { median, min, max } = over(row, (round) => figure(round, row))
        return { series: name, value: median, low: min, high: max }
      }),
    })),
  }
}

const idleLine = (rows: readonly VoiceRow[]): string => {
  const median = (part: 'janusShare' | 'serverShare'): string =>
    percent(spreadOf(rows.map(({ idle }) => idle[part])).median, 2)
  return `Janus ${median('janusShare')}, the server ${median('serverShare')}, which looks after Janus among other things`
}

/** Table, plot and data of a voice run. */
export function reportVoice(machine: Machine, options: VoiceOptions, rows: readonly VoiceRow[]): Report {
  const cells: Cells = [
    [
      'people',
      'packets/s',
      'lost',
      'jitter p50',
      'jitter p99',
      'round trip',
      'Janus',
      'µs/packet',
      'server',
      'Janus MB',
      'rejoins',
    ],
    ...rows.map((row) => [
      String(row.people),
      over(row, ({ packetsPerSecond }) => packetsPerSecond).median.toFixed(0),
      percent(over(row, lossOf).median, 3),
      `${over(row, ({ jitterP50Ms }) => jitterP50Ms).median.toFixed(1)} ms`,
      `${over(row, ({ jitterP99Ms }) => jitterP99Ms).median.toFixed(1)} ms`,
      `${over(row, ({ roundTripP50Ms }) => roundTripP50Ms).median.toFixed(1)} ms`,
      percent(over(row, ofRoom(row, 'janusShare')).median, 1),
      over(row, (round) => (ofRoom(row, 'janusShare')(round) / round.packetsPerSecond) * 1e6).median.toFixed(1),
      percent(over(row, ofRoom(row, 'serverShare')).median, 2),
      (row.janusBytes / 1e6).toFixed(0),
      String(row.rounds.reduce((sum, { rejoins }) => sum + rejoins, 0)),
    ]),
  ]
  const verdicts = voiceVerdicts(rows)
  const text = [
    '# Voice',
    `${options.rounds} rounds of ${options.seconds} s in a room of each size, all of its people talking: two seconds of tone, a pause, again, 50 packets a second from each throughout. Janus and server: the processes' own user and system time, of one core, for the room: less what each uses when nobody is there (${idleLine(rows)}). Figures are medians of the rounds. Packets are those that Janus passed on to somebody. The people are bots in one process beside the server, whose event loop is part of jitter and round trip.`,
    machineLine(machine),
    markdownTable(cells),
    '## Targets',
    verdictTable(verdicts, (value) => value.toFixed(2)),
  ].join('\n\n')
  const svg = barCharts(
    [
      chart(
        rows,
        { title: 'CPU for the room (less is better)', valueAxis: '% of a core' },
        {
          Janus: (round, row) => ofRoom(row, 'janusShare')(round) * 100,
          'Parley’s server': (round, row) => ofRoom(row, 'serverShare')(round) * 100,
        },
      ),
      chart(
        rows,
        { title: 'Jitter', valueAxis: 'ms' },
        { median: ({ jitterP50Ms }) => jitterP50Ms, '99th percentile': ({ jitterP99Ms }) => jitterP99Ms },
      ),
    ],
    machineLine(machine),
  )
  const { people, rounds, seconds, idleSeconds, warmUpSeconds } = options
  return {
    text,
    svg,
    data: { machine, options: { people, rounds, seconds, idleSeconds, warmUpSeconds }, rows, verdicts },
  }
}
