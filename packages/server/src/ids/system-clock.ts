import type { Clock, Millis } from '@parley/core'

/** `setTimeout` fires at once for anything longer. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1

/** The machine's clock. Its timers don't keep the process alive. */
export function createSystemClock(): Clock {
  return { now: () => Date.now(), schedule }
}

function schedule(at: Millis, run: () => void): () => void {
  let timer: NodeJS.Timeout
  const wait = () => {
    const remainingMs = Math.max(at - Date.now(), 0)
    // Looked at again when it fires: the wait may have been cut, and timers may fire a moment early.
    timer = setTimeout(() => (Date.now() < at ? wait() : run()), Math.min(remainingMs, MAX_TIMEOUT_MS))
    timer.unref()
  }
  wait()
  return () => clearTimeout(timer)
}
