import { refusals } from '../conversations/refusals.ts'
import type { ConversationCommands } from '../core.ts'
import type { Addressed, Published } from '../events.ts'
import type { ConversationId, UserId } from '../ids.ts'
import type { CoreOptions } from '../options.ts'
import type { CorePorts } from '../ports/core-ports.ts'

/** About how many items one answer holds. */
const PAGE = 200

export type InboxService = Pick<ConversationCommands, 'poll'>

/** What is new for a user in all of their lasting conversations, for those who ask instead of being told. */
export function createInboxService(
  { inbox, bus, clock }: Pick<CorePorts, 'inbox' | 'bus' | 'clock'>,
  options: Pick<CoreOptions, 'pageMaxBytes'>,
): InboxService {
  async function ask(userId: UserId, cursor: string | null) {
    const answer = await inbox.changes(userId, cursor, PAGE, options.pageMaxBytes)
    if (answer === null) throw refusals.invalid('cursor', 'is not one that this server has given out')
    return answer
  }

  const poll: ConversationCommands['poll'] = async ({ userId }, { cursor, waitMs, signal }) => {
    const until = clock.now() + waitMs
    const first = await ask(userId, cursor)
    if (cursor === null || isAnswer(first) || waitMs <= 0 || signal.aborted) return first

    const bell = createBell()
    const watch = createWatch(userId, bell.ring)
    const cancelTimer = clock.schedule(until, bell.ring)
    signal.addEventListener('abort', bell.ring)
    try {
      await watch.start()
      for (let from = first.cursor; ; ) {
        const answer = await ask(userId, from)
        if (isAnswer(answer) || clock.now() >= until || signal.aborted) return answer
        from = answer.cursor
        await bell.rung()
      }
    } finally {
      signal.removeEventListener('abort', bell.ring)
      cancelTimer()
      watch.stop()
    }
  }

  /** Rings when something may be new for the user. */
  function createWatch(userId: UserId, ring: () => void) {
    const stops = new Map<ConversationId | null, () => void>()
    let isStopped = false

    function listen(id: ConversationId): void {
      if (!isStopped && !stops.has(id))
        stops.set(
          id,
          bus.subscribe(id, (published) => isNews(published) && ring()),
        )
    }

    function onUserEvent({ event }: Addressed): void {
      if (event.type !== 'conversation.added') return
      listen(event.conversationId)
      ring()
    }

    return {
      async start() {
        stops.set(null, bus.subscribeUser(userId, onUserEvent))
        for (const id of await inbox.conversationIds(userId)) listen(id)
      },
      stop() {
        isStopped = true
        for (const stop of stops.values()) stop()
      },
    }
  }

  return { poll }
}

function isAnswer({ items, hasMore }: { readonly items: readonly unknown[]; readonly hasMore: boolean }): boolean {
  return items.length > 0 || hasMore
}

/** Whether the inbox has more after this event. */
function isNews({ event }: Published): boolean {
  return 'rev' in event || event.type === 'receipt.moved' || event.type === 'conversation.advanced'
}

/** Remembers that it rang until somebody has waited for it. */
function createBell() {
  let hasRung = false
  let answer: (() => void) | null = null
  return {
    ring(): void {
      hasRung = true
      answer?.()
    },
    async rung(): Promise<void> {
      if (!hasRung) {
        await new Promise<void>((resolve) => {
          answer = resolve
        })
      }
      hasRung = false
      answer = null
    },
  }
}
