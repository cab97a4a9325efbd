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
    const remainingMs = at - Date.now()
    timer = remainingMs > 0 ? setTimeout(wait, Math.min(remainingMs, MAX_TIMEOUT_MS)) : setTimeout(run, 0)
    timer.unref()
  }
  wait()
  return () => clearTimeout(timer)
}
