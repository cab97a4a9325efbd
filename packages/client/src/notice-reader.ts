import type { Notification } from '@parley/protocol/messenger'
import { type Clock, createTimer } from './clock.ts'

/** Reads what waits for the person, where nothing tells of it by itself. */
export interface NoticeReader {
  /** Now, and from now on: `isTold` says that a socket tells of what comes after. */
  start(isTold: boolean): void
  /** Something happened, so something may wait. Reads soon; calls in between are one. */
  hint(): void
  /** What is being read is of before something that we know: it is read again. */
  supersede(): void
  stop(): void
}

export interface NoticeReaderOptions {
  readonly clock: Clock
  readonly read: () => Promise<readonly Notification[]>
  readonly onRead: (all: readonly Notification[]) => void
}

/** However much happens. */
const PAUSE_MS = 3000
/** A missed call, for one, happens in no conversation. */
const SELDOM_MS = 60_000

export function createNoticeReader({ clock, read, onRead }: NoticeReaderOptions): NoticeReader {
  const soon = createTimer(clock)
  const seldom = createTimer(clock)
  let isUntold = false
  let readAt = Number.NEGATIVE_INFINITY
  /** The reading whose answer counts. */
  let latest: object | null = null

  function readNow(): void {
    const mine = {}
    latest = mine
    readAt = clock.now()
    soon.clear()
    seldom.clear()
    const done = (all: readonly Notification[] | null): void => {
      if (latest !== mine) return
      latest = null
      if (all !== null) onRead(all)
      if (isUntold) seldom.set(SELDOM_MS, readNow)
    }
    read().then(done, () => done(null))
  }

  function readSoon(): void {
    if (!soon.isSet) soon.set(readAt + PAUSE_MS - clock.now(), readNow)
  }

  return {
    start(isTold) {
      isUntold = !isTold
      readNow()
    },
    hint() {
      if (isUntold) readSoon()
    },
    supersede() {
      if (latest === null) return
      latest = null
      readSoon()
    },
    stop() {
      isUntold = false
      latest = null
      soon.clear()
      seldom.clear()
    },
  }
}
