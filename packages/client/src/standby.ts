import type { PollAnswer } from '@parley/protocol/site'
import { backOffMs } from './back-off.ts'
import { type Clock, createTimer } from './clock.ts'

/** A place from which the poll can take over, kept fresh while sockets carry everything. */
export interface Standby {
  start(): void
  /**
   * The latest place before which sockets have certainly brought everything. `null` when none is later than where
   * the poll has got itself.
   */
  stop(): string | null
  /** The place of now, or a little before, for a poll that has none yet. What happened before it may not have come. */
  readonly latest: string | null
}

interface StandbyOptions {
  readonly clock: Clock
  readonly random: () => number
  /** Sockets bring all that happens in all chats now. */
  readonly isWhole: () => boolean
  /** Asks for the place of now. */
  readonly read: () => Promise<PollAnswer>
}

const EVERY_MS = 120_000

export function createStandby({ clock, random, isWhole, read }: StandbyOptions): Standby {
  const timer = createTimer(clock)
  let safe: string | null = null
  let latest: string | null = null
  let run = 0
  let failures = 0

  function refresh(): void {
    const mine = run
    read().then(
      ({ cursor }) => {
        if (mine !== run) return
        failures = 0
        // What was sent before the one of last time has had time to come, to all who listen.
        if (latest !== null && isWhole()) safe = latest
        latest = cursor
        timer.set(EVERY_MS, refresh)
      },
      () => {
        if (mine !== run) return
        failures += 1
        // Without any place there is no taking over: it is asked for again soon.
        timer.set(latest === null ? backOffMs(failures, random()) : EVERY_MS, refresh)
      },
    )
  }

  return {
    start() {
      run += 1
      safe = null
      latest = null
      failures = 0
      refresh()
    },
    stop() {
      run += 1
      timer.clear()
      return safe
    },
    get latest() {
      return latest
    },
  }
}
