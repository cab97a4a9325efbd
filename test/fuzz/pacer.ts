import { setTimeout as pause } from 'node:timers/promises'

/** Lets so many through in a second; as many as want to when there is no rate. */
export class Pacer {
  perSecond: number | null = null
  /** How many it has let through. */
  passed = 0
  #nextAt = 0

  async pass(): Promise<void> {
    if (this.perSecond !== null) {
      const now = performance.now()
      this.#nextAt = Math.max(this.#nextAt, now - 50) + 1000 / this.perSecond
      if (this.#nextAt > now + 1) await pause(this.#nextAt - now)
    }
    this.passed += 1
  }
}
