import type { ConversationId, EphemeralEvent, Millis, UserId } from '@parley/core'
import { PacedLooks } from './paced-looks.ts'
import type { Whereabouts } from './seen-presence.ts'
import type { Topic } from './topic.ts'
import type { Wait } from './topic-order.ts'

/** Where a room's members are; `null` for what is no room. */
export type ReadPresent = (id: ConversationId) => Promise<ReadonlyMap<UserId, Whereabouts> | null>

export interface PresenceLooksOptions {
  readonly present?: ReadPresent | undefined
  readonly now: () => Millis
  readonly report: (error: unknown) => void
  readonly tell: (topic: Topic, event: EphemeralEvent) => void
  readonly wait: Wait
}

/** Somebody who comes or goes while it is looked who is there makes it look again. */
const LOOK_AGAIN_MS = 500
const TRIES = 5
const AT_ONCE = 16

/** Finds who has come to a room or gone from it untold, or has a seat in it: none of that has a rev by which it would be missed. */
export class PresenceLooks {
  readonly #options: PresenceLooksOptions
  readonly #looks: PacedLooks<Topic>
  readonly #triesLeft = new WeakMap<Topic, number>()

  constructor(options: PresenceLooksOptions) {
    this.#options = options
    this.#looks = new PacedLooks({
      lookAt: (topic) => this.#lookAt(topic),
      atOnce: AT_ONCE,
      report: options.report,
    })
  }

  /** What the bus brings of the topic may have been missed. */
  look(topic: Topic): void {
    this.#triesLeft.set(topic, TRIES)
    this.#looks.look(topic)
  }

  async #lookAt(topic: Topic): Promise<void> {
    const { present, now, tell, wait } = this.#options
    const { conversationId, presence } = topic
    const { told } = presence
    const found = (await present?.(conversationId)) ?? null
    if (found === null || ![...topic.subscriptions()].some(({ state }) => state === 'in')) return
    const { events, isBehind } = presence.missing(found, { conversationId, at: now() })
    // What was read may be past, or those of whom it is may be told of only now.
    const triesLeft = this.#triesLeft.get(topic) ?? 0
    if (triesLeft > 0 && (isBehind || told !== presence.told)) {
      this.#triesLeft.set(topic, triesLeft - 1)
      wait(LOOK_AGAIN_MS, () => this.#looks.look(topic))
      return
    }
    for (const event of events) tell(topic, event)
  }
}
