const MINUTE_MS = 60_000

export interface TimeLeft {
  /** Never below zero. */
  readonly leftMs: number
  /** `calm` has more than five minutes, `soon` five or less, `last` one or less. */
  readonly urgency: 'calm' | 'soon' | 'last'
  /** When this view of it is out of date, in ms from now: a minute is enough while it is calm. */
  readonly changesInMs: number
}

/** How long a room still has. Both in Unix ms of the server's clock. */
export function timeLeftAt(expiresAt: number, now: number): TimeLeft {
  const leftMs = Math.max(0, expiresAt - now)
  const urgency = leftMs <= MINUTE_MS ? 'last' : leftMs <= 5 * MINUTE_MS ? 'soon' : 'calm'
  const stepMs = urgency === 'calm' ? MINUTE_MS : 1000
  return { leftMs, urgency, changesInMs: leftMs % stepMs || stepMs }
}

/** Minutes by which the host may extend: those of the usual steps that fit, and all that is left when none does. */
export function extensionChoices(expiresAt: number, expiresAtMost: number): number[] {
  const possible = Math.floor((expiresAtMost - expiresAt) / MINUTE_MS)
  const steps = [15, 30, 60, 120].filter((minutes) => minutes <= possible)
  return steps.length === 0 && possible > 0 ? [possible] : steps
}
