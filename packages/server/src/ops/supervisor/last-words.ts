import type { Readable } from 'node:stream'

const MAX_LINE_LENGTH = 1000
const KEPT_LINES = 5

/** Reads what a program says, line by line, and remembers the end of it. */
export interface LastWords {
  listen(stream: Readable): void
  /** The last lines, oldest first. */
  lines(): readonly string[]
}

/** `onLine` gets every line that is not empty, without its end; long ones are cut. */
export function createLastWords(onLine: (line: string) => void): LastWords {
  const kept: string[] = []

  function take(line: string): void {
    const said = line.trimEnd().slice(0, MAX_LINE_LENGTH)
    if (said === '') return
    kept.push(said)
    if (kept.length > KEPT_LINES) kept.shift()
    onLine(said)
  }

  return {
    listen(stream) {
      let begun = ''
      stream.setEncoding('utf8')
      stream.on('data', (chunk: string) => {
        const lines = (begun + chunk).split('\n')
        begun = (lines.pop() ?? '').slice(-MAX_LINE_LENGTH)
        for (const line of lines) take(line)
      })
      stream.on('close', () => take(begun))
    },
    lines: () => [...kept],
  }
}
