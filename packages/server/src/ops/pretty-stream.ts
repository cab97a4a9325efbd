import type { DestinationStream } from 'pino'
import type { Output } from './output.ts'
import { redact } from './redact.ts'

const LEVELS: Readonly<Record<number, readonly [name: string, color: number]>> = {
  10: ['trace', 90],
  20: ['debug', 90],
  30: ['info', 36],
  40: ['warn', 33],
  50: ['error', 31],
  60: ['fatal', 31],
}
/** What a terminal would act on instead of showing it, and what would look like another line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g

/** One line a message, for a person: time, level, words, then the fields. */
export function createPrettyStream(output: Output): DestinationStream {
  const paint = (text: string, color: number): string => (output.isTTY ? `\u001b[${color}m${text}\u001b[0m` : text)
  return {
    write(json) {
      const { level, time, msg, err, ...fields } = JSON.parse(json) as Line
      const [name, color] = LEVELS[level] ?? LEVELS[30] ?? ['info', 36]
      const rest = Object.entries(fields).map(
        ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      )
      const line = [
        paint(time.slice(11, 19), 90),
        paint(name.padEnd(5), color),
        clean(msg ?? ''),
        paint(clean(rest.join(' ')), 90),
      ]
      const stack =
        err?.stack === undefined
          ? ''
          : err.stack
              .split('\n')
              .map((frame) => `\n${clean(frame)}`)
              .join('')
      output.write(`${redact(`${line.join(' ').trimEnd()}${stack}`)}\n`)
    },
  }
}

interface Line {
  readonly level: number
  readonly time: string
  readonly msg?: string
  readonly err?: { readonly stack?: string }
}

const clean = (text: string): string => text.replace(CONTROLS, '\ufffd')
