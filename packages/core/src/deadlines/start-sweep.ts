import type { Millis } from '../ids.ts'
import type { CorePorts } from '../ports/core-ports.ts'

/**
 * Runs `sweep` every `everyMs`, a round after the one before it is done, until the returned function is called.
 * A round that fails is reported; the next one comes all the same.
 */
export function startSweep(
  { clock, report }: Pick<CorePorts, 'clock' | 'report'>,
  everyMs: Millis,
  sweep: () => Promise<void>,
): () => void {
  let isStopped = false
  let cancel = scheduleNext()

  function scheduleNext(): () => void {
    return clock.schedule(clock.now() + everyMs, () => void run())
  }

  async function run(): Promise<void> {
    try {
      await sweep()
    } catch (error) {
      report?.(error)
    } finally {
      if (!isStopped) cancel = scheduleNext()
    }
  }

  return () => {
    isStopped = true
    cancel()
  }
}
