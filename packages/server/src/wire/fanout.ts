import type {
  Audience,
  ConversationId,
  DomainEvent,
  DomainEventType,
  EventBus,
  Published,
  Role,
  SessionId,
} from '@parley/core'
import type { Frame } from './frame.ts'
import { type Subscriber, Subscription, Topic } from './topic.ts'

export interface FanoutOptions {
  readonly bus: EventBus
  /** The session of this id, if it is connected here. */
  readonly sessionOf: (id: SessionId) => Subscriber | undefined
}

/** Events after which a session may no longer be where it was. */
const TURNING: ReadonlySet<DomainEventType> = new Set<DomainEventType>([
  'member.left',
  'member.removed',
  'conversation.expired',
  'lobby.admitted',
  'lobby.refused',
])

/** The one way out: each event of a conversation is encoded once per wire and queued for its local sessions. */
export class Fanout {
  deliveries = 0
  readonly #bus: EventBus
  readonly #sessionOf: (id: SessionId) => Subscriber | undefined
  readonly #topics = new Map<ConversationId, Topic>()

  constructor(options: FanoutOptions) {
    this.#bus = options.bus
    this.#sessionOf = options.sessionOf
  }

  get topicCount(): number {
    return this.#topics.size
  }

  /** Takes a place for a session that is about to read its snapshot: from now on it misses nothing. */
  subscribe(session: Subscriber, conversationId: ConversationId): Subscription {
    let topic = this.#topics.get(conversationId)
    if (topic === undefined) {
      topic = new Topic(conversationId)
      const opened = topic
      this.#topics.set(conversationId, topic)
      topic.unsubscribe = this.#bus.subscribe(conversationId, (published) => this.#deliver(opened, published))
    }
    let members = topic.byWire.get(session.wire)
    if (members === undefined) {
      members = new Set()
      topic.byWire.set(session.wire, members)
    }
    const subscription = new Subscription(session, topic)
    members.add(subscription)
    return subscription
  }

  /** Gives the place up. Harmless when it was given up before. */
  unsubscribe(subscription: Subscription): void {
    if (subscription.state === 'out') return
    subscription.state = 'out'
    subscription.held = null
    const { topic, session } = subscription
    const members = topic.byWire.get(session.wire)
    members?.delete(subscription)
    if (members?.size !== 0) return
    topic.byWire.delete(session.wire)
    if (topic.byWire.size > 0) return
    this.#topics.delete(topic.conversationId)
    topic.unsubscribe()
  }

  /** The answer with the snapshot at `rev` is queued: what happened since follows it, nothing twice. */
  settle(subscription: Subscription, role: Role, rev: number): void {
    subscription.role = role
    this.#release(subscription, 'in', rev)
  }

  /** The answer says that the session waits in the lobby. */
  wait(subscription: Subscription): void {
    this.#release(subscription, 'waiting', Number.POSITIVE_INFINITY)
  }

  #release(subscription: Subscription, state: 'in' | 'waiting', rev: number): void {
    if (subscription.state !== 'joining') return
    const { held, session } = subscription
    subscription.state = state
    subscription.held = null
    for (const { event, audience } of held ?? []) {
      if ('rev' in event && event.rev <= rev) continue
      takeRole(subscription, event)
      if (!reaches(subscription, event, audience)) continue
      const frame = session.wire.encode(event)
      if (frame !== null) this.#push(subscription, frame, !('rev' in event))
      if (TURNING.has(event.type)) turn(subscription, event)
      // Turned out by what was held back: the rest of it is not theirs to see.
      if (isOut(subscription)) return
    }
  }

  #deliver(topic: Topic, published: Published): void {
    const { event, audience, exceptSession } = published
    const except = exceptSession === null ? undefined : this.#sessionOf(exceptSession)
    const ephemeral = !('rev' in event)
    const turning = TURNING.has(event.type)
    for (const [wire, members] of topic.byWire) {
      const frame = wire.encode(event)
      for (const subscription of members) {
        if (subscription.session === except) continue
        if (subscription.state === 'joining') subscription.hold(published)
        else if (frame !== null && reaches(subscription, event, audience)) this.#push(subscription, frame, ephemeral)
      }
      wire.observe(event, topic)
    }
    if (event.type === 'role.changed') for (const each of topic.subscriptions()) takeRole(each, event)
    if (!turning) return
    for (const subscription of [...topic.subscriptions()]) {
      if (subscription.state !== 'joining' && reaches(subscription, event, audience)) turn(subscription, event)
    }
  }

  #push(subscription: Subscription, frame: Frame, ephemeral: boolean): void {
    this.deliveries += 1
    subscription.session.outbound.push(frame, ephemeral)
  }
}

function isOut({ state }: Subscription): boolean {
  return state === 'out'
}

function reaches(subscription: Subscription, event: DomainEvent, audience: Audience): boolean {
  if (audience.kind === 'user') return subscription.session.identity.userId === audience.userId
  if (subscription.state === 'waiting') return event.type === 'conversation.expired'
  return audience.kind === 'topic' || subscription.role === 'host' || subscription.role === 'moderator'
}

function takeRole(subscription: Subscription, event: DomainEvent): void {
  if (event.type !== 'role.changed' || subscription.role === null) return
  const { userId } = subscription.session.identity
  if (event.userId === userId) subscription.role = event.role
  else if (event.former?.userId === userId) subscription.role = event.former.role
}

function turn(subscription: Subscription, event: DomainEvent): void {
  if (event.type === 'member.left') {
    // Somebody removed gets `member.removed` too; it says more.
    if (event.reason === 'kicked' || event.userId !== subscription.session.identity.userId) return
  }
  subscription.session.turned(subscription, event)
}
