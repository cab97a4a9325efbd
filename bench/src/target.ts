import type { Spread } from './statistics.ts'

/** What was to be reached, and whether it was. */
export interface Verdict {
  readonly what: string
  readonly target: number
  readonly measured: Spread
  readonly reached: boolean
}

/** Reached when the median of the rounds is at most `target`. */
export function verdictOf(what: string, target: number, measured: Spread): Verdict {
  return { what, target, measured, reached: measured.median <= target }
}
