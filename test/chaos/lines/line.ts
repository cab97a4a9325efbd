import type { Position, Told } from '../change.ts'
import type { Entry } from '../history.ts'
import type { SeenInVoice } from '../voice/seen-in-voice.ts'

type Entered = Pick<Extract<Entry, { what: 'entered' }>, 'recovered' | 'missed' | 'epoch' | 'rev'>
type Acked = Pick<Extract<Entry, { what: 'acked' }>, 'messageId' | 'seq' | 'duplicate'>

/**
 * One connection of one client on one wire, into as many conversations as the wire allows. What an answer says is
 * handed over in the same turn in which it arrives: events may follow right behind it. Each method rejects with
 * `Refused`, or with `LineEnded`.
 */
export interface Line extends Disposable {
  readonly ended: Promise<unknown>
  join(conversationId: string, since: Position | null, onEntered: (entered: Entered) => void): Promise<void>
  say(conversationId: string, text: string, clientId: string, onAcked: (acked: Acked) => void): Promise<void>
  /** Stops following it; with `seat` also its part in it. `null`: the wire can't. */
  readonly leave: ((conversationId: string, seat: boolean, onLeft: () => void) => Promise<void>) | null
  readonly edit: ((conversationId: string, messageId: string, text: string) => Promise<void>) | null
  readonly remove: ((conversationId: string, messageId: string) => Promise<void>) | null
  react(conversationId: string, messageId: string, emoji: string): Promise<void>
  /** What is said of voice, as it is on the wire; resolves with the answer. `null`: it knows no voice. */
  readonly speak: ((event: string, data: object) => Promise<unknown>) | null
}

export type OpenLine = (seat: {
  readonly url: string
  readonly token: string
  /** Every durable change that comes live. */
  readonly onTold: (told: Told) => void
  /** It is no member of this one any more, by what somebody else did. */
  readonly onRemoved: (conversationId: string) => void
  /** What is told of voice, as it is on the wire. */
  readonly onVoice: (event: string, data: unknown) => void
  /** The whole list of those in voice, each time that it is told. */
  readonly onInVoice: (conversationId: string, people: readonly SeenInVoice[]) => void
  /** Everybody who is in a room, each time that something about that is told. */
  readonly onPresent: (roomId: string, people: ReadonlySet<string>) => void
}) => Promise<Line>

/** The server said no. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: string

  constructor(what: string, { code, message }: { readonly code: string; readonly message: string }) {
    super(`${what} was refused: ${code}: ${message}`)
    this.code = code
  }
}

/** So long a client waits for an answer, and then takes its line for dead. */
export const ANSWER_WAIT_MS = 8000
