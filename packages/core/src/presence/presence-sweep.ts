import type { ConversationId, UserId } from '../ids.ts'
import type { CoreOptions } from '../options.ts'
import type { CorePorts } from '../ports/core-ports.ts'

/**
 * Notices people whose node died: their leases end without being renewed. Runs until the returned function
 * is called. Every node may sweep; each ended lease is reported to one of them.
 */
export function startPresenceSweep(
  { presence, clock, report }: Pick<CorePorts, 'presence' | 'clock' | 'report'>,
  { presenceLeaseMs }: Pick<CoreOptions, 'presenceLeaseMs'>,
  markAbsent: (conversationId: ConversationId, userId: UserId) => Promise<void>,
): () => void {
  let isStopped = false
  let cancel = scheduleNext()

  function scheduleNext(): () => void {
    return clock.schedule(clock.now() + presenceLeaseMs / 2, () => void sweep())
  }

  async function sweep(): Promise<void> {
    try {
      for (const { conversationId, userId } of await presence.expire(clock.now())) {
        await markAbsent(conversationId, userId)
      }
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
