import type { Audience, ConversationId, EphemeralEvent, Millis, UserId, Waiting } from '@parley/core'
import { PacedLooks } from './paced-looks.ts'
import type { Whereabouts } from './seen-presence.ts'
import type { Subscription, Topic } from './topic.ts'
import type { Wait } from './topic-order.ts'

/** Where a room's members are, and who waits in its lobby. */
interface RoomPeople {
  readonly present: ReadonlyMap<UserId, Whereabouts>
  readonly waiting: readonly Waiting[]
}

/** `null` for what is no room. */
export type ReadRoom = (id: ConversationId) => Promise<RoomPeople | null>

export interface RoomLooksOptions {
  readonly room?: ReadRoom | undefined
  readonly now: () => Millis
  readonly report: (error: unknown) => void
  readonly tell: (topic: Topic, event: EphemeralEvent, audience: Audience) => void
  /** Tells this one alone. */
  readonly tellOne: (subscription: Subscription, event: EphemeralEvent) => void
  readonly wait: Wait
}

/** Somebody who comes, goes or knocks while it is looked who is there makes it look again. */
const LOOK_AGAIN_MS = 500
const TRIES = 5
const AT_ONCE = 16

/**
 * Finds who has come to a room or gone from it untold, has a seat in it, knocks, or was let in: none of that has a rev
 * by which it would be missed.
 */
export class RoomLooks {
  readonly #options: RoomLooksOptions
  readonly #looks: PacedLooks<Topic>
  readonly #triesLeft = new WeakMap<Topic, number>()

  constructor(options: RoomLooksOptions) {
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

  /** Looks after those who wait in the lobby, if anybody does: whoever was not told that the door is open waits for nothing else. */
  lookAtLobby(topic: Topic): void {
    if (unanswered(topic).length > 0) this.look(topic)
  }

  async #lookAt(topic: Topic): Promise<void> {
    const { room, now, tell, tellOne, wait } = this.#options
    const { conversationId, presence, lobby } = topic
    // Those of now: whoever begins to wait meanwhile is not in what is read.
    const places = unanswered(topic)
    const [told, knocked] = [presence.told, lobby.told]
    const found = (await room?.(conversationId)) ?? null
    const about = { conversationId, at: now() }
    for (const place of places) {
      const { userId } = place.session.identity
      if (place.state !== 'waiting' || place.isAnswered || found?.waiting.some((one) => one.userId === userId)) continue
      // What the answer was, or that they were taken for gone, they learn by asking: they come in, or knock once more.
      if (found !== null) tellOne(place, { type: 'lobby.admitted', ...about, userId })
    }
    if (found === null || ![...topic.subscriptions()].some(({ state }) => state === 'in')) return
    const { events, isBehind } = presence.missing(found.present, about)
    // What was read may be past, or those of whom it is may be told of only now.
    const isPast = knocked !== lobby.told
    const triesLeft = this.#triesLeft.get(topic) ?? 0
    if (triesLeft > 0 && (isBehind || isPast || told !== presence.told)) {
      this.#triesLeft.set(topic, triesLeft - 1)
      wait(LOOK_AGAIN_MS, () => this.#looks.look(topic))
      return
    }
    if (!isPast) for (const event of lobby.missing(found.waiting, about)) tell(topic, event, { kind: 'moderators' })
    for (const event of events) tell(topic, event, { kind: 'topic' })
  }
}

/** Who waits, and was not told that they may come in. */
function unanswered(topic: Topic): readonly Subscription[] {
  return [...topic.subscriptions()].filter(({ state, isAnswered }) => state === 'waiting' && !isAnswered)
}
