import type { DurableEvent } from '@parley/protocol/messenger'
import type { PollAnswer } from '@parley/protocol/site'
import { type Change, changeOf } from './sequencer.ts'
import { type ChatEvent, toChatEvent } from './site-to-messenger.ts'

/**
 * How far the poll has got, over all of our chats, whichever line asks; and what it brought, for chats that join
 * while it goes on.
 */
export interface PollFeed {
  /** Where the next poll goes on; `null`: at the place that it will be told. */
  readonly cursor: string | null
  /** What is new of the answer. */
  take(answer: PollAnswer): readonly ChatEvent[]
  /** The cursor is not one of the server's: what happened until the next one is not known. */
  lose(): void
  /** What the poll brought of a chat after `rev`, one after the other. */
  changesAfter(chatId: string, rev: number): readonly { readonly event: string; readonly data: unknown }[]
  /** A place from which a later start may go on. */
  startFrom(cursor: string): void
}

/** Over all chats; for whoever has missed more, a fresh view is less to read. */
const MAX_KEPT = 2000

export function createPollFeed(): PollFeed {
  let cursor: string | null = null
  /** Changes that wait to be told; those of one chat are in the order of their places. */
  let kept: Change[] = []
  /** By chat, the last place that was kept. */
  const places = new Map<string, number>()

  function keep(change: Change): void {
    const { chatId } = change.data
    const place = placeOf(change)
    if (place <= (places.get(chatId) ?? 0)) return
    places.set(chatId, place)
    kept.push(change)
  }

  function forget(): void {
    kept = []
    places.clear()
  }

  return {
    get cursor() {
      return cursor
    },
    take(answer) {
      cursor = answer.cursor
      const events = answer.events.map((each) => toChatEvent(each, answer.timestamp)).filter((each) => each !== null)
      for (const { event, data } of events) {
        const change = changeOf(event, data)
        if (change !== null) keep(change)
      }
      if (kept.length > MAX_KEPT) kept = kept.slice(-MAX_KEPT)
      return events
    },
    lose() {
      cursor = null
      forget()
    },
    changesAfter(chatId, rev) {
      const changes: Change[] = []
      let place = rev
      for (const change of kept) {
        if (change.data.chatId !== chatId || placeOf(change) <= rev) continue
        place += 1
        if (placeOf(change) !== place) break
        changes.push(change)
      }
      return changes satisfies readonly { readonly event: DurableEvent }[]
    },
    startFrom(place) {
      cursor = place
      forget()
    },
  }
}

const placeOf = (change: Change): number => (change.event === 'message:new' ? change.data.seq : change.data.rev)
