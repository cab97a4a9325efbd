import type { Answer } from '@parley/protocol/messenger'
import type { Replica } from './replica.ts'

export interface OlderMessagesOptions {
  readonly replica: Replica
  /** The page before this place. */
  readonly ask: (before: number) => Promise<Answer<'chat:history'>>
  readonly onChange: () => void
}

/** What was said before the oldest message that is here, page by page. */
export interface OlderMessages {
  readonly isLoading: boolean
  /** Loads the next page; the same one for all who ask while it is on its way. Rejects with what `ask` does. */
  load(): Promise<void>
}

export function createOlderMessages({ replica, ask, onChange }: OlderMessagesOptions): OlderMessages {
  let loading: Promise<void> | null = null

  async function read(before: number): Promise<void> {
    replica.expectOlder()
    let page: Answer<'chat:history'> | null = null
    try {
      page = await ask(before)
    } finally {
      loading = null
      // When a fresh view came meanwhile, the page does not border on it.
      if (page === null || replica.timeline.oldestSeq !== before) replica.addOlder([], replica.hasOlder)
      else replica.addOlder(page.messages, page.hasMore)
      onChange()
    }
  }

  return {
    get isLoading() {
      return loading !== null
    },
    load() {
      const before = replica.timeline.oldestSeq
      if (loading === null && replica.hasOlder && before !== null) {
        loading = read(before)
        onChange()
      }
      return loading ?? Promise.resolve()
    },
  }
}
