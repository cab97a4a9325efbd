import type { Message } from '@parley/protocol/messenger'
import type { ConversationSummary } from '@parley/protocol/site'
import { asParleyError } from './as-parley-error.ts'
import type { Clock } from './clock.ts'
import { createTimer } from './clock.ts'
import { applyChange } from './conversation-entry.ts'
import { failureOf, ParleyError } from './parley-error.ts'
import type { JoinView } from './replica.ts'
import { changeOf, createSequencer, type Sequencer } from './sequencer.ts'
import { toChatMessage } from './site-messages.ts'
import type { FailureInfo } from './types.ts'

interface Page {
  readonly conversations: readonly ConversationSummary[]
  readonly hasMore: boolean
  readonly next?: string | undefined
}

export interface ConversationListOptions {
  readonly clock: Clock
  readonly selfId: () => string | null
  /** Reads a page of the list. Rejects with `ParleyError`. */
  readonly read: (page: { readonly limit: number; readonly before?: string }) => Promise<Page>
  /** Asks for what is missing after our position; `null` where only time can tell. */
  readonly recover: (chatId: string, since: { readonly epoch: string; readonly rev: number }) => void
  readonly onChange: () => void
  /** A message by somebody else that was not known before, once. */
  readonly onMessage: (message: Message) => void
  /** The last message by somebody else that waited for us unread, from before the list was there. */
  readonly onWaiting: (message: Message) => void
}

/** The conversations of a person, latest first, as they stand: read once, and kept so by what happens in them. */
export interface ConversationList {
  /** The same array until something changes. */
  list(): readonly ConversationSummary[]
  find(id: string): ConversationSummary | undefined
  readonly isLoaded: boolean
  readonly error: FailureInfo | null
  /** Reads it again, soon; calls in between are one. */
  refresh(): void
  /** There is a line: what is missing may come by it. */
  resume(): void
  /** There is none. */
  pause(): void
  loadMore(): Promise<void>
  /** One that we just made or were told of. */
  put(summary: ConversationSummary): void
  offer(event: string, data: unknown): void
  /** What the answer to a join says of it. */
  joined(chatId: string, view: JoinView): void
  /** What was missed of it cannot be had: the list is read again. */
  lost(chatId: string): void
  /** We have read up to `seq`; `unread` are left as far as is known. */
  read(chatId: string, seq: number, unread: number | null): void
  close(): void
}

const PAGE = 100
/** So many are followed from the start; more when they are asked for. */
const FOLLOWED = 200
const REFRESH_MS = 300
const RETRY_MS = 5000
/** A change that is only late is not asked for. */
const LATE_MS = 250
/** What does not come at all is taken from the list instead. */
const GIVE_UP_MS = 4000

interface Entry {
  summary: ConversationSummary
  readonly sequencer: Sequencer
  /** As the list said last, where our events have not come to yet. */
  ahead: ConversationSummary | null
  /** What we miss does not come any more. */
  isLost: boolean
}

