/** How long the connection waits for what, in milliseconds. */
export interface Timings {
  /** A connection attempt, from its start to the server's greeting. */
  readonly attemptMs: number
  /** An answer to a request. Without one, and without any other sign of life, the line counts as dead. */
  readonly requestMs: number
  /** An answer to a probe of a line that may be dead. */
  readonly probeMs: number
  /** No probe when there was a sign of life so lately. */
  readonly freshMs: number
  /** How often the connection looks at the clock, to notice that the device slept. */
  readonly tickMs: number
  /** The same person at work for so long without a request to the server is told to it, lest it takes them for idle. */
  readonly activityMs: number
  /** How long requests under way may take when the server asks to leave. */
  readonly drainGraceMs: number
  /** How long an action waits for the line before it fails. */
  readonly actionWaitMs: number
}

export const DEFAULT_TIMINGS: Timings = {
  attemptMs: 12_000,
  requestMs: 10_000,
  probeMs: 4000,
  freshMs: 5000,
  tickMs: 10_000,
  activityMs: 300_000,
  drainGraceMs: 2000,
  actionWaitMs: 8000,
}
