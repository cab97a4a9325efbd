import type { Duplex } from 'node:stream'
import type { Frame } from './frame.ts'

/** Over this many bytes behind, a session gets no droppable frames. */
export const SOFT_BOUND_BYTES = 256 * 1024
/** Over this many bytes behind, a session is closed; it comes back and recovers. */
export const HARD_BOUND_BYTES = 4 * 1024 * 1024
/**
 * After a flush the next one waits this many times as long as that one took, so that more goes out in one
 * write. Measured: the system's write is four fifths of what a delivery costs, and its length hardly counts.
 */
const REST_FACTOR = 32
/** From here on it grows less: writing is then a small enough part of the time for all but the largest rooms. */
const SHORT_REST_MS = 12
const LONG_REST_FACTOR = 4
/** But never longer than people would notice. */
const MAX_REST_MS = 50
/** Batches above this are written frame by frame: copying them together costs more than the calls saved. */
const JOIN_MAX_BYTES = 64 * 1024
/** But not those of frames that are as small as this. */
const SMALL_FRAME_BYTES = 1024

/** Where a session's frames go, in order. */
export interface Outbound {
  /** A `droppable` frame (typing, presence, speaking) is left out when the session is behind. */
  push(frame: Frame, droppable: boolean): void
  /** Accepted and not yet taken by the system. */
  readonly queuedBytes: number
  /** It waits for the client to ask. */
  readonly isPolling?: true
}

/** The one who is told that its client reads too slowly. */
export interface QueueOwner {
  tooSlow(): void
}

/**
 * Frames that one session, or many with the same ones, write together. A chain: each link adds one frame
 * to the link before it. Sessions that get the same frames in one turn share the links, so that a
 * delivery allocates nothing and the bytes are put together once for all of them.
 */
class Batch {
  readonly bytes: number
  readonly #frameCount: number
  readonly #before: Batch | null
  readonly #frame: Frame | null
  #next: Batch | null = null
  #joined: Buffer | null = null

  constructor(before: Batch | null, frame: Frame | null) {
    this.#before = before
    this.#frame = frame
    this.bytes = (before?.bytes ?? 0) + (frame?.bytes.length ?? 0)
    this.#frameCount = before === null ? 0 : before.#frameCount + 1
  }

  with(frame: Frame): Batch {
    const next = this.#next
    if (next !== null && next.#frame === frame) return next
    this.#next = new Batch(this, frame)
    return this.#next
  }

  writeTo(socket: Duplex): void {
    if (this.bytes <= Math.max(JOIN_MAX_BYTES, this.#frameCount * SMALL_FRAME_BYTES)) {
      this.#joined ??= this.#join()
      socket.write(this.#joined)
      return
    }
    socket.cork()
    for (const frame of this.#frames()) socket.write(frame.bytes)
    socket.uncork()
  }

  #join(): Buffer {
    if (this.#frame !== null && this.bytes === this.#frame.bytes.length) return this.#frame.bytes
    return Buffer.concat(
      this.#frames().map((frame) => frame.bytes),
      this.bytes,
    )
  }

  #frames(): Frame[] {
    const frames: Frame[] = []
    for (let link: Batch | null = this; link !== null; link = link.#before) {
      if (link.#frame !== null) frames.push(link.#frame)
    }
    return frames.reverse()
  }
}

/** How the flusher tells the time, and waits. */
export interface FlusherTiming {
  /** In milliseconds, and fine enough to tell how long a flush took. */
  now(): number
  /** Calls back in so many milliseconds. */
  wait(ms: number, callback: () => void): void
}

const REAL_TIMING: FlusherTiming = {
  now: () => performance.now(),
  wait: (ms, callback) => void setTimeout(callback, ms),
}

/**
 * Writes what all queues gathered once per turn of the event loop, after its input was handled: events
 * that came in together go out to each client in one write. While writing takes a good part of the
 * time, turns are put together: a busy server writes larger pieces instead of more of them.
 */
export class Flusher {
  dropped = 0
  slowClosed = 0
  readonly #timing: FlusherTiming
  #restUntil = 0
  #first = new Batch(null, null)
  #dirty: OutboundQueue[] = []
  #scheduled = false
  readonly #flush = (): void => this.flush()

  constructor(timing = REAL_TIMING) {
    this.#timing = timing
  }

  /** The empty batch that every queue of this turn starts from. */
  get first(): Batch {
    return this.#first
  }

  mark(queue: OutboundQueue): void {
    this.#dirty.push(queue)
    if (this.#scheduled) return
    this.#scheduled = true
    const restMs = this.#restUntil - this.#timing.now()
    // A timer is no finer than this.
    if (restMs >= 1) this.#timing.wait(restMs, this.#flush)
    else setImmediate(this.#flush)
  }

  /** Writes now what waits for the end of the turn. */
  flush(): void {
    const startedAt = this.#timing.now()
    const dirty = this.#dirty
    this.#dirty = []
    this.#first = new Batch(null, null)
    this.#scheduled = false
    for (const queue of dirty) queue.flush()
    const endedAt = this.#timing.now()
    this.#restUntil = endedAt + restAfter(endedAt - startedAt)
  }
}

function restAfter(tookMs: number): number {
  const short = Math.min(SHORT_REST_MS, tookMs * REST_FACTOR)
  return Math.min(MAX_REST_MS, Math.max(short, tookMs * LONG_REST_FACTOR))
}

/** The bounded queue of one WebSocket connection. */
export class OutboundQueue implements Outbound {
  /** Set by the session; without one a slow connection is just cut. */
  owner: QueueOwner | null = null
  readonly #flusher: Flusher
  readonly #socket: Duplex
  #batch: Batch | null = null
  #ended = false

  /** `socket` carries the WebSocket and compresses nothing. */
  constructor(flusher: Flusher, socket: Duplex) {
    this.#flusher = flusher
    this.#socket = socket
  }

  get queuedBytes(): number {
    return (this.#batch?.bytes ?? 0) + this.#socket.writableLength
  }

  push(frame: Frame, droppable: boolean): void {
    if (this.#ended) return
    if (droppable && this.queuedBytes > SOFT_BOUND_BYTES) {
      this.#flusher.dropped += 1
      return
    }
    if (this.#batch === null) {
      this.#flusher.mark(this)
      this.#batch = this.#flusher.first.with(frame)
    } else {
      this.#batch = this.#batch.with(frame)
    }
  }

  /** Writes what is queued, unless the client is too far behind with what was written before. */
  flush(): void {
    const batch = this.#batch
    this.#batch = null
    if (batch === null || this.#socket.destroyed) return
    if (this.#socket.writableLength > HARD_BOUND_BYTES) {
      this.#ended = true
      this.#flusher.slowClosed += 1
      if (this.owner === null) this.#socket.destroy()
      else this.owner.tooSlow()
      return
    }
    batch.writeTo(this.#socket)
  }

  /** Writes what is queued and takes nothing more: the close frame comes next. */
  end(): void {
    this.flush()
    this.#ended = true
  }
}
