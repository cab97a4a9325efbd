import type { ConversationId, DomainEvent, SessionCaller, SessionId, UserEvent } from '@parley/core'
import type { Identity } from '../auth/authenticator.ts'
import type { Refusal } from './dispatch.ts'
import type { Outbound } from './outbound-queue.ts'
import type { Subscriber, Subscription, Wire } from './topic.ts'

/** One connection of one user: what all wires have in common. */
export abstract class Session implements Subscriber {
  readonly id: SessionId
  readonly address: string
  identity: Identity
  outbound: Outbound
  lastActivityAt: number
  closed = false

  constructor(id: SessionId, identity: Identity, address: string, outbound: Outbound, now: number) {
    this.id = id
    this.identity = identity
    this.address = address
    this.outbound = outbound
    this.lastActivityAt = now
  }

  abstract readonly wire: Wire

  wants(_event: UserEvent): boolean {
    return true
  }

  told(_event: UserEvent): void {
    // Wires that have to know keep account.
  }

  async catchUp(): Promise<void> {
    // What a wire does not tell is not missed.
  }

  revoked(): void {
    this.dismiss({ code: 'UNAUTHENTICATED', message: 'Your token was taken back. Sign in again.' })
  }

  get caller(): SessionCaller {
    const { userId, name, room } = this.identity
    return { sessionId: this.id, userId, name, room }
  }

  /** The conversation that its user talks in. */
  get voicePlace(): ConversationId | null {
    return null
  }

  /** The places that this session has taken in conversations. */
  abstract subscriptions(): Iterable<Subscription>
  abstract turned(subscription: Subscription, event: DomainEvent): void
  abstract replaced(): void
  /** The client reads too slowly, or what it missed can't be given: close, it will come back and recover. */
  abstract tooSlow(): void
  /** Says why, and ends the connection for good: the client does not come back by itself. */
  abstract dismiss(refusal: Refusal): void
  /** What time brings: heartbeats, idleness, the end of a token. Called about once a second. */
  abstract sweep(now: number): void
  /** Whether something of this client's is being worked on. */
  abstract get busy(): boolean
  /** Tells the client to go elsewhere in so many milliseconds, if its wire has words for it. */
  abstract drain(afterMs: number): void
  /** Ends the connection when all that is queued is out; the client comes back elsewhere. */
  abstract sendAway(): void
  /** Ends the connection without a word. */
  abstract terminate(): void
}
