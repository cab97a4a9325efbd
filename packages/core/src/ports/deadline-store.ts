import type { Millis } from '../ids.ts'

/** Something to be done at a time, once in the whole cluster. `key` is unique. */
export interface Deadline {
  readonly key: string
  readonly at: Millis
}

export interface DeadlineStore {
  /** Sets, or moves, the deadline of this key. */
  set(deadline: Deadline): Promise<void>
  /** Removes the deadline; with `ifAt` only while it still is at that time: one that was moved meanwhile stays. */
  clear(key: string, ifAt?: Millis): Promise<void>
  /**
   * Takes up to `limit` deadlines due by `now`, in order. What is not cleared (or set anew) within
   * `leaseMs` is given out again: its node died.
   */
  claim(now: Millis, leaseMs: number, limit: number): Promise<readonly Deadline[]>
}
