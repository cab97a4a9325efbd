/** Which messages of its room one client has, of a row of numbers without holes. */
export interface MessageLedger {
  /** `true` when the client did not have it yet. One that is only shown anew does not count as coming again. */
  take(number: number, isAnew?: boolean): boolean
  /** Everything up to this number has come. */
  hasUpTo(number: number): boolean
  readonly taken: number
  /** Came when the client had it already. */
  readonly again: number
  /** Came after a later one. */
  readonly late: number
}

/** For messages from `first` on; those before it are none of its business. */
export function createMessageLedger(first: number): MessageLedger {
  let next = first
  let taken = 0
  let again = 0
  let late = 0
  const holes = new Set<number>()
  return {
    take(number, isAnew = false) {
      if (number < first) return false
      if (number < next && !holes.delete(number)) {
        if (!isAnew) again += 1
        return false
      }
      if (number < next) late += 1
      for (; next < number; next += 1) holes.add(next)
      if (number === next) next += 1
      taken += 1
      return true
    },
    hasUpTo: (number) => holes.size === 0 && next > number,
    get taken() {
      return taken
    },
    get again() {
      return again
    },
    get late() {
      return late
    },
  }
}
