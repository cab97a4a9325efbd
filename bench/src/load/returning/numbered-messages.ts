import { findMark, numberOf, sentAtMicros } from '../protocol.ts'
import type { LineEvents } from './returning-protocol.ts'

const MARK_STEP = 3

/** Tells of each numbered message in a frame, in its order: one when it is live, any number in what was missed. */
export function readMessages(
  chunk: Buffer,
  start: number,
  end: number,
  events: Pick<LineEvents, 'message'>,
  isAnew = false,
): void {
  for (let at = findMark(chunk, start, end); at >= 0; at = findMark(chunk, at + MARK_STEP, end)) {
    events.message(numberOf(chunk, at), sentAtMicros(chunk, at), isAnew)
  }
}

/** The text that follows the last `key` of a frame, up to `close`; `null` without one. */
export function lastAfter(frame: Buffer, key: Buffer, close: readonly number[]): string | null {
  const found = frame.lastIndexOf(key)
  if (found < 0) return null
  const from = found + key.length
  let to = from
  while (to < frame.length && !close.includes(frame[to] ?? 0)) to += 1
  return frame.toString('latin1', from, to)
}
