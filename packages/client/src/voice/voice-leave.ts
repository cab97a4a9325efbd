import { askAgainAfterMs } from '../back-off.ts'
import { type Clock, createTimer } from '../clock.ts'
import { mayAskAgain } from '../may-ask-again.ts'

export interface VoiceLeaveOptions {
  readonly clock: Clock
  readonly random: () => number
  /** Rejects with `ParleyError`. */
  readonly send: () => Promise<unknown>
}

/** Tells the server that we have left voice, until it has taken that: others would be shown us for as long as our line lasts. */
export function createVoiceLeave({ clock, random, send }: VoiceLeaveOptions) {
  const retry = createTimer(clock)
  let failures = 0
  let run = 0

  async function say(mine: number): Promise<void> {
    try {
      await send()
    } catch (error) {
      if (mine !== run || !mayAskAgain(error)) return
      failures += 1
      retry.set(askAgainAfterMs(error, failures, random()), () => void say(mine))
    }
  }

  function stop(): void {
    run += 1
    retry.clear()
  }

  return {
    /** Resolves with the first answer, whatever it is. */
    say(): Promise<void> {
      stop()
      failures = 0
      return say(run)
    },
    /** We are in voice again, or our place went with the line. */
    stop,
  }
}
