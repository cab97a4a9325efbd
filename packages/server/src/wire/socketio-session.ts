import type { ConversationId, DomainEvent, SessionId } from '@parley/core'
import type { Identity } from '../auth/authenticator.ts'
import type { Refusal } from './dispatch.ts'
import type { Outbound } from './outbound-queue.ts'
import { Session } from './session.ts'
import type { Answered, SocketioConnection, Speaker } from './socketio-connection.ts'
import type { Subscription, Wire } from './topic.ts'
import type { WireFoundation } from './wire-foundation.ts'

/** How long before its end a client is told that its token runs out. */
const TOKEN_WARNING_MS = 60_000

/** A wire that is spoken over Socket.IO. */
export interface SocketioWire extends Wire {
  readonly foundation: WireFoundation
}

/** A known user's Socket.IO connection: what the wires spoken there have in common. */
export abstract class SocketioSession<OwnWire extends SocketioWire> extends Session implements Speaker {
  readonly wire: OwnWire
  readonly places = new Map<ConversationId, Subscription>()
  readonly #connection: SocketioConnection
  #warned = false

  constructor(wire: OwnWire, connection: SocketioConnection, id: SessionId, identity: Identity) {
    super(id, identity, connection.address, connection.outbound, wire.foundation.clock.now())
    this.wire = wire
    this.#connection = connection
  }

  abstract answer(event: string, data: unknown): Promise<Answered>

  override get busy(): boolean {
    return this.#connection.busy
  }

  override subscriptions(): Iterable<Subscription> {
    return this.places.values()
  }

  leavePlace(conversationId: ConversationId): void {
    const place = this.places.get(conversationId)
    if (place === undefined) return
    this.places.delete(conversationId)
    this.wire.foundation.fanout.unsubscribe(place)
    this.wire.foundation.registry.exit(this, conversationId)
  }

  /** The client has a newer token, and may be warned anew before that one ends. */
  renewed(): void {
    this.#warned = false
  }

  heard(): void {
    const { clock, config, registry } = this.wire.foundation
    const now = clock.now()
    const wasAway = now - this.lastActivityAt >= config.awayAfterMs
    this.lastActivityAt = now
    if (wasAway) registry.stirred(this)
  }

  moved(outbound: Outbound): void {
    this.outbound = outbound
  }

  override turned(subscription: Subscription, event: DomainEvent): void {
    const { conversationId } = subscription.topic
    // Those let in join again by themselves; their place is kept until they do.
    if (event.type === 'lobby.admitted' || this.places.get(conversationId) !== subscription) return
    this.leavePlace(conversationId)
  }

  override sweep(now: number): void {
    const { expiresAt } = this.identity
    if (now >= expiresAt) {
      this.dismiss({ code: 'TOKEN_EXPIRED', message: 'Your token has expired. Get a new one and connect again.' })
    } else if (now - this.lastActivityAt >= this.wire.foundation.config.maxIdleMs) {
      this.dismiss({ code: 'UNAVAILABLE', message: 'Closed because nothing happened for a long time. Connect again.' })
    } else if (!this.#warned && now >= expiresAt - TOKEN_WARNING_MS) {
      this.#warned = true
      this.#connection.emit('token:expiring', { at: expiresAt })
    }
  }

  override dismiss(refusal: Refusal): void {
    this.#connection.end(refusal)
  }

  override replaced(): void {
    this.dismiss({ code: 'CONFLICT', message: 'Another of your connections took the place of this one.' })
  }

  override tooSlow(): void {
    this.terminate()
  }

  override drain(afterMs: number): void {
    this.#connection.emit('server:draining', { reconnectAfterMs: Math.round(afterMs) })
  }

  override sendAway(): void {
    this.#connection.sendAway()
  }

  override terminate(): void {
    this.#connection.terminate()
  }

  gone(): void {
    this.wire.foundation.registry.remove(this, this.wire.foundation.fanout)
  }
}
