import type { Millis } from '../ids.ts'
import type { CoreOptions } from '../options.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { Deadline } from '../ports/deadline-store.ts'
import type { DeadlineHandler } from './handle-by-kind.ts'

const BATCH = 50

/** Sets what is to be done later, or moves it: of one key there is one deadline. */
export type SetDeadline = (deadline: Deadline) => Promise<void>

export interface DeadlineRunner {
  readonly set: SetDeadline
  /** Looks for what is due from now on, this node's and that of others. */
  start(): void
  stop(): void
}

/**
 * Handles each deadline once in the cluster: it is claimed, handled, then cleared unless it was moved meanwhile.
 * One whose handler failed comes back when its claim ends. A node wakes at the times that it has set itself, and looks
 * for those of others every `deadlinePollMs`: theirs may have died. So each deadline wakes one node, however many there are.
 */
export function createDeadlineRunner(
  { deadlines, clock, report }: Pick<CorePorts, 'deadlines' | 'clock' | 'report'>,
  options: Pick<CoreOptions, 'deadlinePollMs' | 'deadlineLeaseMs'>,
  handle: DeadlineHandler,
): DeadlineRunner {
  let isStopped = true
  let isRunning = false
  let isRunDue = false
  let cancelPoll: (() => void) | null = null
  /** What cancels the timers of those that are set here, by their keys. */
  const timers = new Map<string, () => void>()

  function wakeFor(key: string, at: Millis): void {
    if (isStopped) return
    timers.get(key)?.()
    const wake = (): void => {
      timers.delete(key)
      void run()
    }
    timers.set(key, clock.schedule(at, wake))
  }

  function schedulePoll(): void {
    cancelPoll?.()
    if (!isStopped) cancelPoll = clock.schedule(clock.now() + options.deadlinePollMs, () => void run())
  }

  async function run(): Promise<void> {
    isRunDue = true
    if (isRunning) return
    isRunning = true
    try {
      while (isRunDue && !isStopped) {
        isRunDue = false
        await handleAllDue()
      }
    } catch (error) {
      report?.(error)
    } finally {
      isRunning = false
      schedulePoll()
    }
  }

  async function handleAllDue(): Promise<void> {
    for (;;) {
      const due = await deadlines.claim(clock.now(), options.deadlineLeaseMs, BATCH)
      if (due.length === 0) return
      const claimEndsAt = clock.now() + options.deadlineLeaseMs
      await Promise.all(due.map((deadline) => handleOne(deadline, claimEndsAt)))
    }
  }

  async function handleOne(deadline: Deadline, claimEndsAt: Millis): Promise<void> {
    try {
      await handle(deadline)
      await deadlines.clear(deadline.key, deadline.at)
    } catch (error) {
      report?.(error)
      if (!timers.has(deadline.key)) wakeFor(deadline.key, claimEndsAt)
    }
  }

  return {
    async set(deadline) {
      await deadlines.set(deadline)
      wakeFor(deadline.key, deadline.at)
    },
    start() {
      isStopped = false
      schedulePoll()
    },
    stop() {
      isStopped = true
      cancelPoll?.()
      for (const cancel of timers.values()) cancel()
      timers.clear()
    },
  }
}
