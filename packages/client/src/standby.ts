import type { PollAnswer } from '@parley/protocol/site'
import { backOffMs } from './back-off.ts'
import { type Clock, createTimer } from './clock.ts'

/** A place from which the poll can take over, kept fresh while sockets carry everything. */
export interface Standby {
  /** `place`: from which nothing has been missed so far, when it is known. */
  start(place: string | null): void
  /** The latest place before which sockets have certainly brought everything; `null` when there is none yet. */
  stop(): string | null
}

interface StandbyOptions {
  readonly clock: Clock
  readonly random: () => number
  /** Asks for the place of now. */
  readonly read: () => Promise<PollAnswer>
}

const EVERY_MS = 120_000

export function createStandby({ clock, random, read }: StandbyOptions): Standby {
  const timer = createTimer(clock)
  /** What was sent before the older one was taken has had time to come. */
  let older: string | null = null
  let newer: string | null = null
  let run = 0
  let failures = 0

  function refresh(): void {
    const mine = run
    read().then(
      ({ cursor }) => {
        if (mine !== run) return
        failures = 0
        older = newer ?? older ?? cursor
        newer = cursor
        timer.set(EVERY_MS, refresh)
      },
      () => {
        if (mine !== run) return
        failures += 1
        // Without a place there is no taking over: it is asked for again soon.
        timer.set(older === null ? backOffMs(failures, random()) : EVERY_MS, refresh)
      },
    )
  }

  return {
    start(place) {
      run += 1
      older = place
      newer = null
      failures = 0
      refresh()
    },
    stop() {
      run += 1
      timer.clear()
      return older
    },
  }
}
