import type { Message } from '@parley/protocol/messenger'
import type { ReceiptCounts } from './receipts.ts'
import type { TimelineItem, TimelineMessage, TimelineNotice } from './types.ts'

/**
 * The stored messages of a chat and what happened between them, by place. Items that did not change stay the
 * same objects. Finding a message is O(1), replacing one O(log n), adding at the end O(1); the array of items is
 * made once per change that somebody looks at.
 */
export interface Timeline {
  /** `seq` of the oldest message; `null` when there is none. */
  readonly oldestSeq: number | null
  find(messageId: string): TimelineMessage | undefined
  /** Only these messages, ascending, and no notices. */
  replace(messages: readonly Message[]): void
  /** Adds messages wherever they belong; those that are here already stay. */
  merge(messages: readonly Message[]): void
  add(message: Message): void
  /** False when there is no such message here, or it is newer already. */
  update(message: Message): boolean
  /** Who has got what has changed, of messages after `seq` at most. */
  refreshReceipts(seq: number): void
  /** The latest message by somebody else. */
  readonly latestOther: Message | null
  /** Messages of others after `seq` that are still to be read. */
  countOthers(seq: number): number
  addNotice(place: number, at: number, notice: TimelineNotice['notice']): void
  /** The stored items, then `unsent`. The same array until one of both changes. */
  items(unsent: readonly TimelineItem[]): readonly TimelineItem[]
}

export interface TimelineOptions {
  readonly isOwn: (senderId: string) => boolean
  /** Who has an own message; `null` where nobody keeps account of it. */
  readonly receiptsOf?: (message: Message) => ReceiptCounts | null
}

export function createTimeline({ isOwn, receiptsOf = () => null }: TimelineOptions): Timeline {
  let items: TimelineItem[] = []
  /** The place of the item at the same index: a message's `seq`, a notice's `rev`; strictly ascending. */
  let places: number[] = []
  const byId = new Map<string, TimelineMessage>()
  let seen: { readonly unsent: readonly TimelineItem[]; readonly all: readonly TimelineItem[] } | null = null

  /** The index of the first item that is not before `place`. */
  function indexOf(place: number): number {
    let low = 0
    let high = places.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((places[middle] ?? 0) < place) low = middle + 1
      else high = middle
    }
    return low
  }

  function insert(place: number, item: TimelineItem): boolean {
    const index = indexOf(place)
    if (places[index] === place) return false
    if (index === places.length) {
      places.push(place)
      items.push(item)
    } else {
      places.splice(index, 0, place)
      items.splice(index, 0, item)
    }
    seen = null
    return true
  }

  function itemOf(message: Message): TimelineMessage {
    const own = isOwn(message.senderId)
    const key = own && message.tempId !== undefined ? message.tempId : message.id
    const receipts = own ? receiptsOf(message) : null
    return { kind: 'message', key, message, own, status: 'sent', ...(receipts !== null && { receipts }) }
  }

  function add(message: Message): void {
    if (byId.has(message.id)) {
      update(message)
      return
    }
    const item = itemOf(message)
    if (insert(message.seq, item)) byId.set(message.id, item)
  }

  function update(message: Message): boolean {
    const existing = byId.get(message.id)
    if (existing === undefined || existing.message.rev >= message.rev) return false
    const item = itemOf({ ...message, ...(existing.message.tempId && { tempId: existing.message.tempId }) })
    items[indexOf(message.seq)] = item
    byId.set(message.id, item)
    seen = null
    return true
  }

  function replace(messages: readonly Message[]): void {
    const kept = new Map(byId)
    byId.clear()
    items = []
    places = []
    seen = null
    for (const message of messages) {
      const before = kept.get(message.id)
      const item = before !== undefined && before.message.rev === message.rev ? before : itemOf(message)
      if (insert(message.seq, item)) byId.set(message.id, item)
    }
  }

  function merge(messages: readonly Message[]): void {
    const added = messages.filter(({ id }) => !byId.has(id)).map(itemOf)
    for (const message of messages) update(message)
    for (const item of added) byId.set(item.message.id, item)
    const all = [
      ...added.map((item): [number, TimelineItem] => [item.message.seq, item]),
      ...items.map((item, index): [number, TimelineItem] => [places[index] ?? 0, item]),
    ].sort(([a], [b]) => a - b)
    places = all.map(([place]) => place)
    items = all.map(([, item]) => item)
    seen = null
  }

  function refreshReceipts(seq: number): void {
    for (let index = indexOf(seq + 1); index < items.length; index += 1) {
      const item = items[index]
      if (item?.kind !== 'message' || !item.own) continue
      const receipts = receiptsOf(item.message)
      const { delivered, read, of } = item.receipts ?? {}
      if (delivered === receipts?.delivered && read === receipts?.read && of === receipts?.of) continue
      const { receipts: _, ...rest } = item
      const next = { ...rest, ...(receipts !== null && { receipts }) }
      items[index] = next
      byId.set(item.message.id, next)
      seen = null
    }
  }

  /** Messages of others, latest first. */
  function* others(): Generator<Message> {
    for (let index = items.length - 1; index >= 0; index -= 1) {
      const item = items[index]
      if (item?.kind === 'message' && !item.own) yield item.message
    }
  }

  return {
    get oldestSeq() {
      for (const item of items) if (item.kind === 'message') return item.message.seq
      return null
    },
    find: (messageId) => byId.get(messageId),
    replace,
    merge,
    add,
    update,
    refreshReceipts,
    get latestOther() {
      for (const message of others()) return message
      return null
    },
    countOthers(seq) {
      let count = 0
      for (const message of others()) {
        if (message.seq <= seq) break
        if (message.deletedAt === undefined) count += 1
      }
      return count
    },
    addNotice(place, at, notice) {
      insert(place, { kind: 'notice', key: `notice-${place}`, at, notice })
    },
    items(unsent) {
      if (seen === null || seen.unsent !== unsent) seen = { unsent, all: items.concat(unsent) }
      return seen.all
    },
  }
}
