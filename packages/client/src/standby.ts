import type { PollAnswer } from '@parley/protocol/site'
import { type Clock, createTimer } from './clock.ts'

/** A place from which the poll can take over, kept fresh while sockets carry everything. */
export interface Standby {
  /** `place`: from which nothing has been missed so far, when it is known. */
  start(place: string | null): void
  /** The latest place before which sockets have certainly brought everything; `null` when there is none yet. */
  stop(): string | null
}

const EVERY_MS = 120_000

/** `read` asks for the place of now. */
export function createStandby({
  clock,
  read,
}: {
  readonly clock: Clock
  readonly read: () => Promise<PollAnswer>
}): Standby {
  const timer = createTimer(clock)
  /** What was sent before the older one was taken has had time to come. */
  let older: string | null = null
  let newer: string | null = null
  let run = 0

  function refresh(): void {
    const mine = run
    read().then(
      ({ cursor }) => {
        if (mine !== run) return
        older = newer ?? older ?? cursor
        newer = cursor
        timer.set(EVERY_MS, refresh)
      },
      () => {
        if (mine === run) timer.set(EVERY_MS, refresh)
      },
    )
  }

  return {
    start(place) {
      run += 1
      older = place
      newer = null
      refresh()
    },
    stop() {
      run += 1
      timer.clear()
      return older
    },
  }
}
