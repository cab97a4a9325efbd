import type { Transport } from 'engine.io'
import type { Socket } from 'socket.io'
import { CommandQueue, type CommandQueueOwner } from './command-queue.ts'
import type { Refusal } from './dispatch.ts'
import { FLOOD_WINDOW_MS, FloodCount } from './flood-count.ts'
import type { Outbound, QueueOwner } from './outbound-queue.ts'
import { PollingOutbound } from './polling-outbound.ts'
import { QueuedWebSocket } from './queued-web-socket.ts'
import { socketioFrame } from './socketio-frame.ts'
import type { WireFoundation } from './wire-foundation.ts'
import type { WireName } from './wires.ts'

/** A client that has sent this many events before the first was answered is cut off. */
const MAX_BACKLOG = 1000
/** And so are those whose unanswered events take so much: a thousand of the largest would fill the memory. */
const MAX_BACKLOG_BYTES = 4 * 1024 * 1024

/** What an event's callback gets. */
type Answer = { readonly ok: true } | { readonly ok: false; readonly error: Refusal }

export interface Answered {
  readonly answer: Answer
  /** Done as soon as the answer is queued, before anything else is. */
  readonly afterwards?: readonly (() => void)[]
}

/** Who answers what the client sends. It changes when the client says who it is. */
export interface Speaker {
  readonly wire: { readonly name: WireName }
  /** Something came from the client. */
  heard(): void
  /** Never rejects. */
  answer(event: string, data: unknown): Promise<Answered>
  /** The connection moved to another transport. */
  moved(outbound: Outbound): void
  /** The connection is gone, or somebody else speaks. */
  gone(): void
}

/** An event as Socket.IO parsed it: its arguments, and last its acknowledgement callback if it has one. */
interface Received {
  readonly event: unknown
  readonly args: readonly unknown[]
  /** What came on the line for it, about. */
  readonly bytes: number
}
/** What is done before anything that the client sent. */
interface Opening {
  readonly open: () => Promise<void>
}

/** What a connection is made of. */
export interface ConnectionParts {
  readonly socket: Socket
  readonly address: string
  readonly choose: ChooseSpeaker
  /** Whether something that the client sends is on its way in. */
  readonly isReceiving: () => boolean
}

/** Who speaks to the client when it has sent this event. */
export type ChooseSpeaker = (event: string, connection: SocketioConnection) => Speaker

/**
 * A client's Socket.IO connection, whichever wire it speaks: its transport, what it sends one after the other,
 * and answers that keep their order with events.
 */
export class SocketioConnection implements CommandQueueOwner<Received | Opening>, QueueOwner {
  readonly id: string
  readonly address: string
  outbound: Outbound
  closed = false
  #speaker: Speaker | null = null
  readonly #socket: Socket
  readonly #foundation: WireFoundation
  readonly #choose: ChooseSpeaker
  readonly #isReceiving: () => boolean
  readonly #commands = new CommandQueue<Received | Opening>(this)
  #flood: FloodCount | null = null
  /** Arrived, and not yet given to anybody as an event. */
  #arrivedBytes = 0
  #waitingBytes = 0

