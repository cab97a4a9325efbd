import { lastAfter } from './numbered-messages.ts'
import type { Place } from './returning-protocol.ts'

const EPOCH = Buffer.from('"epoch":"')
const REV = Buffer.from('"rev":')
const QUOTE = [0x22]
const END_OF_NUMBER = [0x2c, 0x7d]

/** How far a client is that has read this frame, and was at `before`; nothing is parsed for it. */
export function placeAfter(frame: Buffer, before: Place | null): Place | null {
  const rev = lastAfter(frame, REV, END_OF_NUMBER)
  if (rev === null) return before
  const epoch = lastAfter(frame, EPOCH, QUOTE) ?? before?.of
  if (epoch === undefined) return null
  const isBehind = before !== null && before.of === epoch && Number(before.at) > Number(rev)
  return isBehind ? before : { of: epoch, at: rev }
}

/** As both wires take it when somebody comes back. */
export const sinceOf = ({ of, at }: Place): { readonly epoch: string; readonly rev: number } => ({
  epoch: of,
  rev: Number(at),
})
