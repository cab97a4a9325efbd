import type { Socket as EngineSocket } from 'engine.io'
import type { Frame } from './frame.ts'
import { type Flusher, HARD_BOUND_BYTES, type Outbound, type QueueOwner, SOFT_BOUND_BYTES } from './outbound-queue.ts'

/** Engine.IO's own queue, for sessions that poll: it holds what comes between two requests. */
export class PollingOutbound implements Outbound {
  readonly isPolling = true
  owner: QueueOwner | null = null
  readonly #connection: EngineSocket
  readonly #flusher: Flusher
  #queuedBytes = 0
  #ended = false

  constructor(flusher: Flusher, connection: EngineSocket) {
    this.#flusher = flusher
    this.#connection = connection
    connection.on('packetCreate', this.#onPacket)
    connection.on('drain', this.#onDrain)
  }

  get queuedBytes(): number {
    return this.#queuedBytes
  }

  push(frame: Frame, droppable: boolean): void {
    if (this.#ended) return
    if (droppable && this.#queuedBytes > SOFT_BOUND_BYTES) {
      this.#flusher.dropped += 1
      return
    }
    this.#connection.write(frame.text, { compress: false })
  }

  /** The connection moved to a WebSocket, which has a queue of its own. */
  detach(): void {
    this.#connection.off('packetCreate', this.#onPacket)
    this.#connection.off('drain', this.#onDrain)
  }

  /** Every packet, answers too: those who ask and never poll are behind like those who do not read. */
  readonly #onPacket = ({ data }: { readonly data?: unknown }): void => {
    if (typeof data === 'string') this.#queuedBytes += Buffer.byteLength(data)
    if (this.#queuedBytes <= HARD_BOUND_BYTES || this.#ended) return
    this.#ended = true
    this.#flusher.slowClosed += 1
    // Engine.IO is in the middle of taking the packet.
    queueMicrotask(() => this.owner?.tooSlow())
  }

  readonly #onDrain = (): void => {
    this.#queuedBytes = 0
  }
}
