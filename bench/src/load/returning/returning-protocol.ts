import type { Address } from '../byte-stream.ts'
import type { Ticket } from '../protocol.ts'

/** How far a client has got, as its protocol says it when it comes back: an epoch and a rev, or a session and an offset. */
export interface Place {
  readonly of: string
  readonly at: string
}

/** What a line tells its client. */
export interface LineEvents {
  /** A numbered message, live or as part of what was missed; `isAnew` when all is shown anew, known or not. */
  message(number: number, sentAtMicros: number, isAnew: boolean): void
  /** How far the client has got by now. */
  place(place: Place): void
  /** The server goes down, and wants this client to go elsewhere after so many milliseconds. */
  draining(afterMs: number): void
  /** The line is gone. */
  closed(reason: string): void
}

/** A client's connection, in its room and up to date. */
export interface ReturningLine {
  /** The server knew the client's place; `false` at its first coming, too. */
  readonly recovered: boolean
  /** Resolves when the server says that it has message `number`. A second time with the same number is the same message. */
  send(number: number, text: string): Promise<void>
  /** Breaks it without a word. */
  cut(): void
}

/** How clients of one kind come, and come back. */
export interface ReturningProtocol {
  /** Makes the rooms, of which each has a seat for one more who writes. */
  prepare(options: {
    /** Where REST is answered. */
    readonly restPort: number
    readonly people: number
    readonly rooms: number
  }): Promise<Ticket[]>
  /** Connects, goes into the room and gets what was missed since `place`; `null` at the first time. */
  open(ticket: Ticket, address: Address, place: Place | null, events: LineEvents): Promise<ReturningLine>
}
