import type { ClientData } from '@parley/protocol/messenger'
import { type Clock, createTimer } from './clock.ts'
import { ParleyError } from './parley-error.ts'
import type { ReceiptKind } from './receipts.ts'

/** A message up to which we have got. */
interface Mark {
  readonly chatId: string
  readonly messageId: string
  readonly seq: number
}

export interface ReceiptSenderOptions {
  readonly clock: Clock
  readonly send: (
    event: 'message:delivered' | 'message:read',
    data: ClientData<'message:delivered' | 'message:read'>,
  ) => Promise<unknown>
}

/** Tells the server how far we have got in our chats, seldom enough for its limits: only the latest mark of each chat counts. */
export interface ReceiptSender {
  mark(kind: ReceiptKind, mark: Mark): void
  /** Requests may go out. */
  resume(): void
  pause(): void
}

/** What arrives within this time is told of at once. */
const GATHER_MS = 200
/** The server takes 100 of each kind in 60 s. */
const PACE_MS = 700
/** After a refusal that will pass: doubled each time. */
const RETRY_MS = { least: 2000, most: 16_000 }
/** Whoever is no member any more is mostly on the way in again, or out for good. */
const MAX_TRIES_OUTSIDE = 5

interface Waiting extends Mark {
  readonly tries: number
}

export function createReceiptSender({ clock, send }: ReceiptSenderOptions): ReceiptSender {
  const lanes = { read: createLane('read'), delivered: createLane('delivered') }
  let isUp = false

  function createLane(kind: ReceiptKind) {
    const waiting = new Map<string, Waiting>()
    const next = createTimer(clock)
    let freeAt = 0

    function put(mark: Waiting): void {
      const known = waiting.get(mark.chatId)
      if (known === undefined || known.seq < mark.seq) waiting.set(mark.chatId, mark)
      schedule(GATHER_MS)
    }

    function schedule(ms: number): void {
      if (isUp && waiting.size > 0 && !next.isSet) next.set(Math.max(ms, freeAt - clock.now()), pump)
    }

    function pump(): void {
      const [mark] = waiting.values()
      if (!isUp || mark === undefined) return
      const { chatId, messageId } = mark
      waiting.delete(chatId)
      freeAt = clock.now() + PACE_MS
      send(`message:${kind}`, { chatId, messageId }).catch((error: unknown) => failed(mark, error))
      schedule(0)
    }

    /** What can succeed later waits, however long that takes: there may be no next mark to say it. Anything else is let go. */
    function failed(mark: Waiting, error: unknown): void {
      const { code, retryAfterMs = 0 } = error instanceof ParleyError ? error : { code: 'INTERNAL' }
      const willPass = code === 'UNAVAILABLE' || code === 'RATE_LIMITED'
      const mayPass = code === 'NOT_IN_ROOM' && mark.tries < MAX_TRIES_OUTSIDE
      if (!willPass && !mayPass) return
      const waitMs = Math.min(RETRY_MS.most, RETRY_MS.least * 2 ** mark.tries)
      freeAt = Math.max(freeAt, clock.now() + Math.max(waitMs, retryAfterMs))
      next.clear()
      put({ ...mark, tries: mark.tries + 1 })
    }

    return { waiting, next, put, schedule }
  }

  return {
    mark(kind, mark) {
      const known = lanes.delivered.waiting.get(mark.chatId)
      // To have read it is to have got it.
      if (kind === 'read' && known !== undefined && known.seq <= mark.seq) lanes.delivered.waiting.delete(mark.chatId)
      lanes[kind].put({ ...mark, tries: 0 })
    },
    resume() {
      isUp = true
      for (const { schedule } of Object.values(lanes)) schedule(GATHER_MS)
    },
    pause() {
      isUp = false
      for (const { next } of Object.values(lanes)) next.clear()
    },
  }
}
