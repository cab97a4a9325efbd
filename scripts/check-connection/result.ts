/** What one check found. */
export interface CheckResult {
  /** Stays the same between releases: for those who read the JSON. */
  readonly id: string
  readonly name: string
  /** `warns`: it works, and something about it should be looked at. `skipped`: it could not be tried. */
  readonly outcome: 'works' | 'warns' | 'fails' | 'skipped'
  /** In a sentence: what works, or why not. */
  readonly found: string
  /** What to do about it. */
  readonly advice?: string
  readonly connectMs?: number
  readonly roundTripMs?: number
}

/** Why something does not work, and what to do about it. */
export interface Failure {
  readonly why: string
  readonly advice: string
}

/** A check that has failed for a reason that is understood. */
export class CheckFailed extends Error {
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.why)
    this.failure = failure
  }
}
