import { startSweep } from '../deadlines/start-sweep.ts'
import type { ConversationId, UserId } from '../ids.ts'
import type { CoreOptions } from '../options.ts'
import type { CorePorts } from '../ports/core-ports.ts'
import type { LeaseTrust } from './lease-trust.ts'

/** Somebody whose node died is seen to be gone when their lease ends, and others hear of it soon after. */
export const SWEEPS_PER_LEASE = 6

/**
 * Notices people whose node died: their leases end without being renewed. Runs until the returned function
 * is called. Every node may sweep; each ended lease is reported to one of them.
 */
export function startPresenceSweep(
  ports: Pick<CorePorts, 'presence' | 'clock' | 'report'>,
  { presenceLeaseMs }: Pick<CoreOptions, 'presenceLeaseMs'>,
  trust: Pick<LeaseTrust, 'expired'>,
  markAbsent: (conversationId: ConversationId, userId: UserId) => Promise<void>,
): () => void {
  return startSweep(ports, presenceLeaseMs / SWEEPS_PER_LEASE, async () => {
    for (const { conversationId, userId } of await trust.expired(ports.presence.expire)) {
      // One who can't be marked now is no reason to forget the others.
      await markAbsent(conversationId, userId).catch((error) => ports.report?.(error))
    }
  })
}
