import type { ConversationId, DomainEvent, UserEvent, UserId } from '@parley/core'
import type { messenger } from '@parley/protocol'
import type { Socket } from 'socket.io'
import type { Identity } from '../../auth/authenticator.ts'
import type { AnyHandler, Refusal } from '../dispatch.ts'
import { FloodCount } from '../flood-count.ts'
import { Inbox, type InboxOwner } from '../inbox.ts'
import type { Outbound } from '../outbound-queue.ts'
import { Session } from '../session.ts'
import type { Subscription } from '../topic.ts'
import { commands, isCommand } from './commands.ts'
import { errors } from './errors.ts'
import { encodeMessage } from './events.ts'
import type { MessengerContext, MessengerMember, MessengerWire } from './messenger-wire.ts'

/** How long before its end a client is told that its token runs out. */
const TOKEN_WARNING_MS = 60_000
/** A client that has sent this many events before the first was answered is cut off. */
const MAX_BACKLOG = 1000
/** Clients spread their return over about this long. */
const DRAIN_RECONNECT_MS = 5000

/** An event as Socket.IO parsed it: its arguments, and last its acknowledgement callback if it has one. */
interface Received {
  readonly event: unknown
  readonly args: readonly unknown[]
}

/** A member's Socket.IO connection. */
export class MessengerSession extends Session implements MessengerMember, InboxOwner<Received> {
  readonly wire: MessengerWire
  readonly places = new Map<ConversationId, Subscription>()
  readonly watched = new Set<UserId>()
  readonly #inbox = new Inbox<Received>(this)
  readonly #socket: Socket
  #warned = false
  #flood: FloodCount | null = null

  constructor(wire: MessengerWire, socket: Socket, outbound: Outbound, identity: Identity, address: string) {
    super(socket.id, identity, address, outbound, wire.foundation.clock.now())
    this.wire = wire
    this.#socket = socket
  }

  override get busy(): boolean {
    return this.#inbox.busy
  }

  override subscriptions(): Iterable<Subscription> {
    return this.places.values()
  }

  /** Of people's presence only that of those it follows, and of the user's own. */
  override wants(event: UserEvent): boolean {
    if (event.type !== 'status.changed') return true
    const { userId } = event.person
    return userId === this.identity.userId || this.watched.has(userId)
  }

  emit<E extends messenger.ServerEvent>(event: E, data: messenger.ServerData<E>): void {
    this.outbound.push(encodeMessage(event, data), false)
  }

  leavePlace(conversationId: ConversationId): void {
    const place = this.places.get(conversationId)
    if (place === undefined) return
    this.places.delete(conversationId)
    this.wire.foundation.fanout.unsubscribe(place)
    this.wire.foundation.registry.exit(this, conversationId)
  }

  renewed(): void {
    this.#warned = false
  }

  receive(event: unknown, args: readonly unknown[]): void {
    if (this.closed) return
    this.lastActivityAt = this.wire.foundation.clock.now()
    this.#inbox.receive({ event, args })
  }

  async handle({ event, args }: Received): Promise<void> {
    const last = args.at(-1)
    const acknowledge = typeof last === 'function' ? last : null
    const context: MessengerContext = {
      identity: this.identity,
      limitKey: this.identity.userId,
      session: this,
      afterAnswer: [],
    }
    const answer = await this.#answer(event, acknowledge !== null && args.length === 1 ? undefined : args[0], context)
    if (this.closed) return
    // The acknowledgement goes into the same queue as events do, so neither overtakes the other.
    if (acknowledge !== null) acknowledge(answer)
    else if (!answer.ok) this.#emitError(answer.error, event)
    for (const then of context.afterAnswer) then()
    if (!answer.ok) this.#countFlood()
  }

  #countFlood(): void {
    const { clock, config } = this.wire.foundation
    if (!config.rateLimits) return
    this.#flood ??= new FloodCount()
    if (this.#flood.add(clock.now())) this.#endFlood()
  }

  #endFlood(): void {
    this.wire.foundation.security({ type: 'flooding', wire: 'messenger', address: this.address })
    this.dismiss({ code: 'RATE_LIMITED', message: 'Too many events in a short time.' })
  }

  async #answer(
    event: unknown,
    data: unknown,
    context: MessengerContext,
  ): Promise<{ readonly ok: true } | { readonly ok: false; readonly error: Refusal }> {
    if (typeof event !== 'string' || !isCommand(event)) {
      return { ok: false, error: { code: 'UNKNOWN_EVENT', message: 'There is no such event.' } }
    }
    const command: AnyHandler<MessengerContext, object> = commands[event]
    const outcome = await this.wire.foundation.dispatcher.dispatch(command, context, data ?? {}, errors)
    return outcome.ok ? { ok: true, ...outcome.value } : outcome
  }

  #emitError({ errors: _, ...error }: Refusal, event: unknown): void {
    this.emit('error', { ...error, ...(typeof event === 'string' ? { event } : {}) })
  }

  backlogChanged(waiting: number): void {
    if (waiting === MAX_BACKLOG) this.#endFlood()
  }

  override turned(subscription: Subscription, event: DomainEvent): void {
    const { conversationId } = subscription.topic
    // Those let in call `chat:join` again; their place is kept until they do.
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
      this.emit('token:expiring', { at: expiresAt })
    }
  }

  /** Says why, and disconnects for good: the client does not come back by itself. */
  override dismiss(refusal: Refusal): void {
    this.#emitError(refusal, undefined)
    this.gone()
    this.#socket.disconnect(true)
  }

  override replaced(): void {
    this.dismiss({ code: 'CONFLICT', message: 'Another of your connections took the place of this one.' })
  }

  override tooSlow(): void {
    this.terminate()
  }

  override drain(): void {
    this.emit('server:draining', { reconnectAfterMs: Math.round(Math.random() * DRAIN_RECONNECT_MS) })
  }

  /** Closes the transport under the client, which takes it for a lost line and comes back. */
  override terminate(): void {
    this.gone()
    this.#socket.conn.close(true)
  }

  /** The connection is gone. */
  gone(): void {
    this.wire.foundation.registry.remove(this, this.wire.foundation.fanout)
  }
}
