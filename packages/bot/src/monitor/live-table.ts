import { meterOf } from '../voice/speech-detector.ts'
import type { Measurement, PersonMeasurement } from './measurement.ts'

const METER_CELLS = 10
const NAME_WIDTH = 22
const HEAD = ['', 'name', 'level', '   dB', 'spoke', 'loss', 'jitter', 'kbit/s'] as const

/** Minutes and seconds. */
export function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

export const percent = (share: number | null): string => (share === null ? '–' : `${(share * 100).toFixed(1)} %`)
export const milliseconds = (ms: number | null): string => (ms === null ? '–' : `${ms.toFixed(ms < 10 ? 1 : 0)} ms`)

const clip = (text: string, width: number): string => {
  const letters = [...text]
  return letters.length <= width
    ? text.padEnd(width - letters.length + text.length)
    : `${letters.slice(0, width - 1).join('')}…`
}

function meter(levelDb: number | null): string {
  const full = levelDb === null ? 0 : Math.round(meterOf(-levelDb) * METER_CELLS)
  return '█'.repeat(full).padEnd(METER_CELLS, '·')
}

function row(person: PersonMeasurement): string {
  const { levelDb } = person
  return [
    person.isSpeaking ? '▶' : person.isMuted ? '✕' : ' ',
    clip(person.name, NAME_WIDTH),
    meter(levelDb),
    (levelDb === null ? '–' : levelDb.toFixed(0)).padStart(4),
    clockOf(person.spokeMs).padStart(6),
    percent(person.loss).padStart(8),
    milliseconds(person.jitterMs).padStart(8),
    (person.bitsPerSecond / 1000).toFixed(0).padStart(7),
  ].join(' ')
}

/** The monitor's picture, line by line: who is in voice and how each is heard. */
export function liveTable(
  roomName: string,
  { topology, isConnected, roundTripMs, uplinkLoss, people }: Measurement,
): string[] {
  const way = topology === 'sfu' ? 'through a media server' : 'from person to person'
  const state = isConnected || people.length === 0 ? way : `${way}, not connected`
  return [
    `${roomName} · ${state} · round trip ${milliseconds(roundTripMs)} · lost on the way out ${percent(uplinkLoss)}`,
    '',
    ...(people.length === 0
      ? ['Nobody else is in voice.']
      : [
          [
            HEAD[0].padEnd(1),
            HEAD[1].padEnd(NAME_WIDTH),
            HEAD[2].padEnd(METER_CELLS),
            '  dB',
            HEAD[4].padStart(6),
            HEAD[5].padStart(8),
            HEAD[6].padStart(8),
            HEAD[7].padStart(7),
          ].join(' '),
          ...people.map(row),
          '',
          '▶ speaks   ✕ muted   loss and kbit/s: of the last second',
        ]),
  ]
}
