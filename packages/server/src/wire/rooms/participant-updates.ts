import type { Clock, Core, DomainEvent, DomainEventType } from '@parley/core'
import type { Subscription, Topic } from '../topic.ts'
import type { WireLogger } from '../wires.ts'
import { encodeMessage } from './events.ts'
import { participantView } from './views.ts'

/** At most four lists a second and room. */
const MIN_INTERVAL_MS = 250
/** The largest room that gets them that often. */
const FULL_PACE_PARTICIPANTS = 100
const MAX_INTERVAL_MS = 15_000

const CHANGES_LIST: ReadonlySet<DomainEventType> = new Set<DomainEventType>([
  'member.joined',
  'member.left',
  'role.changed',
  'presence.changed',
])

export interface ParticipantUpdatesOptions {
  readonly core: Core
  readonly clock: Clock
  readonly logger: WireLogger
  /** This wire's places in the conversation. */
  readonly subscriptionsIn: (topic: Topic) => Iterable<Subscription>
}

interface Pace {
  nextAt: number
  scheduled: boolean
}

/** Sends `participants_update` after changes of the list, several changes in one. */
export class ParticipantUpdates {
  readonly #options: ParticipantUpdatesOptions
  readonly #paces = new WeakMap<Topic, Pace>()

  constructor(options: ParticipantUpdatesOptions) {
    this.#options = options
  }

  observe(event: DomainEvent, topic: Topic): void {
    if (CHANGES_LIST.has(event.type)) this.changed(topic)
  }

  changed(topic: Topic): void {
    const { clock, logger } = this.#options
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
      this.#send(topic, current).catch((err: unknown) => {
        logger.warn({ err }, 'the list of participants could not be read')
      })
    })
  }

  async #send(topic: Topic, pace: Pace): Promise<void> {
    const { clock, core, subscriptionsIn } = this.#options
    const reader = present(subscriptionsIn(topic)).next().value
    if (reader === undefined) return
    const members = await core.members(reader.session.caller, topic.conversationId)
    pace.nextAt = clock.now() + intervalMs(members.length)
    const frame = encodeMessage({
      type: 'participants_update',
      roomId: topic.conversationId,
      participants: members.map(participantView),
    })
    for (const { session } of present(subscriptionsIn(topic))) session.outbound.push(frame, true)
  }
}

function* present(subscriptions: Iterable<Subscription>): Generator<Subscription, undefined> {
  for (const subscription of subscriptions) if (subscription.state === 'in') yield subscription
}

/** A list grows with the room and so does the number of its readers: the pace falls with the square, so that the bytes stay bounded. */
function intervalMs(participants: number): number {
  const factor = Math.max(1, participants / FULL_PACE_PARTICIPANTS)
  return Math.min(MAX_INTERVAL_MS, MIN_INTERVAL_MS * factor * factor)
}
