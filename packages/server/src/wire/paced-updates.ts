import type { Clock } from '@parley/core'
import type { Topic } from './topic.ts'

/** No update of a topic follows another one sooner. */
export const MIN_INTERVAL_MS = 250

export interface PacedUpdatesOptions {
  readonly clock: Clock
  /** Resolves with after how many milliseconds the next one may follow; `MIN_INTERVAL_MS` holds until then. */
  readonly send: (topic: Topic) => Promise<number>
  readonly failed: (error: unknown) => void
}

interface Pace {
  nextAt: number
  scheduled: boolean
}

/** Tells a topic's sessions how something stands after it changed, several changes in one. */
export class PacedUpdates {
  readonly #options: PacedUpdatesOptions
  readonly #paces = new WeakMap<Topic, Pace>()

  constructor(options: PacedUpdatesOptions) {
    this.#options = options
  }

  changed(topic: Topic): void {
    const { clock, failed } = this.#options
    let pace = this.#paces.get(topic)
    if (pace === undefined) {
      pace = { nextAt: 0, scheduled: false }
      this.#paces.set(topic, pace)
    }
    if (pace.scheduled) return
    pace.scheduled = true
    const current = pace
    clock.schedule(Math.max(clock.now(), pace.nextAt), () => {
      current.scheduled = false
      current.nextAt = clock.now() + MIN_INTERVAL_MS
      this.#send(topic, current).catch(failed)
    })
  }

  async #send(topic: Topic, pace: Pace): Promise<void> {
    const intervalMs = await this.#options.send(topic)
    pace.nextAt = this.#options.clock.now() + intervalMs
  }
}