  constructor(foundation: WireFoundation, { socket, address, choose, isReceiving }: ConnectionParts) {
    this.id = socket.id
    this.address = address
    this.#foundation = foundation
    this.#socket = socket
    this.#choose = choose
    this.#isReceiving = isReceiving
    this.outbound = this.#takeTransport()
    // Before Socket.IO makes an event of it.
    socket.conn.prependListener('data', (data: unknown) => {
      this.#arrivedBytes += typeof data === 'string' || Buffer.isBuffer(data) ? data.length : 0
    })
    socket.onAny((event: unknown, ...args: unknown[]) => this.#receive(event, args))
    socket.on('disconnect', () => {
      this.#gone()
      // It was the client's alone, and nobody is known on it any more.
      socket.conn.close()
    })
  }

  get busy(): boolean {
    return this.#commands.busy || this.#isReceiving()
  }

  get speaker(): Speaker {
    if (this.#speaker === null) throw new TypeError('Nobody speaks on this connection yet')
    return this.#speaker
  }

  set speaker(speaker: Speaker) {
    this.#speaker = speaker
  }

  /** Does this before it answers anything. */
  open(open: () => Promise<void>): void {
    this.#commands.receive({ open })
  }

  emit(event: string, data: unknown): void {
    this.outbound.push(socketioFrame(event, data), false)
  }

  /** Says why, and disconnects for good: the client does not come back by itself. */
  end(refusal: Refusal): void {
    if (this.closed) return
    this.#emitError(refusal, undefined)
    this.#gone()
    this.#socket.disconnect(true)
  }

  /** Closes the transport under the client, which takes it for a lost line and comes back. */
  terminate(): void {
    this.#gone()
    this.#socket.conn.close(true)
  }

  /** The same when all that is queued has gone out; a client that polls is told with its next request. */
  sendAway(): void {
    this.#gone()
    this.#socket.conn.close()
  }

  tooSlow(): void {
    this.terminate()
  }

  async handle(input: Received | Opening): Promise<void> {
    if ('open' in input) {
      await input.open()
      return
    }
    const { event, args, bytes } = input
    this.#waitingBytes -= bytes
    const last = args.at(-1)
    const acknowledge = typeof last === 'function' ? last : null
    const { answer, afterwards } = await this.#answer(
      event,
      acknowledge !== null && args.length === 1 ? undefined : args[0],
    )
    if (this.closed) return
    // The acknowledgement goes into the same queue as events do, so neither overtakes the other.
    if (acknowledge !== null) acknowledge(answer)
    else if (!answer.ok) this.#emitError(answer.error, event)
    for (const each of afterwards ?? []) each()
    if (!answer.ok) this.#countFlood()
  }

  backlogChanged(waiting: number): void {
    if (waiting === MAX_BACKLOG) this.#endFlood()
  }

  #receive(event: unknown, args: readonly unknown[]): void {
    if (this.closed) return
    this.speaker.heard()
    const bytes = this.#arrivedBytes
    this.#arrivedBytes = 0
    this.#waitingBytes += bytes
    if (this.#waitingBytes > MAX_BACKLOG_BYTES) this.#endFlood()
    else this.#commands.receive({ event, args, bytes })
  }

  async #answer(event: unknown, data: unknown): Promise<Answered> {
    if (typeof event !== 'string') return UNKNOWN_EVENT
    this.speaker = this.#choose(event, this)
    return this.speaker.answer(event, data)
  }

  #emitError({ errors: _, ...error }: Refusal, event: unknown): void {
    this.emit('error', { ...error, ...(typeof event === 'string' ? { event } : {}) })
  }

  #countFlood(): void {
    const { clock, config } = this.#foundation
    if (!config.rateLimits) return
    this.#flood ??= new FloodCount()
    if (this.#flood.add(clock.now())) this.#endFlood()
  }

  #endFlood(): void {
    const { security } = this.#foundation
    security({ type: 'flooding', wire: this.speaker.wire.name, address: this.address })
    this.end({
      code: 'RATE_LIMITED',
      message: 'Too many events in a short time. Wait a little and connect again.',
      retryAfterMs: FLOOD_WINDOW_MS,
    })
  }

  #gone(): void {
    this.closed = true
    this.#speaker?.gone()
  }

  #takeTransport(): Outbound {
    const { conn } = this.#socket
    if (conn.transport instanceof QueuedWebSocket) {
      conn.transport.queue.owner = this
      return conn.transport.queue
    }
    const polling = new PollingOutbound(this.#foundation.flusher, conn)
    polling.owner = this
    // Called in the middle of Engine.IO's own change, just before what polling left over goes out.
    conn.once('upgrade', (transport: Transport) => {
      if (!(transport instanceof QueuedWebSocket)) return
      polling.detach()
      transport.queue.owner = this
      this.outbound = transport.queue
      this.#speaker?.moved(transport.queue)
    })
    return polling
  }
}

export const UNKNOWN_EVENT: Answered = {
  answer: { ok: false, error: { code: 'UNKNOWN_EVENT', message: 'There is no such event.' } },
}
