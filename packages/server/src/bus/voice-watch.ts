import type { ConversationId, Millis, VoiceStore } from '@parley/core'
import type { RedisBus } from './redis-bus.ts'
import { watchConversations } from './watch-conversations.ts'

export interface VoiceWatchOptions {
  readonly bus: Pick<RedisBus, 'conversations' | 'tellHere' | 'onListening'>
  readonly versions: VoiceStore['versions']
  readonly now: () => Millis
  /** Told when they could not be read; they are read again in the next round. */
  readonly report: (error: unknown) => void
  readonly intervalMs?: number
}

const INTERVAL_MS = 10_000

/**
 * Looks, now and then, whether the voice of the conversations that somebody here looks at has changed: news of it that
 * the bus has lost, or that nobody could give because the answer to the change was lost, has no place in an order by
 * which it would be missed. Of those that have just begun to be listened to, or are listened to again, it is told anew
 * right away. Disposing resolves when the last look is over.
 */
export function startVoiceWatch({
  bus,
  versions,
  now,
  report,
  intervalMs = INTERVAL_MS,
}: VoiceWatchOptions): AsyncDisposable {
  /** What the last look found. Of those that are not in it there was no voice. */
  let known = new Map<ConversationId, number>()
  return watchConversations({
    ...{ bus, report },
    choose: (ids) => [...ids],
    intervalMs: () => intervalMs,
    async look(ids, haveBegun) {
      const found = await versions(ids)
      const watched = new Set(bus.conversations())
      known = new Map([...known].filter(([id]) => watched.has(id)))
      for (const conversationId of ids) {
        const version = found.get(conversationId) ?? 0
        if (!haveBegun && version === (known.get(conversationId) ?? 0)) continue
        if (version === 0) known.delete(conversationId)
        else known.set(conversationId, version)
        const event = { type: 'voice.changed', conversationId, at: now() } as const
        bus.tellHere({ event, audience: { kind: 'topic' }, exceptSession: null })
      }
    },
  })
}
