import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_MS = 200
const QUIET_LOOKS = 3

/** Resolves when this process has used less than `busyShare` of its event loop for a moment: nothing comes any more. */
export async function settleBelow(busyShare: number): Promise<void> {
  for (let quiet = 0; quiet < QUIET_LOOKS; ) {
    const before = performance.eventLoopUtilization()
    await sleep(LOOK_MS)
    quiet = performance.eventLoopUtilization(before).utilization < busyShare ? quiet + 1 : 0
  }
}
