import type { Clock } from '@parley/core'
import type { Topic } from './topic.ts'

/** No update of a topic follows another one sooner. */
export const MIN_INTERVAL_MS = 250
/** What could not be sent is tried again: later and later, but no later than this. */
const MAX_RETRY_MS = 5000

export interface PacedUpdatesOptions {
  readonly clock: Clock
  /** Resolves with after how many milliseconds the next one may follow; `MIN_INTERVAL_MS` holds until then. */
  readonly send: (topic: Topic) => Promise<number>
  /** Told of the first failure in a row; until `send` succeeds it is tried again. */
  readonly failed: (error: unknown) => void
}

interface Pace {
  nextAt: number
  scheduled: boolean
  failures: number
}

/** Tells a topic's sessions how something stands after it changed, several changes in one. */
export class PacedUpdates {
  readonly #options: PacedUpdatesOptions
  readonly #paces = new WeakMap<Topic, Pace>()

  constructor(options: PacedUpdatesOptions) {
    this.#options = options
  }

  changed(topic: Topic): void {
    const { clock } = this.#options
    let pace = this.#paces.get(topic)
    if (pace === undefined) {
      pace = { nextAt: 0, scheduled: false, failures: 0 }
      this.#paces.set(topic, pace)
    }
    if (pace.scheduled) return
    pace.scheduled = true
    const current = pace
    clock.schedule(Math.max(clock.now(), pace.nextAt), () => {
      current.scheduled = false
      current.nextAt = clock.now() + MIN_INTERVAL_MS
      void this.#send(topic, current)
    })
  }

  async #send(topic: Topic, pace: Pace): Promise<void> {
    const { clock, send, failed } = this.#options
    try {
      const intervalMs = await send(topic)
      pace.failures = 0
      pace.nextAt = clock.now() + intervalMs
    } catch (error) {
      if (pace.failures === 0) failed(error)
      pace.failures += 1
      pace.nextAt = clock.now() + Math.min(MAX_RETRY_MS, MIN_INTERVAL_MS * 2 ** pace.failures)
      // The change that it was to tell of may be the last one for long.
      this.changed(topic)
    }
  }
}
