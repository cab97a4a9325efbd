import type { Clock, Core, DomainEvent, DomainEventType } from '@parley/core'
import type { rooms } from '@parley/protocol'
import type { MemberLists } from '../member-lists.ts'
import { MIN_INTERVAL_MS, PacedUpdates } from '../paced-updates.ts'
import type { Subscription, Topic } from '../topic.ts'
import type { WireLogger } from '../wires.ts'
import { encodeMessage } from './events.ts'

/** The largest room that gets them that often. */
const FULL_PACE_PARTICIPANTS = 100
const MAX_INTERVAL_MS = 15_000

const CHANGES_LIST: ReadonlySet<DomainEventType> = new Set<DomainEventType>([
  'member.joined',
  'member.left',
  'role.changed',
  'seat.taken',
  'presence.changed',
  'voice.changed',
  'voice.speaking',
])

export interface ParticipantUpdatesOptions {
  readonly core: Core
  readonly clock: Clock
  readonly logger: WireLogger
  readonly lists: MemberLists<rooms.Participant>
  /** This wire's places in the conversation. */
  readonly subscriptionsIn: (topic: Topic) => Iterable<Subscription>
}

/** Sends `participants_update` after changes of the list, several changes in one. */
export class ParticipantUpdates {
  readonly #options: ParticipantUpdatesOptions
  readonly #updates: PacedUpdates

  constructor(options: ParticipantUpdatesOptions) {
    const { clock, logger } = options
    this.#options = options
    this.#updates = new PacedUpdates({
      clock,
      send: (topic) => this.#send(topic),
      failed: (err) => logger.warn({ err }, 'the list of participants could not be read'),
    })
  }

  observe(event: DomainEvent, topic: Topic): void {
    if (CHANGES_LIST.has(event.type)) this.changed(topic)
  }

  changed(topic: Topic): void {
    this.#updates.changed(topic)
  }

  async #send(topic: Topic): Promise<number> {
    const { core, lists, subscriptionsIn } = this.#options
    const reader = present(subscriptionsIn(topic)).next().value
    if (reader === undefined) return MIN_INTERVAL_MS
    const members = await core.members(reader.session.caller, topic.conversationId)
    const frame = encodeMessage({
      type: 'participants_update',
      roomId: topic.conversationId,
      participants: lists.view(topic, members) as rooms.Participant[],
    })
    for (const { session } of present(subscriptionsIn(topic))) session.outbound.push(frame, true)
    return intervalMs(members.length)
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
