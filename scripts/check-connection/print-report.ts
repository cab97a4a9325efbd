import type { CheckResult } from './result.ts'

const MARKS = { works: '✓', warns: '!', fails: '✗', skipped: '–' } as const
const COLOURS = { works: 32, warns: 33, fails: 31, skipped: 90 } as const
const NAME_WIDTH = 26

/** One check as lines of text; coloured when it goes to a terminal. */
export function formatResult(result: CheckResult, isTerminal: boolean): string {
  const paint = (code: number, text: string): string => (isTerminal ? `\u001b[${code}m${text}\u001b[0m` : text)
  const { outcome, name, found, advice } = result
  const line = `${paint(COLOURS[outcome], MARKS[outcome])} ${name.padEnd(NAME_WIDTH)} ${found}${paint(90, formatTimes(result))}`
  return advice === undefined ? line : `${line}\n${' '.repeat(NAME_WIDTH + 3)}${paint(36, `→ ${advice}`)}`
}

function formatTimes({ connectMs, roundTripMs }: CheckResult): string {
  const times = [
    ...(connectMs === undefined ? [] : [`${formatMs(connectMs)} to connect`]),
    ...(roundTripMs === undefined ? [] : [`${formatMs(roundTripMs)} there and back`]),
  ]
  return times.length === 0 ? '' : ` (${times.join(', ')})`
}

const formatMs = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`

/** What it all comes to, in one sentence. */
export function formatSummary(results: readonly CheckResult[]): string {
  const failing = results.filter(({ outcome }) => outcome === 'fails')
  if (failing.length === 0) {
    const skipped = results.filter(({ outcome }) => outcome === 'skipped').length
    return skipped === 0 ? 'Everything works.' : `Everything that could be tried works; ${skipped} could not be tried.`
  }
  const works = (id: string): boolean => results.some((result) => result.id === id && result.outcome === 'works')
  const chatGoesOn = [
    works('messenger-websocket') || works('site-websocket')
      ? null
      : works('messenger-polling') || works('site-polling')
        ? 'Chat works all the same, by long polling.'
        : works('poll')
          ? 'Chat works all the same, by the HTTP fallback with a short delay; typing, presence and calls do not.'
          : null,
  ]
  return [`${failing.length} of ${results.length} checks failed.`, ...chatGoesOn]
    .filter((line) => line !== null)
    .join(' ')
}
