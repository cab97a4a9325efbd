import type { Millis } from '../ids.ts'

/** The only source of time. */
export interface Clock {
  now(): Millis
  /** Calls `run` once, not before `at`. The returned function cancels; cancelling late is harmless. */
  schedule(at: Millis, run: () => void): () => void
}
