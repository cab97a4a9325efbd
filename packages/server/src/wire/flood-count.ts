export const FLOOD_WINDOW_MS = 10_000
/**
 * How much may be refused to a client, or sent by it for its own sake, in one window. More than the widest limit lets
 * through, which is signalling's: who comes to the end of a limit is told so, whatever became of the rest.
 */
export const FLOOD_MAX = 400

/** Notices a client that does not heed what it is told: no limit of one command catches all of it. */
export class FloodCount {
  #windowEnds = 0
  #count = 0

  /** Counts one more; true when that is too many. */
  add(now: number): boolean {
    if (now >= this.#windowEnds) {
      this.#windowEnds = now + FLOOD_WINDOW_MS
      this.#count = 0
    }
    this.#count += 1
    return this.#count > FLOOD_MAX
  }
}
