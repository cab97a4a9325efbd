import { type Clock, createTimer } from './clock.ts'

export interface ChatExpiryOptions {
  readonly clock: Clock
  /** As the server has it; `undefined` while it is not known, or when the chat lasts. */
  readonly expiresAt: () => number | undefined
  readonly clockOffsetMs: () => number
  /** It has come, and the server has not said so. */
  readonly onTimeUp: () => void
}

/** The time at which a room is over. */
export interface ChatExpiry {
  /** By the server's clock. */
  readonly isTimeUp: boolean
  /** Call when the time is known, or another one. */
  watch(): void
  stop(): void
}

/** The server says when a room is over; when it does not, we ask a little later. */
const GRACE_MS = 3000

export function createChatExpiry({ clock, expiresAt, clockOffsetMs, onTimeUp }: ChatExpiryOptions): ChatExpiry {
  const timer = createTimer(clock)
  const leftMs = (): number => (expiresAt() ?? Number.POSITIVE_INFINITY) - clock.now() - clockOffsetMs()

  function watch(): void {
    if (expiresAt() === undefined) return
    timer.set(Math.max(0, leftMs()) + GRACE_MS, () => {
      if (leftMs() <= 0) onTimeUp()
      else watch()
    })
  }

  return {
    get isTimeUp() {
      return leftMs() <= 0
    },
    watch,
    stop: timer.clear,
  }
}
