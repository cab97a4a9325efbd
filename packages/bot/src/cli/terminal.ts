/** Where a command says what it has to say. */
export interface Terminal {
  /** Somebody looks at it: what was printed may be changed. */
  readonly isLive: boolean
  /** A line of the result. */
  print(line: string): void
  /** A line beside the result: what goes on. */
  note(line: string): void
  /** Lines in place of those that were shown last. */
  show(lines: readonly string[]): void
}

interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** On the process's own streams: results on one, all else on the other, so that a pipe gets results alone. */
export function createTerminal(out: Output, error: Output): Terminal {
  let shown = 0
  return {
    isLive: out.isTTY === true,
    print(line) {
      shown = 0
      out.write(`${line}\n`)
    },
    note(line) {
      shown = 0
      error.write(`${line}\n`)
    },
    show(lines) {
      const back = shown === 0 ? '' : `\x1b[${shown}A\x1b[J`
      // A line that wraps would be two to go back.
      const width = out.columns ?? Number.POSITIVE_INFINITY
      out.write(`${back}${lines.map((line) => `${[...line].slice(0, width).join('')}\n`).join('')}`)
      shown = lines.length
    },
  }
}
