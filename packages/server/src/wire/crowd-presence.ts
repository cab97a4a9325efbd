import type { Published, UserId } from '@parley/core'
import type { Frame } from './frame.ts'
import { isPassedOver, reaches } from './reaches.ts'
import type { Subscription, Topic } from './topic.ts'
import type { Wait } from './topic-order.ts'

/** More connected people than this are a crowd. */
const CROWD = 100
const PAUSE_MS = 1000

export const isCrowd = (topic: Topic): boolean => topic.size > CROWD

export interface CrowdPresenceOptions {
  readonly wait: Wait
  readonly push: (subscription: Subscription, frame: Frame) => void
}

/**
 * Tells a crowd who comes and goes, all of a second together: each of them is told to all of them, and when a line
 * breaks they all go and come at once. Of somebody who comes back in that time only that is told.
 */
export class CrowdPresence {
  readonly #options: CrowdPresenceOptions

  constructor(options: CrowdPresenceOptions) {
    this.#options = options
  }

  tell(topic: Topic, userId: UserId, published: Published): void {
    if (!topic.presence.postpone(userId, published)) return
    this.#options.wait(PAUSE_MS, () => this.#tellAll(topic, topic.presence.takePostponed()))
  }

  /** Each is told all of it before the next: so they share what their queues put together. */
  #tellAll(topic: Topic, together: readonly Published[]): void {
    for (const [wire, members] of topic.byWire) {
      const frames = together.map(({ event }) => wire.encode(event))
      for (const subscription of members) this.#tellOne(subscription, together, frames)
      for (const { event } of together) wire.observe(event, topic)
    }
  }

  #tellOne(subscription: Subscription, together: readonly Published[], frames: readonly (Frame | null)[]): void {
    together.forEach((published, at) => {
      const frame = frames[at] ?? null
      if (subscription.state === 'joining') subscription.hold(published)
      else if (isPassedOver(subscription, published)) return
      else if (frame !== null && reaches(subscription, published.event, published.audience)) {
        this.#options.push(subscription, frame)
      }
    })
  }
}
