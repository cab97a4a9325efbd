/** How far behind the newest frame one may come: seconds of audio, half a second of the fastest video. */
const WINDOW = 1024

/** Takes each counter once, in any order within the window; what is older is refused. */
export interface ReplayWindow {
  /** Whether the counter may be new; asking changes nothing. */
  allows(counter: number): boolean
  /** The frame with this counter was authentic. */
  take(counter: number): void
}

export function createReplayWindow(): ReplayWindow {
  const seen = new Set<number>()
  let newest = -1
  return {
    allows: (counter) => counter > newest - WINDOW && !seen.has(counter),
    take(counter) {
      seen.add(counter)
      if (counter <= newest) return
      const floor = counter - WINDOW
      // Counters leave gaps (a layer that isn't watched), so what falls out is found by looking when it is much.
      newest = counter
      if (seen.size > WINDOW * 2) for (const old of seen) if (old <= floor) seen.delete(old)
    },
  }
}
