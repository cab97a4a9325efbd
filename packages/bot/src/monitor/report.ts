import { escapeMarkup, linePlot, type PlotLine, turnPlot } from './line-plot.ts'
import { clockOf, milliseconds, percent } from './live-table.ts'
import type { PersonMeasurement } from './measurement.ts'
import { type MonitorLog, overlapMs } from './monitor-log.ts'

const COLORS = ['#c2410c', '#1d4ed8', '#0f766e', '#a16207', '#7e22ce', '#be185d', '#4d7c0f', '#0369a1']
const SILENCE_DB = -60

const STYLE = `
:root { color-scheme: light dark; --paper: #f8fafc; --ink: #0f172a; --soft: #64748b; --line: #e2e8f0 }
@media (prefers-color-scheme: dark) { :root { --paper: #0f1526; --ink: #e6eaf2; --soft: #94a3b8; --line: #26304a } }
body { margin: 0 auto; padding: 32px 20px 64px; max-width: 940px; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
h1 { font-size: 24px; margin: 0 0 4px } p { color: var(--soft); margin: 0 0 24px }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums } th { font-weight: 600; color: var(--soft) }
th, td { padding: 6px 10px; border-bottom: 1px solid var(--line); text-align: right } th:first-child, td:first-child { text-align: start }
i { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-inline-end: 8px }
figure { margin: 32px 0 0 } figcaption { font-weight: 600; margin-bottom: 6px } svg { width: 100%; height: auto; font-size: 13px; fill: var(--ink) }
.grid { stroke: var(--line) } .axis { fill: var(--soft); font-size: 11px }
`

interface Summary {
  readonly userId: string
  readonly name: string
  readonly color: string
  readonly spokeMs: number
  readonly turns: number
  readonly lost: number
  readonly received: number
  readonly jitterMs: number | null
}

/** What a monitor saw, as one HTML page that needs nothing else. Times are UTC. */
export function monitorReport(log: MonitorLog): string {
  const people = summaries(log)
  const span = { from: log.startedAt, to: log.endedAt }
  const lines = (value: (person: PersonMeasurement) => number | null): PlotLine[] =>
    people.map(({ userId, name, color }) => ({
      label: name,
      color,
      points: log.measurements.map((measurement) => {
        const person = measurement.people.find((candidate) => candidate.userId === userId)
        return { at: measurement.at, value: person === undefined ? null : value(person) }
      }),
    }))
  const ours = (label: string, color: string, pick: 'roundTripMs' | 'uplinkLoss', factor: number): PlotLine => ({
    label,
    color,
    points: log.measurements.map((measurement) => {
      const value = measurement[pick]
      return { at: measurement.at, value: value === null ? null : value * factor }
    }),
  })
  const plots = [
    turnPlot(
      people.map(({ userId, name, color }) => ({ name, color, turns: log.turns.filter((t) => t.userId === userId) })),
      span,
    ),
    linePlot({
      title: 'Level, dB',
      ...span,
      low: SILENCE_DB,
      high: 0,
      lines: lines(({ levelDb }) => levelDb ?? SILENCE_DB),
    }),
    linePlot({
      title: 'Lost packets, %',
      ...span,
      low: 0,
      high: 1,
      lines: lines(({ loss }) => (loss === null ? null : loss * 100)),
    }),
    linePlot({ title: 'Jitter, ms', ...span, low: 0, high: 10, lines: lines(({ jitterMs }) => jitterMs) }),
    linePlot({
      title: 'Round trip of the bot, ms',
      ...span,
      low: 0,
      high: 10,
      lines: [ours('Round trip', '#c2410c', 'roundTripMs', 1)],
    }),
    linePlot({
      title: 'Lost on the way from the bot, %',
      ...span,
      low: 0,
      high: 1,
      lines: [ours('Lost', '#1d4ed8', 'uplinkLoss', 100)],
    }),
  ]
  const room = escapeMarkup(log.roomName)
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Voice in ${room}</title><style>${STYLE}</style></head><body>`,
    `<h1>Voice in ${room}</h1>`,
    `<p>${escapeMarkup(headline(log))}</p>`,
    people.length === 0 ? '<p>Nobody else was in voice.</p>' : peopleTable(people),
    ...(people.length === 0 ? [] : plots),
    '</body></html>',
    '',
  ].join('\n')
}

function headline(log: MonitorLog): string {
  const day = new Date(log.startedAt).toISOString()
  const parts = [
    `${day.slice(0, 10)} from ${day.slice(11, 19)} UTC, ${clockOf(log.endedAt - log.startedAt)} minutes`,
    `two or more spoke at once for ${clockOf(overlapMs(log.turns))}`,
    ...(log.rejoins === 0 ? [] : [`the bot’s media began anew ${log.rejoins === 1 ? 'once' : `${log.rejoins} times`}`]),
  ]
  return `${parts.join(' · ')}.`
}

/** A person comes and goes: the counts of each stay add up. */
function summaries(log: MonitorLog): Summary[] {
  return [...log.names].map(([userId, name], index) => {
    const seen = log.measurements.flatMap(({ people }) => people.filter((person) => person.userId === userId))
    const turns = log.turns.filter((turn) => turn.userId === userId)
    const jitters = seen.flatMap(({ jitterMs }) => (jitterMs === null ? [] : [jitterMs])).sort((a, b) => a - b)
    return {
      userId,
      name,
      color: COLORS[index % COLORS.length] ?? '#64748b',
      spokeMs: turns.reduce((sum, { from, to }) => sum + to - from, 0),
      turns: turns.length,
      lost: grown(seen.map(({ lost }) => lost)),
      received: grown(seen.map(({ received }) => received)),
      jitterMs: jitters[Math.floor(jitters.length / 2)] ?? null,
    }
  })
}

/** The growth of a counter that may begin anew. */
const grown = (values: readonly number[]): number =>
  values.reduce((sum, value, index) => {
    const before = values[index - 1] ?? 0
    return sum + (value >= before ? value - before : value)
  }, 0)

function peopleTable(people: readonly Summary[]): string {
  const rows = people.map(({ name, color, spokeMs, turns, lost, received, jitterMs }) => {
    const share = lost + received === 0 ? null : lost / (lost + received)
    const cells = [clockOf(spokeMs), String(turns), percent(share), milliseconds(jitterMs), String(received)]
    return `<tr><td><i style="background:${color}"></i>${escapeMarkup(name)}</td>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
  })
  return `<table><thead><tr><th>Person</th><th>Spoke</th><th>Turns</th><th>Lost</th><th>Jitter, median</th><th>Packets</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}
