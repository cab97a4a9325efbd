import type { Roster } from './roster.ts'

export type ReceiptKind = 'delivered' | 'read'

/** How far somebody has got: `seq` of the last message. */
interface Cursor {
  readonly delivered: number
  readonly read: number
}

export interface ReceiptCounts {
  readonly delivered: number
  readonly read: number
  /** How many could have it: the others who are members now. */
  readonly of: number
}

/** How far the members of a chat have got. Nobody goes back. */
export interface Receipts {
  cursorOf(userId: string): Cursor
  /** False when they had got so far already. */
  move(userId: string, kind: ReceiptKind, seq: number): boolean
  /** What the server says of all; true when something moved. */
  learn(cursors: Readonly<Record<string, Cursor>>): boolean
  /** How many of the present members have the message of `senderId` at `seq`. */
  count(senderId: string, seq: number): ReceiptCounts
}

const NOWHERE: Cursor = { delivered: 0, read: 0 }

export function createReceipts(roster: Pick<Roster, 'list'>): Receipts {
  const cursors = new Map<string, Cursor>()
  const cursorOf = (userId: string): Cursor => cursors.get(userId) ?? NOWHERE

  function move(userId: string, kind: ReceiptKind, seq: number): boolean {
    const before = cursorOf(userId)
    // What was read was delivered.
    const delivered = Math.max(before.delivered, seq)
    const read = kind === 'read' ? Math.max(before.read, seq) : before.read
    if (delivered === before.delivered && read === before.read) return false
    cursors.set(userId, { delivered, read })
    return true
  }

  return {
    cursorOf,
    move,
    learn(all) {
      let hasMoved = false
      for (const [userId, { delivered, read }] of Object.entries(all)) {
        if (move(userId, 'delivered', delivered)) hasMoved = true
        if (move(userId, 'read', read)) hasMoved = true
      }
      return hasMoved
    },
    count(senderId, seq) {
      let delivered = 0
      let read = 0
      let others = 0
      for (const { userId } of roster.list()) {
        if (userId === senderId) continue
        const cursor = cursorOf(userId)
        others += 1
        if (cursor.delivered >= seq) delivered += 1
        if (cursor.read >= seq) read += 1
      }
      return { delivered, read, of: others }
    },
  }
}
