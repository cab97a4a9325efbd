import {
  areOfOneConversation,
  type ConversationId,
  type DomainEvent,
  type DomainEventType,
  type EventBus,
  type EventOf,
  type MemberView,
  type Millis,
  type Position,
  type Published,
  type Role,
  type SessionId,
  type UserId,
} from '@parley/core'
import { CrowdPresence, isCrowd } from './crowd-presence.ts'
import type { Frame } from './frame.ts'
import { isPassedOver, reaches } from './reaches.ts'
import { type ReadRoom, RoomLooks } from './room-looks.ts'
import { type Subscriber, Subscription, Topic } from './topic.ts'
import { type ReadChanges, TopicOrder, type Wait } from './topic-order.ts'
import type { WireObserver } from './wires.ts'

export interface FanoutOptions {
  readonly bus: Pick<EventBus, 'subscribe'>
  /** The session of this id, if it is connected here. */
  readonly sessionOf: (id: SessionId) => Subscriber | undefined
  /** What the bus did not bring. */
  readonly changes: ReadChanges
  /** Which conversation has the id now, `null` when none has. */
  readonly epochOf: (id: ConversationId) => Promise<string | null>
  readonly room?: ReadRoom
  readonly now: () => Millis
  readonly report: (error: unknown) => void
  readonly observer?: Pick<WireObserver, 'delivered'> | undefined
  readonly wait?: Wait
}

/** Events after which a session may no longer be where it was, in the conversation or in its voice. */
const TURNING: ReadonlySet<DomainEventType> = new Set<DomainEventType>([
  'member.left',
  'member.removed',
  'conversation.expired',
  'lobby.admitted',
  'lobby.refused',
  'voice.ended',
  'session.displaced',
])

/** What nothing later makes up for, though it is stored nowhere: it goes also to those who are behind. */
const KEPT: ReadonlySet<DomainEventType> = new Set<DomainEventType>([
  'voice.signalled',
  'voice.moved',
  'voice.ended',
  'voice.unmute-asked',
])

/**
 * The one way out: each event of a conversation is encoded once per wire and queued for its local sessions. Durable
 * events go out in order of their revs; others pass those that are waited for.
 */
export class Fanout {
  deliveries = 0
  readonly #options: FanoutOptions
  readonly #topics = new Map<ConversationId, Topic>()
  readonly #looks: RoomLooks
  readonly #crowds: CrowdPresence

