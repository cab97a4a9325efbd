import type { Millis } from '@parley/core'
import type { Stores } from '../storage/open-stores.ts'
import { Attention } from './attention.ts'
import type { RedisBus } from './redis-bus.ts'
import { watchConversations } from './watch-conversations.ts'

export interface PositionWatchOptions {
  readonly bus: Pick<RedisBus, 'conversations' | 'tellHere' | 'onListening' | 'onNews'>
  readonly positions: Stores['positions']
  /** Whether the bus carries anything now. While it does not, this is all that is heard of other nodes. */
  readonly isCarrying: () => boolean
  readonly now: () => Millis
  /** Told when they could not be read; they are read again in the next round. */
  readonly report: (error: unknown) => void
  readonly intervalMs?: number
}

const INTERVAL_MS = 5000
/** Conversations in which nothing has happened for long are looked at once in so many intervals. */
const QUIET_INTERVALS = 5
/** How often they are looked at while the bus carries nothing. */
const SHORT_INTERVAL_MS = 1000

/**
 * Compares, now and then, where the conversations that somebody here looks at stand in the store with what was told
 * here: what the bus has lost is found, and read by whoever is behind. Where nothing happens it looks more seldom;
 * those that have just begun to be listened to are looked at right away, for what happened before. Disposing resolves
 * when the last look is over.
 */
export function startPositionWatch(options: PositionWatchOptions): AsyncDisposable {
  const { bus, positions, isCarrying, now, report, intervalMs = INTERVAL_MS } = options
  const attention = new Attention({
    shortestMs: intervalMs,
    longestMs: intervalMs * QUIET_INTERVALS,
    nowMs: () => performance.now(),
    random: Math.random,
  })
  bus.onNews((id) => attention.news(id))
  return watchConversations({
    ...{ bus, report },
    choose: (ids) => (isCarrying() ? attention.due(ids) : [...ids]),
    intervalMs: () => (isCarrying() ? intervalMs : Math.min(intervalMs, SHORT_INTERVAL_MS)),
    async look(ids) {
      const found = await positions(ids)
      for (const [conversationId, position] of found) {
        attention.looked(conversationId, position)
        const event = {
          type: 'conversation.advanced',
          conversationId,
          at: now(),
          upTo: position?.rev ?? null,
          ...(position !== null && { epoch: position.epoch }),
        } as const
        bus.tellHere({ event, audience: { kind: 'topic' }, exceptSession: null })
      }
    },
  })
}
