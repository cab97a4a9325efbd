import type { ConversationId, DomainEvent } from '@parley/core'
import { CLOSE_CODES, type CloseReason, type rooms, SIZES } from '@parley/protocol'
import type { WebSocket } from 'ws'
import type { Identity } from '../../auth/authenticator.ts'
import { CommandQueue, type CommandQueueOwner } from '../command-queue.ts'
import type { Refusal } from '../dispatch.ts'
import { FloodCount } from '../flood-count.ts'
import { PING_FRAME } from '../frame.ts'
import type { OutboundQueue } from '../outbound-queue.ts'
import { Session } from '../session.ts'
import type { Subscription } from '../topic.ts'
import { commands, isCommand } from './commands.ts'
import { errors } from './errors.ts'
import { encodeMessage } from './events.ts'
import type { RoomsContext, RoomsParticipant, RoomsReply, RoomsWire } from './rooms-wire.ts'

/** A client that sends faster than it is served is not read from until this many frames are worked off. */
const MAX_BACKLOG = 64
const MAX_MISSED_PINGS = 2
/** What a client sends by itself, without a person behind it. */
const PASSIVE: ReadonlySet<string> = new Set<rooms.ClientMessageType>(['ping', 'refresh_token'])

/** The lobby's door opened: enter again, as the client would. */
interface Admitted {
  readonly admitted: ConversationId
}

/** A participant's raw WebSocket. */
export class RoomsSession extends Session implements RoomsParticipant, CommandQueueOwner<Buffer | Admitted> {
  readonly wire: RoomsWire
  /** The one room that this session is in, joining, or waiting for. */
  place: Subscription | null = null
  /** The name that the client joined with. */
  joinName: string | null = null
  readonly #commands = new CommandQueue<Buffer | Admitted>(this)
  readonly #socket: WebSocket
  readonly #queue: OutboundQueue
  #nextPingAt: number
  #missedPings = 0
  #flood: FloodCount | null = null
  #isAskingForVoice = false

  constructor(
    wire: RoomsWire,
    socket: WebSocket,
    queue: OutboundQueue,
    id: string,
    identity: Identity,
    address: string,
  ) {
    const { clock, config } = wire.foundation
    const now = clock.now()
    super(id, identity, address, queue, now)
    this.wire = wire
    this.#socket = socket
    this.#queue = queue
    this.#nextPingAt = now + config.heartbeatIntervalMs
    queue.owner = this
  }

  override get busy(): boolean {
    return this.#commands.busy
  }

  override *subscriptions(): Iterable<Subscription> {
    if (this.place !== null) yield this.place
  }

  send(message: rooms.ServerMessage | rooms.RoomEvent): void {
    this.outbound.push(encodeMessage(message), false)
  }

  refuse(refusal: Refusal, ref?: string): void {
    const { errors: fields, ...rest } = refusal
    this.send({
      type: 'error',
      ...(ref === undefined ? {} : { ref }),
      ...rest,
      ...(fields === undefined ? {} : { errors: [...fields] }),
    })
  }

  /** Something came from the client, if only a pong: it is alive. */
  heard(): void {
    this.#missedPings = 0
  }

  /** Says why, after everything that is queued, and forgets the session. */
  end(reason: CloseReason): void {
    if (this.closed) return
    this.#forget()
    this.#queue.end()
    this.#socket.close(CLOSE_CODES[reason], reason)
    // One that was not read from could not say goodbye.
    this.#socket.resume()
  }

  override replaced(): void {
    this.end('replaced')
  }

  override dismiss(refusal: Refusal): void {
    this.refuse(refusal)
    this.end('unauthenticated')
  }

  /** The connection is gone. */
  gone(): void {
    this.#forget()
  }