  constructor(options: FanoutOptions) {
    this.#options = options
    this.#looks = new RoomLooks({
      wait: inRealTime,
      ...options,
      tell: (topic, event, audience) => this.#tell(topic, { event, audience, exceptSession: null }),
      tellOne: (subscription, event) => this.#turnOut(subscription, event),
    })
    this.#crowds = new CrowdPresence({
      wait: options.wait ?? inRealTime,
      push: (subscription, frame) => this.#push(subscription, frame, true),
    })
  }

  get topicCount(): number {
    return this.#topics.size
  }

  /** Takes a place for a session that is about to read its snapshot: from now on it misses nothing. */
  subscribe(session: Subscriber, conversationId: ConversationId): Subscription {
    let topic = this.#topics.get(conversationId)
    if (topic === undefined) {
      topic = this.#open(conversationId)
      this.#topics.set(conversationId, topic)
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
    topic.order.close()
    topic.unsubscribe()
  }

  /**
   * The answer with the snapshot at `position` is queued, with the `members` of a room, and who is `knocking`: what
   * happened since follows it, nothing twice.
   */
  settle(
    subscription: Subscription,
    role: Role,
    position: Position,
    members: readonly MemberView[] = [],
    knocking: readonly { readonly userId: UserId }[] = [],
  ): void {
    if (subscription.state !== 'joining') return
    const { topic } = subscription
    topic.presence.learn(members)
    topic.lobby.learn(knocking)
    subscription.role = role
    subscription.rev = position.rev
    subscription.epoch = position.epoch
    const isDoubtful = subscription.held?.some((published) => isOfAnother(subscription, published)) === true
    this.#release(subscription, 'in')
    if (isOut(subscription)) return
    const { epoch } = topic.order
    if (epoch !== null && epoch !== position.epoch) {
      this.#endFormer(
        inTopic(topic).filter((other) => other !== subscription),
        position.epoch,
      )
    }
    const toldOthers = topic.order.include({ epoch: position.epoch, rev: subscription.rev })
    if (isDoubtful) topic.order.verify()
    if (toldOthers === null) return
    for (const other of topic.subscriptions()) {
      if (other !== subscription && other.state === 'in') other.rev = Math.max(other.rev, toldOthers)
    }
  }

  /** The answer says that the session waits in the lobby. */
  wait(subscription: Subscription): void {
    if (subscription.state !== 'joining') return
    subscription.rev = Number.MAX_SAFE_INTEGER
    subscription.isAnswered = false
    this.#release(subscription, 'waiting')
  }

  /**
   * The session asks anew how things stand: until its answer is queued, what happens is held back. It goes on where
   * it was with what is returned, when there will be no answer.
   */
  pause(subscription: Subscription): () => void {
    const { state, topic, role, session } = subscription
    if (state !== 'in' && state !== 'waiting') return () => undefined
    const { position } = topic.order
    subscription.state = 'joining'
    if (state === 'waiting') return () => this.wait(subscription)
    const rev = Math.max(subscription.rev, position?.rev ?? 0)
    return () => {
      if (subscription.state !== 'joining') return
      // What it had been told up to there may be lost since, as it would be to one that was not paused.
      if (position === null || role === null || topic.order.position?.epoch !== position.epoch) session.tooSlow()
      else this.settle(subscription, subscription.role ?? role, { epoch: position.epoch, rev })
    }
  }

  #open(conversationId: ConversationId): Topic {
    const { bus, changes, report, wait = inRealTime } = this.#options
    const topic = new Topic(
      conversationId,
      (opened) =>
        new TopicOrder({
          conversationId,
          changes,
          wait,
          report,
          tell: (published) => this.#tell(opened, published),
          lost: (epoch) => void this.#lose(opened, epoch),
        }),
    )
    topic.unsubscribe = bus.subscribe(
      conversationId,
      (published) => this.#deliver(topic, published),
      () => this.#looks.look(topic),
    )
    return topic
  }

  #release(subscription: Subscription, state: 'in' | 'waiting'): void {
    const { held, session } = subscription
    subscription.state = state
    subscription.held = null
    for (const published of held ?? []) {
      const { event, audience } = published
      if (isOfAnother(subscription, published)) continue
      if ('rev' in event) {
        // Others of that conversation may have come first, or not at all: the topic's order brings them.
        if (event.rev !== subscription.rev + 1) continue
        subscription.rev = event.rev
      }
      takeRole(subscription, event)
      // What the wire sums up may have gone out while this one was not among those who are told.
      session.wire.observe(event, subscription.topic)
      // It has the answer. Held all the same: of what it knows nothing it would be told when that is read again.
      if (isPassedOver(subscription, published) || !reaches(subscription, event, audience)) continue
      const frame = session.wire.encode(event)
      if (frame !== null) this.#push(subscription, frame, isDroppable(event))
      if (TURNING.has(event.type)) this.#turn(subscription, event)
      // Turned out by what was held back: the rest of it is not theirs to see.
      if (isOut(subscription)) return
    }
  }

  #deliver(topic: Topic, published: Published): void {
    const { event } = published
    if ('epoch' in published) topic.order.take(published)
    else if (event.type === 'presence.changed' && isCrowd(topic)) this.#crowds.tell(topic, event.userId, published)
    else if (event.type !== 'conversation.advanced') this.#tell(topic, published)
    else this.#advance(topic, event)
  }

  /** So far the conversation is in the store. */
  #advance(topic: Topic, event: EventOf<'conversation.advanced'>): void {
    this.#looks.lookAtLobby(topic)
    if (event.upTo === null || isOfLater(topic, event.epoch) || isShort(topic, event.upTo, event.epoch)) {
      topic.order.verify()
      if (topic.order.epoch === null) void this.#endIfGone(topic)
    } else topic.order.expect(event.upTo)
  }

  #tell(topic: Topic, published: Published): void {
    const { event, audience, exceptSession } = published
    topic.presence.note(event)
    topic.lobby.note(event)
    // Whom `isPassedOver` means, found once: to compare ids costs more, and here it is done for everybody.
    const except = exceptSession === null ? undefined : this.#options.sessionOf(exceptSession)
    const droppable = isDroppable(event)
    for (const [wire, members] of topic.byWire) {
      const frame = wire.encode(event)
      for (const subscription of members) {
        if (subscription.state === 'joining') subscription.hold(published)
        else if (subscription.session === except) continue
        else if (frame !== null && isNewTo(subscription, published) && reaches(subscription, event, audience)) {
          this.#push(subscription, frame, droppable)
        }
      }
      wire.observe(event, topic)
    }
    if ('rev' in event) this.#options.observer?.delivered(this.#options.now() - event.at)
    if (event.type === 'role.changed') {
      for (const each of topic.subscriptions()) if (isNewTo(each, published)) takeRole(each, event)
    }
    if (!TURNING.has(event.type)) return
    for (const subscription of [...topic.subscriptions()]) {
      if (subscription.state === 'joining' || !isNewTo(subscription, published)) continue
      if (reaches(subscription, event, audience)) this.#turn(subscription, event)
    }
  }

  #turn(subscription: Subscription, event: DomainEvent): void {
    const { session } = subscription
    if (event.type === 'lobby.admitted') subscription.isAnswered = true
    if (event.type === 'member.left') {
      const { userId, conversationId, at, reason } = event
      if (userId !== session.identity.userId) return
      if (reason === 'kicked') {
        // `member.removed` says more, and comes at once, unless it was another process that removed them.
        subscription.isRemoved = true
        const removed = { type: 'member.removed', conversationId, at, userId, banned: false } as const
        queueMicrotask(() => this.#turnOut(subscription, removed))
        return
      }
    }
    if (event.type === 'session.displaced') session.replaced()
    else session.turned(subscription, event)
  }

  /** Tells this one alone where it is no longer. Harmless when it is out already. */
  #turnOut(subscription: Subscription, event: DomainEvent): void {
    if (isOut(subscription)) return
    const frame = subscription.session.wire.encode(event)
    if (frame !== null) this.#push(subscription, frame, false)
    this.#turn(subscription, event)
  }

  /**
   * Another conversation has the id by now: those who came before are not in this one. Or the same one has lost what
   * they were told last, and gives each a fresh snapshot.
   */
  #endFormer(former: Iterable<Subscription>, epoch: string): void {
    const at = this.#options.now()
    for (const subscription of former) {
      const { conversationId } = subscription.topic
      const isSame = subscription.epoch !== null && areOfOneConversation(subscription.epoch, epoch)
      if (isSame) subscription.session.tooSlow()
      else this.#turnOut(subscription, { type: 'conversation.expired', conversationId, at })
    }
  }

  /** What was missed can't be given: the conversation is over, or whoever comes back gets a fresh snapshot. */
  async #lose(topic: Topic, epoch: string): Promise<void> {
    const { epochOf, report } = this.#options
    const { conversationId } = topic
    const here = inTopic(topic)
    // They are told nothing past what they miss: whoever remembers only how far they got would never ask for it.
    for (const subscription of here) subscription.rev = Number.MAX_SAFE_INTEGER
    const current = await epochOf(conversationId).catch((error: unknown) => {
      report(error)
      return epoch
    })
    if (current === null) this.#tellEnd(topic)
    else if (current !== epoch) this.#endFormer(here, current)
    else for (const subscription of here) if (!isOut(subscription)) subscription.session.tooSlow()
  }

  /** Where nobody is in the conversation, there is no order that would be missed: those in its lobby are told that it is gone. */
  async #endIfGone(topic: Topic): Promise<void> {
    const { epochOf, report } = this.#options
    const isSomebodyWaiting = [...topic.subscriptions()].some(({ state }) => state === 'waiting')
    if (!isSomebodyWaiting) return
    try {
      if ((await epochOf(topic.conversationId)) === null) this.#tellEnd(topic)
    } catch (error) {
      // It is looked for again.
      report(error)
    }
  }

  #tellEnd(topic: Topic): void {
    const event = {
      type: 'conversation.expired',
      conversationId: topic.conversationId,
      at: this.#options.now(),
    } as const
    this.#tell(topic, { event, audience: { kind: 'topic' }, exceptSession: null })
  }

  #push(subscription: Subscription, frame: Frame, droppable: boolean): void {
    this.deliveries += 1
    subscription.session.outbound.push(frame, droppable)
  }
}

