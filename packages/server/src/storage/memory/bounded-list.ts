/**
 * A list that grows at its end and drops from its start, both in constant time on average. Positions count
 * from the first item ever added, so they stay valid while the item is there.
 */
export class BoundedList<T> {
  readonly #maxLength: number
  /** Items, with `#skip` dropped places at its start. */
  #items: (T | undefined)[] = []
  #skip = 0
  #firstPosition = 0

  constructor(maxLength: number) {
    this.#maxLength = maxLength
  }

  get length(): number {
    return this.#items.length - this.#skip
  }

  /** The position of the oldest item kept; equal to `endPosition` when the list is empty. */
  get firstPosition(): number {
    return this.#firstPosition
  }

  get endPosition(): number {
    return this.#firstPosition + this.length
  }

  /** Adds an item and returns the one that had to go, if any. */
  push(item: T): T | undefined {
    this.#items.push(item)
    return this.length <= this.#maxLength ? undefined : this.drop()
  }

  /** Takes the oldest item out and returns it, if there is one. */
  drop(): T | undefined {
    if (this.length === 0) return undefined
    const dropped = this.#items[this.#skip]
    // Its place stays until the list is compacted; what it holds on to goes now.
    this.#items[this.#skip] = undefined
    this.#skip += 1
    this.#firstPosition += 1
    if (this.#skip > this.length) this.#compact()
    return dropped
  }

  at(position: number): T | undefined {
    return position < this.#firstPosition ? undefined : this.#items[position - this.#firstPosition + this.#skip]
  }

  /** Replaces an item that is there. */
  set(position: number, item: T): void {
    if (position < this.#firstPosition || position >= this.endPosition) throw new RangeError('no item at this position')
    this.#items[position - this.#firstPosition + this.#skip] = item
  }

  /** The items from `from` up to, not including, `to`; places that are gone are left out. */
  slice(from: number, to: number = this.endPosition): T[] {
    const offset = this.#skip - this.#firstPosition
    return this.#items.slice(
      Math.max(from, this.#firstPosition) + offset,
      Math.max(to, this.#firstPosition) + offset,
    ) as T[]
  }

  /** The first position whose item is not `before`; the items must be ordered accordingly. */
  search(isBefore: (item: T) => boolean): number {
    let low = this.#skip
    let high = this.#items.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isBefore(this.#items[middle] as T)) low = middle + 1
      else high = middle
    }
    return low - this.#skip + this.#firstPosition
  }

  #compact(): void {
    this.#items = this.#items.slice(this.#skip)
    this.#skip = 0
  }
}