  #forget(): void {
    this.wire.foundation.registry.remove(this, this.wire.foundation.fanout)
  }

  leavePlace(): void {
    const { place } = this
    if (place === null) return
    this.place = null
    this.wire.foundation.fanout.unsubscribe(place)
    this.wire.foundation.registry.exit(this, place.topic.conversationId)
  }

  /** Takes a frame as it came. */
  receive(input: Buffer | Admitted): void {
    this.#commands.receive(input)
  }

  async handle(input: Buffer | Admitted): Promise<void> {
    if (!Buffer.isBuffer(input)) {
      const { admitted } = input
      // They may have come in by themselves.
      if (this.place?.topic.conversationId !== admitted || this.place.state !== 'waiting') return
      await this.#run('join_room', { type: 'join_room', roomId: admitted, name: this.joinName ?? undefined }, undefined)
      return
    }
    const frame = parseFrame(input)
    if (frame === null) {
      this.end('badFrame')
      return
    }
    const ref = typeof frame.ref === 'string' && frame.ref.length <= SIZES.maxRefLength ? frame.ref : undefined
    const { type } = frame
    if (typeof type !== 'string' || !isCommand(type)) {
      this.refuse({ code: 'UNKNOWN_EVENT', message: 'There is no such type of frame.' }, ref)
      this.#countFlood()
      return
    }
    if (!PASSIVE.has(type)) this.lastActivityAt = this.wire.foundation.clock.now()
    const served = await this.#run(type, frame, ref)
    if (!served || type === 'ping') this.#countFlood()
  }

  async #run(type: rooms.ClientMessageType, frame: unknown, ref: string | undefined): Promise<boolean> {
    const { identity } = this
    const context: RoomsContext = {
      identity,
      limitKey: identity.userId,
      wire: 'rooms',
      command: type,
      session: this,
      ref,
      // Whoever is in no room is stopped before.
      mayKnow: () => true,
    }
    const outcome = await this.wire.foundation.dispatcher.dispatch(commands[type], context, frame, errors)
    if (this.closed) return true
    if (!outcome.ok) this.refuse(outcome.error, ref)
    else if (outcome.value !== null) this.#answer(outcome.value, ref)
    return outcome.ok
  }

  /** Whoever gave a `ref` may wait for an `ok` with it, also where an answer has a type of its own. */
  #answer(reply: NonNullable<RoomsReply>, ref: string | undefined): void {
    this.send(ref === undefined ? reply : { ...reply, ref })
    if (reply.type !== 'token' || ref === undefined) return
    const { token, expiresIn } = reply
    this.send({ type: 'ok', ref, data: { token, expiresIn } })
  }

  #countFlood(): void {
    if (!this.wire.foundation.config.rateLimits) return
    this.#flood ??= new FloodCount()
    if (!this.#flood.add(this.wire.foundation.clock.now())) return
    this.wire.foundation.security({ type: 'flooding', wire: 'rooms', address: this.address })
    this.end('flooding')
  }

  backlogChanged(waiting: number): void {
    if (waiting === MAX_BACKLOG) this.#socket.pause()
    else if (waiting === 0) this.#socket.resume()
  }

  override turned(subscription: Subscription, event: DomainEvent): void {
    if (subscription !== this.place) return
    switch (event.type) {
      case 'conversation.expired':
        this.end('roomExpired')
        break
      case 'member.removed':
      case 'lobby.refused':
        this.end('forbidden')
        break
      case 'lobby.admitted':
        this.receive({ admitted: event.conversationId })
        break
      default:
        this.leavePlace()
    }
  }

  override sweep(now: number): void {
    if (now >= this.identity.expiresAt) {
      this.dismiss({ code: 'TOKEN_EXPIRED', message: 'Your token has expired. Get a new one and connect again.' })
    } else if (now - this.lastActivityAt >= this.wire.foundation.config.idleTimeoutMs) {
      void this.#endIfIdle(now)
    } else if (now >= this.#nextPingAt) {
      this.#beat(now)
    }
  }

  /** A user in voice counts as active, by whatever connection. */
  async #endIfIdle(now: number): Promise<void> {
    if (this.#isAskingForVoice) return
    const { core, logger } = this.wire.foundation
    const conversationId = this.place?.topic.conversationId
    const idleSince = this.lastActivityAt
    this.#isAskingForVoice = true
    try {
      if (conversationId !== undefined && (await core.isInVoice(this.identity.userId, conversationId))) {
        this.lastActivityAt = now
      }
    } catch (err) {
      logger.warn({ err }, 'who is in voice could not be read')
    }
    this.#isAskingForVoice = false
    if (this.lastActivityAt === idleSince) this.end('idle')
  }

  #beat(now: number): void {
    if (this.#missedPings >= MAX_MISSED_PINGS) {
      this.terminate()
      return
    }
    this.#missedPings += 1
    this.#nextPingAt = now + this.wire.foundation.config.heartbeatIntervalMs
    this.outbound.push(PING_FRAME, false)
  }

  override tooSlow(): void {
    this.end('tooSlow')
  }

  override drain(): void {
    // The close code says it.
  }

  override sendAway(): void {
    this.end('draining')
  }

  override terminate(): void {
    this.#forget()
    this.#socket.terminate()
  }
}

function parseFrame(data: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(data.toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}
