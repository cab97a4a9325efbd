import type { DurableEvent, Message } from '@parley/core'
import { BoundedList } from './bounded-list.ts'

/** A durable event with its number among all writes of the process. */
export interface KeptChange {
  readonly event: DurableEvent
  readonly number: number
}

/** What an object and its place in the indexes take, about. */
const OVERHEAD_BYTES = 512

/** About how much memory a message takes. */
export function bytesOfMessage({ content, metadata }: Message): number {
  return OVERHEAD_BYTES + 2 * (content.length + (metadata === null ? 0 : JSON.stringify(metadata).length))
}

const bytesOf = (change: KeptChange | null | undefined): number =>
  change ? ('message' in change.event ? bytesOfMessage(change.event.message) : OVERHEAD_BYTES) : 0

/** The durable events of one conversation, as far back as they are kept. One that was taken out leaves its place empty. */
export class KeptChanges {
  readonly #list: BoundedList<KeptChange | null>
  readonly #maxBytes: number
  #bytes = 0
  /** Events up to this rev can't be given as a whole any more. */
  #incompleteUpTo = 0

  constructor(maxChanges: number, maxBytes: number) {
    this.#list = new BoundedList(maxChanges)
    this.#maxBytes = maxBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  add(event: DurableEvent, number: number): void {
    const change = { event, number }
    this.#bytes += bytesOf(change)
    this.#bytes -= bytesOf(this.#list.push(change))
    this.dropTo(this.#maxBytes)
  }

  /** Lets go of the oldest ones until they take no more than `maxBytes`; the newest stays. */
  dropTo(maxBytes: number): void {
    while (this.#bytes > maxBytes && this.#list.length > 1) this.#bytes -= bytesOf(this.#list.drop())
  }

  /** The events after `rev`, or `null` when some of them are gone. */
  after(rev: number): readonly DurableEvent[] | null {
    // The event with rev 1 was the first one ever recorded, so a rev is a position counted from one.
    if (rev < this.#list.firstPosition || rev < this.#incompleteUpTo) return null
    return this.#list.slice(rev).flatMap((change) => (change === null ? [] : [change.event]))
  }

  /** Those with a greater number that are still there, ascending. */
  since(number: number): readonly KeptChange[] {
    const found: KeptChange[] = []
    for (let position = this.#list.endPosition - 1; position >= this.#list.firstPosition; position -= 1) {
      const change = this.#list.at(position)
      if (!change) continue
      if (change.number <= number) break
      found.push(change)
    }
    return found.reverse()
  }

  /** Puts another event in the place of each, or takes it out with `null`. */
  rewrite(change: (event: DurableEvent) => DurableEvent | null): void {
    for (let position = this.#list.firstPosition; position < this.#list.endPosition; position += 1) {
      const before = this.#list.at(position)
      if (!before) continue
      const event = change(before.event)
      if (event === before.event) continue
      const after = event === null ? null : { ...before, event }
      this.#bytes += bytesOf(after) - bytesOf(before)
      this.#list.set(position, after)
    }
  }

  /** Whoever has only seen what was up to before this rev is given nothing, rather than a part. */
  cut(rev: number): void {
    this.#incompleteUpTo = Math.max(this.#incompleteUpTo, rev)
  }
}
