import { askAgainAfterMs } from '../back-off.ts'
import { type Clock, createTimer } from '../clock.ts'
import { mayAskAgain } from '../may-ask-again.ts'

export interface MuteSyncOptions {
  readonly clock: Clock
  readonly random: () => number
  /** Whether we are muted and deafened, as we have it. */
  readonly own: () => { readonly muted: boolean; readonly deafened: boolean }
  /** Rejects with `ParleyError`. */
  readonly send: (state: { readonly muted: boolean; readonly deafened: boolean }) => Promise<unknown>
  /** Somebody else muted us. */
  readonly onMuted: () => void
}

/** A state that was on its way when ours was answered is past by then. */
const SETTLE_MS = 500

/**
 * Keeps our mute and the server's the same. A word of ours that is still under way, or that the server could not take and
 * is told again, is newer than what the server says.
 */
export function createMuteSync({ clock, random, own, send, onMuted }: MuteSyncOptions) {
  const settle = createTimer(clock)
  const retry = createTimer(clock)
  let underWay = 0
  let failures = 0
  let isStopped = true
  let theirs: boolean | null = null

  function compare(): void {
    if (underWay === 0 && !settle.isSet && !retry.isSet && theirs === true && !own().muted) onMuted()
  }

  function say(): void {
    underWay += 1
    send(own())
      .then(
        () => {
          failures = 0
        },
        (error) => {
          if (isStopped || !mayAskAgain(error)) return
          failures += 1
          retry.set(askAgainAfterMs(error, failures, random()), say)
        },
      )
      .finally(() => {
        underWay -= 1
        settle.set(SETTLE_MS, compare)
      })
  }

  return {
    /** Tells the server what we are now. */
    tell(): void {
      isStopped = false
      failures = 0
      retry.clear()
      say()
    },
    /** The server has us so; `null`: it does not have us. */
    hear(muted: boolean | null): void {
      theirs = muted
      compare()
    },
    stop(): void {
      isStopped = true
      settle.clear()
      retry.clear()
      theirs = null
    },
  }
}
