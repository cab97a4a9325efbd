import type { ConversationId, Millis } from '@parley/core'
import type { Stores } from '../storage/open-stores.ts'
import type { RedisBus } from './redis-bus.ts'

export interface PositionWatchOptions {
  readonly bus: Pick<RedisBus, 'conversations' | 'tellHere' | 'onListening'>
  readonly positions: Stores['positions']
  /** Whether the bus carries anything now. While it does not, this is all that is heard of other nodes. */
  readonly isCarrying: () => boolean
  readonly now: () => Millis
  /** Told when they could not be read; they are read again in the next round. */
  readonly report: (error: unknown) => void
  readonly intervalMs?: number
}

const INTERVAL_MS = 5000
/** While the bus carries nothing. */
const SHORT_INTERVAL_MS = 1000
/** Nodes that start together do not look together. */
const JITTER = 0.2
/** Subscriptions come in crowds: all that are made within this are looked at together. */
const GATHER_MS = 20
/** Read at once. */
const CHUNK = 500

/**
 * Compares, now and then, where the conversations that somebody here looks at stand in the store with what was told
 * here: what the bus has lost is found, and read by whoever is behind. Those that have just begun to be listened to are
 * looked at right away, for what happened before. Disposing resolves when the last look is over.
 */
export function startPositionWatch(options: PositionWatchOptions): AsyncDisposable {
  const { bus, positions, isCarrying, now, report, intervalMs = INTERVAL_MS } = options
  let begun = new Set<ConversationId>()
  let gathering: NodeJS.Timeout | undefined
  let round: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()
  let isClosed = false

  async function look(ids: readonly ConversationId[]): Promise<void> {
    for (let from = 0; from < ids.length && !isClosed; from += CHUNK) {
      const chunk = ids.slice(from, from + CHUNK)
      const found = await positions(chunk)
      for (const [conversationId, position] of found) {
        const event = {
          type: 'conversation.advanced',
          conversationId,
          at: now(),
          upTo: position?.rev ?? null,
          ...(position !== null && { epoch: position.epoch }),
        } as const
        bus.tellHere({ event, audience: { kind: 'topic' }, exceptSession: null })
      }
    }
  }

  /** One look at a time: a store that is slow is not asked all the more. */
  function lookNext(ids: () => readonly ConversationId[]): Promise<void> {
    looking = looking.then(() => look(ids())).catch(report)
    return looking
  }

  function scheduleRound(): void {
    if (isClosed) return
    const usualMs = isCarrying() ? intervalMs : Math.min(intervalMs, SHORT_INTERVAL_MS)
    const ms = usualMs * (1 + JITTER * (2 * Math.random() - 1))
    round = setTimeout(() => void lookNext(() => [...bus.conversations()]).then(scheduleRound), ms).unref()
  }

  bus.onListening((conversationId) => {
    begun.add(conversationId)
    gathering ??= setTimeout(() => {
      gathering = undefined
      const ids = [...begun]
      begun = new Set()
      void lookNext(() => ids)
    }, GATHER_MS).unref()
  })
  scheduleRound()

  return {
    async [Symbol.asyncDispose]() {
      isClosed = true
      clearTimeout(gathering)
      clearTimeout(round)
      await looking
    },
  }
}
