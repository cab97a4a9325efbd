import { setTimeout as pause } from 'node:timers/promises'
import type { Session } from './session.ts'
import type { SessionForwarder } from './wires.ts'

/** How often it is looked who is to go now. */
const STEP_MS = 25
/** The share of the time in which sessions are sent away; the rest is for those who are slow about it. */
const SPREAD_SHARE = 0.7
/** Few go quickly: so long for each, at most. */
const PER_CONNECTION_MS = 10
/** A client that was told goes by itself; so long after its time it is closed. */
const PATIENCE_MS = 500

export interface DrainOptions {
  /** The sessions that are connected now. */
  readonly sessions: () => readonly Session[]
  readonly forwarder: Pick<SessionForwarder, 'passing' | 'endOldest'> | null
  /** 0 ≤ x < 1 */
  readonly random?: () => number
  /** Real time: it is the network that is waited for. */
  readonly clock?: { now(): number; pause(ms: number): Promise<unknown> }
}

const REAL_TIME = { now: () => performance.now(), pause: (ms: number) => pause(ms) }

/**
 * Sends every session elsewhere within `ms`, each at a time of its own, evenly spread in an order left to chance, so
 * that they do not all come to the other nodes at once. What is being worked on for one is answered before it goes.
 * What passes through to other nodes ends in the same time.
 * What is left in the end is closed without a word.
 */
export async function drainSessions(
  { sessions, forwarder, random = Math.random, clock = REAL_TIME }: DrainOptions,
  ms: number,
): Promise<void> {
  const startedAt = clock.now()
  const told = new Map<Session, number>()
  const patienceMs = Math.min(PATIENCE_MS, ms * (1 - SPREAD_SHARE))
  const first = shuffle(sessions(), random)
  const passing = forwarder?.passing ?? 0
  const spreadMs = Math.min(ms * SPREAD_SHARE, Math.max(first.length, passing) * PER_CONNECTION_MS)
  for (const [place, session] of first.entries()) {
    const afterMs = ((place + random()) / first.length) * spreadMs
    told.set(session, startedAt + afterMs)
    session.drain(afterMs)
  }
  for (;;) {
    const now = clock.now()
    const left = sessions()
    for (const session of left) {
      // Whoever was still coming in when the others were told goes last.
      const goesAt = told.get(session) ?? startedAt + spreadMs
      if (now >= goesAt + patienceMs && !session.busy) session.sendAway()
    }
    const mayPass = Math.ceil(passing * (1 - (now - startedAt) / Math.max(1, spreadMs)))
    while (forwarder !== null && forwarder.passing > Math.max(0, mayPass)) if (!forwarder.endOldest()) break
    if (left.length === 0 && (forwarder?.passing ?? 0) === 0) return
    if (now - startedAt >= ms) break
    await clock.pause(STEP_MS)
  }
  for (const session of sessions()) session.terminate()
}

/** Fisher and Yates. */
function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const shuffled = [...items]
  for (let at = shuffled.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1))
    const [one, two] = [shuffled[at], shuffled[other]] as [T, T]
    shuffled[at] = two
    shuffled[other] = one
  }
  return shuffled
}
