import type { ConversationId } from '@parley/core'
import type { RedisBus } from './redis-bus.ts'

export interface ConversationWatch {
  readonly bus: Pick<RedisBus, 'conversations' | 'onListening'>
  /** `haveBegun`: what other nodes publish to them comes from now on, and what they published before may have been missed. */
  readonly look: (ids: readonly ConversationId[], haveBegun: boolean) => Promise<void>
  /** Picks those to look at in this round, from those that somebody here looks at. */
  readonly choose: (ids: Iterable<ConversationId>) => readonly ConversationId[]
  /** How long it is from now until the next round. */
  readonly intervalMs: () => number
  /** Told what `look` throws. */
  readonly report: (error: unknown) => void
}

/** Nodes that start together do not look together. */
const JITTER = 0.2
/** Subscriptions come in crowds: all that are made within this are looked at together. */
const GATHER_MS = 20
/** Looked at with one question. */
const CHUNK = 500

/**
 * Looks, now and then, at the conversations that somebody here looks at; right away at those that have just begun to be
 * listened to, or are listened to again. Disposing resolves when the last look is over.
 */
export function watchConversations({ bus, look, choose, intervalMs, report }: ConversationWatch): AsyncDisposable {
  let begun = new Set<ConversationId>()
  let gathering: NodeJS.Timeout | undefined
  let round: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()
  let isClosed = false

  async function lookAtAll(ids: readonly ConversationId[], haveBegun: boolean): Promise<void> {
    for (let from = 0; from < ids.length && !isClosed; from += CHUNK) {
      await look(ids.slice(from, from + CHUNK), haveBegun)
    }
  }

  /** One look at a time: a store that is slow is not asked all the more. */
  function lookNext(ids: () => readonly ConversationId[], haveBegun: boolean): Promise<void> {
    looking = looking.then(() => lookAtAll(ids(), haveBegun)).catch(report)
    return looking
  }

  function scheduleRound(): void {
    if (isClosed) return
    const ms = intervalMs() * (1 + JITTER * (2 * Math.random() - 1))
    round = setTimeout(() => void lookNext(() => choose(bus.conversations()), false).then(scheduleRound), ms).unref()
  }

  bus.onListening((conversationId) => {
    begun.add(conversationId)
    gathering ??= setTimeout(() => {
      gathering = undefined
      const ids = [...begun]
      begun = new Set()
      void lookNext(() => ids, true)
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