const inRealTime: Wait = (ms, then) => void setTimeout(then, ms)

const isDroppable = (event: DomainEvent): boolean => !('rev' in event) && !KEPT.has(event.type)

/** Those who are told what happens, at this moment. */
function inTopic(topic: Topic): Subscription[] {
  return [...topic.subscriptions()].filter(({ state }) => state === 'in')
}

function isOut({ state }: Subscription): boolean {
  return state === 'out'
}

/** Whether another conversation has the id of the one that is followed. */
function isOfLater({ order }: Topic, epoch: string | undefined): boolean {
  return epoch !== undefined && order.epoch !== null && epoch !== order.epoch
}

/** Whether less is stored than was told here: Redis may have lost what it had acknowledged. Or it was told since. */
function isShort({ order }: Topic, upTo: number, epoch: string | undefined): boolean {
  return epoch !== undefined && order.position !== null && upTo < order.position.rev
}

function isOfAnother({ epoch }: Subscription, published: Published): boolean {
  return 'epoch' in published && published.epoch !== epoch
}

/** Whoever has it from their snapshot is not told again; what is not durable is told to whoever is there. */
function isNewTo(subscription: Subscription, published: Published): boolean {
  if (!('epoch' in published)) return true
  return published.epoch === subscription.epoch && published.event.rev > subscription.rev
}

function takeRole(subscription: Subscription, event: DomainEvent): void {
  if (event.type !== 'role.changed' || subscription.role === null) return
  const { userId } = subscription.session.identity
  if (event.userId === userId) subscription.role = event.role
  else if (event.former?.userId === userId) subscription.role = event.former.role
}
