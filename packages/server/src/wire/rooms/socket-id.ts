import { randomUUID } from 'node:crypto'
import type { Millis, SessionId } from '@parley/core'

/** Sockets of one participant in one room; the oldest makes place for another. */
const MAX_SOCKETS_PER_PARTICIPANT = 5
/** No other wire's ids begin so. */
const MARK = 'rooms-'
const TIME_LENGTH = 9
const COUNT_LENGTH = 7

/** Gives sockets their ids, by which every node knows whether a session is of this wire, and which of two came first. */
export function createSocketIds(): (now: Millis) => SessionId {
  // Tells apart those that come in one millisecond.
  let count = 0
  return (now) => {
    count += 1
    const place = now.toString(36).padStart(TIME_LENGTH, '0') + count.toString(36).padStart(COUNT_LENGTH, '0')
    return `${MARK}${place}-${randomUUID()}`
  }
}

/** Those of one participant's sessions in a room that make place: the oldest, and never `newest`, whatever the nodes' clocks say. */
export function oldestBeyondMost(sessionIds: readonly SessionId[], newest: SessionId): readonly SessionId[] {
  const others = sessionIds.filter((id) => id.startsWith(MARK) && id !== newest)
  return others.sort().slice(0, Math.max(0, others.length + 1 - MAX_SOCKETS_PER_PARTICIPANT))
}
