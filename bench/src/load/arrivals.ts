/** A message to come: who says it, and when, in milliseconds from the start. */
export interface Arrival {
  readonly atMs: number
  readonly sender: number
}

/** Numbers from 0 to below 1, the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * `count` messages of people who do not wait for one another: each comes at any time of the window with the
 * same chance, from any of the `senders` (a Poisson process with its count given). Same seed, same arrivals.
 */
export function independentArrivals(count: number, windowMs: number, senders: number, seed: number): Arrival[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => ({
    atMs: random() * windowMs,
    sender: Math.floor(random() * senders),
  })).sort((a, b) => a.atMs - b.atMs)
}
