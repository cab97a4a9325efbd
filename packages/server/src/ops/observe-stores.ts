import type { ConversationStore, CorePorts, DeadlineStore } from '@parley/core'
import type { AppendKind, Metrics } from './metrics.ts'

type Observed = Pick<CorePorts, 'conversations' | 'deadlines'>

/** These stores, with the time taken that changes need, and how late deadlines are. */
export function observeStores<Stores extends Observed>(
  stores: Stores,
  metrics: Pick<Metrics, 'observeAppend' | 'observeDeadline'>,
): Stores {
  async function timed<Result>(kind: AppendKind, append: () => Promise<Result>): Promise<Result> {
    const startedAt = performance.now()
    const seconds = (): number => (performance.now() - startedAt) / 1000
    try {
      const result = await append()
      metrics.observeAppend(kind, 'done', seconds())
      return result
    } catch (error) {
      metrics.observeAppend(kind, 'failed', seconds())
      throw error
    }
  }

  const conversations: ConversationStore = {
    ...stores.conversations,
    append: (id, write) => timed(write.type, () => stores.conversations.append(id, write)),
    appendState: (id, write) => timed('state', () => stores.conversations.appendState(id, write)),
  }
  const deadlines: DeadlineStore = {
    ...stores.deadlines,
    async claim(now, leaseMs, limit) {
      const due = await stores.deadlines.claim(now, leaseMs, limit)
      for (const { at } of due) metrics.observeDeadline((now - at) / 1000)
      return due
    },
  }
  return { ...stores, conversations, deadlines }
}
