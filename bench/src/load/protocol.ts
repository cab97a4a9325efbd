import type { Address } from './byte-stream.ts'

/** What one member of the load reports; called for every frame, so it must stay cheap. */
export interface Tally {
  /** A message came: `chunk` from `start` holds it, and its text begins with the mark somewhere in there. */
  delivered(chunk: Buffer, markedAt: number): void
  /** The server said that it has the message. Only protocols that acknowledge. */
  acknowledged(): void
  /** Something that a healthy run does not have. */
  failed(reason: string): void
}

/** One client of the load. */
export interface Member {
  /** Enters the room; from when it resolves the member gets what is said there. */
  join(): Promise<void>
  send(text: string): void
  close(): void
}

/** What one member needs to come in. */
export interface Ticket extends Address {
  readonly index: number
  readonly token: string
  readonly roomId: string
}

/** How clients of one kind speak to their server. */
export interface Protocol {
  /** A sender gets its own message back like everybody else; if not, it gets an acknowledgement instead. */
  readonly echoesToSender: boolean
  readonly acknowledges: boolean
  /** Makes the rooms and a ticket for each of `people`, spread evenly over the rooms in the order of their index. */
  prepare(options: { readonly port: number; readonly people: number; readonly rooms: number }): Promise<Ticket[]>
  /** Connects and authenticates. */
  connect(ticket: Ticket, tally: Tally): Promise<Member>
}

/** Every measured text begins with this and the time of its sending, so that a frame can be recognised without parsing it. */
const MARK = '~t='
const MARK_BYTES = Buffer.from(MARK)
const CLOCK_DIGITS = 12
const NUMBER_DIGITS = 7
const TEXT_LENGTH = 64

/** A text of 64 characters that says when it was sent: `nowMicros` on this process's clock. */
export function markedText(nowMicros: number): string {
  return `${MARK}${String(Math.round(nowMicros)).padStart(CLOCK_DIGITS, '0')} `.padEnd(TEXT_LENGTH, 'abcdefghij ')
}

/** Such a text that also says which message of its room it is. */
export function numberedText(nowMicros: number, number: number): string {
  const mark = `${MARK}${String(Math.round(nowMicros)).padStart(CLOCK_DIGITS, '0')}`
  return `${mark}#${String(number).padStart(NUMBER_DIGITS, '0')} `.padEnd(TEXT_LENGTH, 'abcdefghij ')
}

/** Which message of its room the text is that begins at `markedAt`. */
export function numberOf(chunk: Buffer, markedAt: number): number {
  const digits = markedAt + MARK.length + CLOCK_DIGITS + 1
  return Number(chunk.toString('latin1', digits, digits + NUMBER_DIGITS))
}

/** Where a marked text begins in a payload; -1 when there is none. */
export function findMark(chunk: Buffer, start: number, end: number): number {
  const at = chunk.indexOf(MARK_BYTES, start)
  return at >= 0 && at < end ? at : -1
}

/** When the text that begins at `markedAt` was sent, in microseconds. */
export function sentAtMicros(chunk: Buffer, markedAt: number): number {
  const digits = markedAt + MARK.length
  return Number(chunk.toString('latin1', digits, digits + CLOCK_DIGITS))
}

/** Tickets for a server that knows neither rooms nor people. */
export function plainTickets(port: number, people: number): Ticket[] {
  return Array.from({ length: people }, (_, index) => ({ port, index, token: '', roomId: '' }))
}
