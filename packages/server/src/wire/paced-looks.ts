import { setTimeout as pause } from 'node:timers/promises'

const RETRY_MS = 1000

export interface PacedLooksOptions<Key> {
  /** Rejects when it could not look; it is asked to again. */
  readonly lookAt: (key: Key) => Promise<void>
  /** Looked at together. */
  readonly atOnce: number
  /** Told of failures. */
  readonly report: (error: unknown) => void
}

/** Looks at what may have been missed: a few at a time, however many there are, and again until it could. */
export class PacedLooks<Key> {
  readonly #options: PacedLooksOptions<Key>
  readonly #waiting = new Set<Key>()
  #isLooking = false

  constructor(options: PacedLooksOptions<Key>) {
    this.#options = options
  }

  look(key: Key): void {
    this.#waiting.add(key)
    if (this.#isLooking) return
    this.#isLooking = true
    void this.#lookAtAll()
  }

  async #lookAtAll(): Promise<void> {
    const { lookAt, atOnce, report } = this.#options
    while (this.#waiting.size > 0) {
      const keys = [...this.#waiting].slice(0, atOnce)
      for (const key of keys) this.#waiting.delete(key)
      const outcomes = await Promise.allSettled(keys.map((key) => lookAt(key)))
      const failed = outcomes.findIndex(({ status }) => status === 'rejected')
      if (failed === -1) continue
      report((outcomes[failed] as PromiseRejectedResult).reason)
      for (const [place, { status }] of outcomes.entries()) {
        if (status === 'rejected') this.#waiting.add(keys[place] as Key)
      }
      await pause(RETRY_MS, undefined, { ref: false })
    }
    this.#isLooking = false
  }
}
