import type { Clock, Millis } from '@parley/core'

/** `setTimeout` fires at once for anything longer. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1
/** Later than this a timer is late because the process, or the machine, stood still. */
const LATE_MS = 100

/**
 * The machine's clock. Its timers don't keep the process alive. After a standstill, what came in meanwhile is read
 * before what is overdue is done: an answer that waits to be read is not taken for missing.
 */
export function createSystemClock(): Clock {
  return { now: () => Date.now(), schedule }
}

function schedule(at: Millis, run: () => void): () => void {
  let timer: NodeJS.Timeout
  let isCancelled = false
  const wait = () => {
    const remainingMs = Math.max(at - Date.now(), 0)
    timer = setTimeout(fire, Math.min(remainingMs, MAX_TIMEOUT_MS))
    timer.unref()
  }
  const fire = () => {
    const lateMs = Date.now() - at
    // The wait may have been cut, and timers may fire a moment early.
    if (lateMs < 0) wait()
    // Node runs timers before it reads, and immediates after.
    else if (lateMs > LATE_MS) setImmediate(() => void (isCancelled || run()))
    else run()
  }
  wait()
  return () => {
    isCancelled = true
    clearTimeout(timer)
  }
}
