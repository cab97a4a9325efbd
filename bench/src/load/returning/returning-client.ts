import type { Address } from '../byte-stream.ts'
import type { Ticket } from '../protocol.ts'
import { createMessageLedger, type MessageLedger } from './message-ledger.ts'
import type { ReconnectSchedule } from './reconnect-schedule.ts'
import type { Place, ReturningLine, ReturningProtocol } from './returning-protocol.ts'

/** What is noted of all clients together. Times in ms. */
export interface ReturnNotes {
  /** From the loss of the line until it is there again, and until everything said meanwhile has come too. */
  readonly backAfter: number[]
  readonly wholeAfter: number[]
  /** From the sending of a message to its coming: of all, and of those sent while the client was there. */
  readonly latencies: number[]
  readonly liveLatencies: number[]
  losses: number
  recovered: number
  startedOver: number
  failedAttempts: number
  lastMessageAt: number
  /** The first few different ones. */
  readonly problems: Set<string>
}

export const createReturnNotes = (): ReturnNotes => ({
  backAfter: [],
  wholeAfter: [],
  latencies: [],
  liveLatencies: [],
  losses: 0,
  recovered: 0,
  startedOver: 0,
  failedAttempts: 0,
  lastMessageAt: 0,
  problems: new Set(),
})

const KEPT_PROBLEMS = 5

export interface ReturningClientOptions {
  readonly protocol: ReturningProtocol
  readonly schedule: ReconnectSchedule
  readonly ticket: Ticket
  readonly address: Address
  /** How many messages have been sent in its room. */
  readonly sent: () => number
  readonly random: () => number
  readonly now: () => number
  /** Told when the client is there again. */
  readonly returned?: () => void
}

/** A client that comes back whenever its line breaks, and knows what it has missed. */
export interface ReturningClient {
  /** Connects for the first time, without any second attempt. */
  enter(): Promise<void>
  /** Breaks the line; until `awayMs` have passed no attempt reaches the server. */
  cut(awayMs: number): void
  /** From now on messages after those sent so far count. */
  begin(notes: ReturnNotes): void
  send(number: number, text: string): Promise<void>
  leave(): void
  readonly isUp: boolean
  readonly ledger: MessageLedger
}

export function createReturningClient(options: ReturningClientOptions): ReturningClient {
  const { protocol, schedule, ticket, address, sent, random, now } = options
  let notes = createReturnNotes()
  let ledger = createMessageLedger(1)
  let line: ReturningLine | null = null
  /** Raised with every attempt: what an earlier one brings late is not listened to. */
  let run = 0
  let place: Place | null = null
  let failures = 0
  let upSince = 0
  let unreachableUntil = 0
  let lostAt: number | null = null
  /** What had been sent when the client came back: it is whole when it has all of it. */
  let owed: number | null = null
  let hasLeft = false
  let timer: NodeJS.Timeout | undefined

  function note(problem: string): void {
    if (notes.problems.size < KEPT_PROBLEMS) notes.problems.add(problem)
  }

  function took(number: number, sentAtMicros: number, isAnew: boolean): void {
    const at = now()
    notes.lastMessageAt = at
    if (!ledger.take(number, isAnew)) return
    const sentAt = sentAtMicros / 1000
    notes.latencies.push(at - sentAt)
    if (line !== null && sentAt >= upSince) notes.liveLatencies.push(at - sentAt)
    lookWhetherWhole()
  }

  function lookWhetherWhole(): void {
    if (owed === null || lostAt === null || !ledger.hasUpTo(owed)) return
    notes.wholeAfter.push(now() - lostAt)
    owed = null
    lostAt = null
  }

  async function attempt(): Promise<void> {
    const mine = ++run
    const tooLate = setTimeout(() => failed(mine, 'no answer in time'), schedule.attemptMs)
    try {
      if (now() < unreachableUntil) throw new Error('the network is away')
      const opened = await protocol.open(ticket, address, place, {
        message: (number, sentAtMicros, isAnew) => mine === run && took(number, sentAtMicros, isAnew),
        place: (known) => {
          if (mine === run) place = known
        },
        draining: (afterMs) => setTimeout(() => mine === run && moveOn(), afterMs),
        closed: (reason) => mine === run && lost(reason),
      })
      if (mine === run && !hasLeft) arrived(opened)
      else opened.cut()
    } catch (error) {
      failed(mine, (error as Error).message)
    } finally {
      clearTimeout(tooLate)
    }
  }

  function arrived(opened: ReturningLine): void {
    line = opened
    upSince = now()
    if (schedule.stableMs === 0) failures = 0
    if (lostAt === null) return
    notes.backAfter.push(upSince - lostAt)
    if (opened.recovered) notes.recovered += 1
    else notes.startedOver += 1
    owed = sent()
    lookWhetherWhole()
    options.returned?.()
  }

  function failed(mine: number, reason: string): void {
    if (mine !== run || line !== null) return
    notes.failedAttempts += 1
    if (now() >= unreachableUntil) note(`an attempt failed: ${reason}`)
    run += 1
    again()
  }

  /** The line is gone; a line that was still coming up is a failed attempt. */
  function lost(reason: string): void {
    if (line === null || hasLeft) return
    note(`a line ended: ${reason}`)
    drop()
    again()
  }

  function drop(): void {
    const dropped = line
    line = null
    run += 1
    dropped?.cut()
    if (now() - upSince >= schedule.stableMs) failures = 0
    // Lost again before it was whole: it is the first loss from which it has to recover.
    lostAt ??= now()
    owed = null
    notes.losses += 1
  }

  function again(): void {
    if (hasLeft) return
    timer = setTimeout(attempt, schedule.delayMs(failures, random()))
    failures += 1
  }

  /** The server asked to go elsewhere, and the time that it gave has come: nobody waits then. */
  function moveOn(): void {
    if (line === null) return
    drop()
    failures += 1
    void attempt()
  }

  return {
    async enter() {
      await attempt()
      if (line === null) {
        clearTimeout(timer)
        throw new Error(`a client could not come in: ${[...notes.problems].join('; ')}`)
      }
    },
    cut(awayMs) {
      if (line === null) return
      unreachableUntil = now() + awayMs
      drop()
      again()
    },
    begin(next) {
      notes = next
      ledger = createMessageLedger(sent() + 1)
      lostAt = null
      owed = null
    },
    send: (number, text) => line?.send(number, text) ?? Promise.reject(new Error('the line is away')),
    leave() {
      hasLeft = true
      run += 1
      clearTimeout(timer)
      line?.cut()
      line = null
    },
    get isUp() {
      return line !== null
    },
    get ledger() {
      return ledger
    },
  }
}
