import type { Millis } from '../ids.ts'
import type { CoreOptions } from '../options.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { Deadline } from '../ports/deadline-store.ts'

const BATCH = 50

export interface DeadlineRunner {
  set(deadline: Deadline): Promise<void>
  /** Looks for what is due from now on, this node's and that of others. */
  start(): void
  stop(): void
}

/**
 * Meets each deadline once in the cluster: it is claimed, met, then cleared unless it was moved meanwhile.
 * One that could not be met comes back when its claim ends.
 */
export function createDeadlineRunner(
  { deadlines, clock, report }: Pick<CorePorts, 'deadlines' | 'clock' | 'report'>,
  options: Pick<CoreOptions, 'deadlinePollMs' | 'deadlineLeaseMs'>,
  meet: (deadline: Deadline) => Promise<void>,
): DeadlineRunner {
  let isStopped = true
  let isRunning = false
  let isRunDue = false
  let timerAt = Number.POSITIVE_INFINITY
  let cancelTimer: (() => void) | null = null

  function wakeAt(at: Millis): void {
    if (isStopped || at >= timerAt) return
    cancelTimer?.()
    timerAt = at
    cancelTimer = clock.schedule(at, () => {
      timerAt = Number.POSITIVE_INFINITY
      void run()
    })
  }

  async function run(): Promise<void> {
    isRunDue = true
    if (isRunning) return
    isRunning = true
    let next: Millis | null = null
    try {
      while (isRunDue && !isStopped) {
        isRunDue = false
        await meetAllDue()
        next = await deadlines.next()
      }
    } catch (error) {
      report?.(error)
    } finally {
      isRunning = false
      wakeAt(Math.min(next ?? Number.POSITIVE_INFINITY, clock.now() + options.deadlinePollMs))
    }
  }

  async function meetAllDue(): Promise<void> {
    for (;;) {
      const due = await deadlines.claim(clock.now(), options.deadlineLeaseMs, BATCH)
      if (due.length === 0) return
      await Promise.all(due.map(meetOne))
    }
  }

  async function meetOne(deadline: Deadline): Promise<void> {
    try {
      await meet(deadline)
      await deadlines.clear(deadline.key, deadline.at)
    } catch (error) {
      report?.(error)
    }
  }

  return {
    async set(deadline) {
      await deadlines.set(deadline)
      wakeAt(deadline.at)
    },
    start() {
      isStopped = false
      wakeAt(clock.now() + options.deadlinePollMs)
    },
    stop() {
      isStopped = true
      cancelTimer?.()
    },
  }
}
