import type { Socket as EngineSocket } from 'engine.io'
import type { Frame } from './frame.ts'
import { type Flusher, HARD_BOUND_BYTES, type Outbound, type QueueOwner, SOFT_BOUND_BYTES } from './outbound-queue.ts'

/** Engine.IO's own queue, for sessions that poll: it holds what comes between two requests. */
export class PollingOutbound implements Outbound {
  readonly isPolling = true
  owner: QueueOwner | null = null
  readonly #connection: EngineSocket
  readonly #flusher: Flusher
  readonly #onDrain = (): void => {
    this.#queuedBytes = 0
  }
  #queuedBytes = 0

  constructor(flusher: Flusher, connection: EngineSocket) {
    this.#flusher = flusher
    this.#connection = connection
    connection.on('drain', this.#onDrain)
  }

  get queuedBytes(): number {
    return this.#queuedBytes
  }

  push(frame: Frame, ephemeral: boolean): void {
    if (ephemeral && this.#queuedBytes > SOFT_BOUND_BYTES) {
      this.#flusher.dropped += 1
      return
    }
    if (this.#queuedBytes > HARD_BOUND_BYTES) {
      this.#flusher.slowClosed += 1
      this.owner?.tooSlow()
      return
    }
    this.#queuedBytes += frame.bytes.length
    this.#connection.write(frame.text, { compress: false })
  }

  /** The connection moved to a WebSocket, which has a queue of its own. */
  detach(): void {
    this.#connection.off('drain', this.#onDrain)
  }
}
