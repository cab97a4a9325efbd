import type {
  ConversationId,
  DomainEvent,
  Millis,
  Published,
  Role,
  SessionCaller,
  SessionId,
  UserEvent,
} from '@parley/core'
import type { Frame } from './frame.ts'
import type { Outbound } from './outbound-queue.ts'
import { SeenLobby } from './seen-lobby.ts'
import { SeenPresence } from './seen-presence.ts'
import type { TopicOrder } from './topic-order.ts'
import type { WireName } from './wires.ts'

/** What the fan-out needs to know of a wire. */
export interface Wire {
  readonly name: WireName
  /** The event as this wire's clients get it; `null` when they don't. */
  encode(event: DomainEvent): Frame | null
  /** The same of an event that concerns a person on all of their connections. */
  encodeUser(event: UserEvent): Frame | null
  /** Told of each event of a conversation that has sessions of this wire, when it happens; and again once somebody has settled who was joining at that moment. */
  observe(event: DomainEvent, topic: Topic): void
}

/** What the fan-out needs to know of a session. */
export interface Subscriber {
  readonly id: SessionId
  readonly wire: Wire
  readonly caller: SessionCaller
  readonly identity: { readonly userId: string; readonly issuedAt: Millis; readonly tokenId: string }
  readonly outbound: Outbound
  /** Whether this one of the user's sessions is told of it. */
  wants(event: UserEvent): boolean
  /** It was queued. */
  told(event: UserEvent): void
  /** Some of what concerns its user may not have come: tells what can still be found out. Rejects while that can't be read. */
  catchUp(): Promise<void>
  /** The conversation ended for this session, or a wait in the lobby did. Called after the event was queued. */
  turned(subscription: Subscription, event: DomainEvent): void
  /** Another connection of the same user takes this one's place. */
  replaced(): void
  /** The token that it stands on was taken back. */
  revoked(): void
  /** It can't be told everything in order any more: close, its client comes back and recovers. */
  tooSlow(): void
}

/**
 * - `joining`: its snapshot is being read; events are held back until the answer is queued.
 * - `waiting`: in the lobby; only what concerns the one who waits.
 */
type State = 'joining' | 'in' | 'waiting' | 'out'

/** The place of one session in one conversation. */
export class Subscription {
  readonly session: Subscriber
  readonly topic: Topic
  state: State = 'joining'
  role: Role | null = null
  /** The epoch of the conversation that it came into. Events of another one that has the id are not for it. */
  epoch: string | null = null
  /** It has every durable event up to this one from its snapshot, whatever the topic has told. */
  rev = 0
  /** Its user is a member no more: nothing that happened after that reaches it. */
  isRemoved = false
  /** It waited in the lobby, and was told that it may come in. */
  isAnswered = false
  /** What was published since it is joining. */
  held: Published[] | null = null

  constructor(session: Subscriber, topic: Topic) {
    this.session = session
    this.topic = topic
  }

  hold(published: Published): void {
    this.held ??= []
    this.held.push(published)
  }
}

/** A conversation with somebody connected here. */
export class Topic {
  readonly conversationId: ConversationId
  readonly byWire = new Map<Wire, Set<Subscription>>()
  readonly order: TopicOrder
  readonly presence = new SeenPresence()
  readonly lobby = new SeenLobby()
  unsubscribe: () => void = () => undefined

  constructor(conversationId: ConversationId, order: (topic: Topic) => TopicOrder) {
    this.conversationId = conversationId
    this.order = order(this)
  }

  /** How many places are taken in it. */
  get size(): number {
    let size = 0
    for (const members of this.byWire.values()) size += members.size
    return size
  }

  *subscriptions(): Iterable<Subscription> {
    for (const members of this.byWire.values()) yield* members
  }
}
