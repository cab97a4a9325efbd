/** What one check found. */
export interface Finding {
  /** Stays the same between releases: for those who read the JSON. */
  readonly id: string
  /** What was looked at, in a word or two. */
  readonly name: string
  /** `note`: it works, and is worth knowing. `wrong`: it does not work, or will not for long. */
  readonly outcome: 'well' | 'note' | 'wrong'
  /** What was found, in a sentence. */
  readonly found: string
  /** What to do about it. */
  readonly advice?: string
}

/** Findings of one thing that is looked at. */
export interface Findings {
  well(found: string): Finding
  note(found: string, advice?: string): Finding
  wrong(found: string, advice: string): Finding
}

export const about = (id: string, name: string): Findings => ({
  well: (found) => ({ id, name, outcome: 'well', found }),
  note: (found, advice) => ({ id, name, outcome: 'note', found, ...(advice !== undefined && { advice }) }),
  wrong: (found, advice) => ({ id, name, outcome: 'wrong', found, advice }),
})

/** An error as the end of a sentence. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause
  const words = error.message === '' || error.message === 'fetch failed' ? undefined : error.message
  return (words ?? (inner instanceof Error ? inner.message : error.name)).replace(/\.$/, '')
}
