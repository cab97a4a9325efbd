import { startSweep } from '../deadlines/start-sweep.ts'
import type { CoreOptions } from '../options.ts'
import type { CorePorts } from '../ports/core-ports.ts'

/** How many messages go in one step: others get in between. */
const BATCH = 500

/** Deletes what is older than it is kept, every now and then, until the returned function is called. */
export function startRetention(
  ports: Pick<CorePorts, 'conversations' | 'clock' | 'report'>,
  { retentionDays, retentionSweepMs }: Pick<CoreOptions, 'retentionDays' | 'retentionSweepMs'>,
): () => void {
  let isStopped = false
  const stop = startSweep(ports, retentionSweepMs, async () => {
    while (!isStopped && (await ports.conversations.prune(ports.clock.now(), retentionDays, BATCH)) === BATCH);
  })
  return () => {
    isStopped = true
    stop()
  }
}