export function createConversationList(options: ConversationListOptions): ConversationList {
  const { clock, selfId, onChange, onMessage, onWaiting } = options
  const entries = new Map<string, Entry>()
  const refreshing = createTimer(clock)
  const retrying = createTimer(clock)
  const recovering = createTimer(clock)
  const givingUp = createTimer(clock)
  /** `seq` of the last message that was told of, by conversation. */
  const toldUpTo = new Map<string, number>()
  /** What was said by then was there before us. */
  let wholeUntil = 0
  let sorted: readonly ConversationSummary[] | null = null
  let isUp = false
  let isLoaded = false
  let isClosed = false
  let error: FailureInfo | null = null
  let next: string | null = null
  let wanted = FOLLOWED
  let reading: Promise<void> | null = null
  let mustReadAgain = false

  function touch(): void {
    sorted = null
    if (!isClosed) onChange()
  }

  function add(summary: ConversationSummary): void {
    const sequencer = createSequencer({
      apply(change) {
        if (change.event === 'message:new') tell(change.data)
        const outcome = applyChange(entry.summary, change, selfId())
        if (outcome === 'over') entries.delete(summary.id)
        else if (outcome === 'ask') refresh()
        else entry.summary = outcome
        touch()
      },
      onHole: () => {
        if (!recovering.isSet) recovering.set(LATE_MS, recover)
        waitToGiveUp()
      },
    })
    const entry: Entry = { summary, sequencer, ahead: null, isLost: false }
    entries.set(summary.id, entry)
    sequencer.replaced({ epoch: summary.epoch, rev: summary.rev })
  }

  /** Once, and only what others say. */
  function tell(message: Message): void {
    const { chatId, senderId, seq, deletedAt } = message
    if (senderId === selfId() || deletedAt !== undefined || seq <= (toldUpTo.get(chatId) ?? 0)) return
    toldUpTo.set(chatId, seq)
    onMessage(message)
  }

  /** The last word of a conversation that is new to the list: said just now, or waiting for us since before. */
  function tellOfNew({ lastMessage, read, activeAt }: ConversationSummary): void {
    if (lastMessage === undefined || lastMessage.seq <= read) return
    const message = toChatMessage(lastMessage)
    if (isLoaded && activeAt > wholeUntil) tell(message)
    else if (message.senderId !== selfId()) onWaiting(message)
  }

  function recover(): void {
    for (const [chatId, { sequencer, isLost }] of entries) {
      if (!isLost && sequencer.hasHole && sequencer.position !== null) options.recover(chatId, sequencer.position)
    }
  }

  function waitToGiveUp(): void {
    if (isUp && !givingUp.isSet) givingUp.set(GIVE_UP_MS, giveUp)
  }

  /** What is still missing will not come: the list is the truth. */
  function giveUp(): void {
    for (const entry of entries.values()) {
      if (!entry.sequencer.hasHole) continue
      if (entry.ahead === null) refresh()
      else replace(entry, entry.ahead)
    }
  }

  function replace(entry: Entry, summary: ConversationSummary): void {
    const before = entry.summary
    entry.summary = summary
    entry.ahead = null
    entry.isLost = false
    const { lastMessage } = summary
    const isNews = lastMessage !== undefined && lastMessage.seq > before.rev
    // Another epoch counts anew: what of it is news, nobody knows.
    if (before.epoch !== summary.epoch) toldUpTo.delete(summary.id)
    else if (isNews) tell(toChatMessage(lastMessage))
    entry.sequencer.replaced({ epoch: summary.epoch, rev: summary.rev })
    touch()
  }

  /** Takes what the list says, unless events have told us more. */
  function merge(summary: ConversationSummary): void {
    const entry = entries.get(summary.id)
    const position = entry?.sequencer.position ?? null
    if (entry === undefined || position === null) {
      tellOfNew(summary)
      add(summary)
      return
    }
    if (position.epoch !== summary.epoch || (entry.isLost && summary.rev > position.rev)) replace(entry, summary)
    else if (summary.rev > position.rev) {
      entry.ahead = summary
      entry.sequencer.expect({ epoch: summary.epoch, rev: summary.rev })
    } else if (summary.rev === position.rev) {
      const read = Math.max(entry.summary.read, summary.read)
      entry.summary = { ...summary, read, unread: read > summary.read ? entry.summary.unread : summary.unread }
      entry.ahead = null
      entry.isLost = false
    }
  }

  async function readAll(): Promise<void> {
    try {
      const seen = new Set<string>()
      const known = [...entries.keys()]
      let before: string | undefined
      let hasMore = true
      while (hasMore && seen.size < wanted) {
        const page: Page = await options.read({ limit: PAGE, ...(before !== undefined && { before }) })
        if (isClosed) return
        for (const summary of page.conversations) {
          seen.add(summary.id)
          merge(summary)
        }
        before = page.next
        hasMore = page.hasMore && before !== undefined
      }
      // What is not in a whole list is not ours any more, unless it was made since that was read.
      if (!hasMore) for (const id of known) if (!seen.has(id)) entries.delete(id)
      next = hasMore ? (before ?? null) : null
      if (!isLoaded) wholeUntil = Math.max(0, ...[...entries.values()].map(({ summary }) => summary.activeAt))
      isLoaded = true
      error = null
    } catch (failure) {
      if (isClosed) return
      const known = asParleyError(failure)
      error = failureOf(known)
      retrying.set(Math.max(RETRY_MS, known.retryAfterMs ?? 0), load)
    }
    touch()
  }

  function load(): void {
    if (reading !== null) {
      mustReadAgain = true
      return
    }
    refreshing.clear()
    retrying.clear()
    reading = readAll().finally(() => {
      reading = null
      if (mustReadAgain && !isClosed) refresh()
      mustReadAgain = false
    })
  }

  function refresh(): void {
    if (isClosed) return
    if (reading !== null) mustReadAgain = true
    else if (!isLoaded) load()
    else if (!refreshing.isSet) refreshing.set(REFRESH_MS, load)
  }

  function read(chatId: string, seq: number, unread: number | null): void {
    const entry = entries.get(chatId)
    if (entry === undefined || entry.summary.read >= seq) return
    const isAll = entry.summary.lastMessage === undefined || entry.summary.lastMessage.seq <= seq
    entry.summary = { ...entry.summary, read: seq, unread: isAll ? 0 : (unread ?? entry.summary.unread) }
    if (!isAll && unread === null) refresh()
    touch()
  }

  return {
    list() {
      sorted ??= [...entries.values()].map(({ summary }) => summary).sort((a, b) => b.activeAt - a.activeAt)
      return sorted
    },
    find: (id) => entries.get(id)?.summary,
    get isLoaded() {
      return isLoaded
    },
    get error() {
      return error
    },
    refresh,
    resume() {
      isUp = true
      givingUp.clear()
      waitToGiveUp()
      refresh()
    },
    pause() {
      isUp = false
      givingUp.clear()
    },
    async loadMore() {
      if (next === null) return
      wanted = entries.size + PAGE
      load()
      await reading
      if (error !== null) throw new ParleyError(error.code, error.message)
    },
    put(summary) {
      merge(summary)
      touch()
    },
    offer(event, data) {
      const { chatId, userId, seq } = data as { chatId?: unknown; userId?: unknown; seq?: unknown }
      if (typeof chatId !== 'string') return
      const entry = entries.get(chatId)
      const change = changeOf(event, data)
      if (change !== null) {
        // Somebody made us a member; or it is one that we have not read of yet.
        if (entry !== undefined) entry.sequencer.offer(change)
        else {
          if (change.event === 'message:new' && isLoaded) tell(change.data)
          refresh()
        }
      } else if (event === 'chat:expired' || event === 'room:kicked') {
        if (entries.delete(chatId)) touch()
      } else if (event === 'message:read' && userId === selfId() && typeof seq === 'number') read(chatId, seq, null)
    },
    joined(chatId, { recovered, changes, epoch, rev }) {
      const entry = entries.get(chatId)
      if (entry === undefined) {
        // One that was opened by its id alone.
        if (isLoaded) refresh()
        return
      }
      if (recovered) for (const { event, data } of changes) this.offer(event, data)
      entry.sequencer.expect({ epoch, rev })
      if (entry.sequencer.position?.epoch !== epoch) refresh()
    },
    lost(chatId) {
      const entry = entries.get(chatId)
      if (entry === undefined) return
      entry.isLost = true
      refresh()
    },
    read,
    close() {
      isClosed = true
      for (const timer of [refreshing, retrying, recovering, givingUp]) timer.clear()
    },
  }
}
