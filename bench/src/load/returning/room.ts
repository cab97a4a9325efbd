import { numberedText } from '../protocol.ts'
import {
  createReturningClient,
  type ReturningClient,
  type ReturningClientOptions,
  type ReturnNotes,
} from './returning-client.ts'

/** A room, and whoever writes in it. */
export interface Room {
  readonly writer: ReturningClient
  /** Messages so far, and those of this window. */
  readonly sent: number
  readonly written: number
  /** Messages that are not acknowledged to their writer yet. */
  readonly unanswered: number
  readonly problems: readonly string[]
  begin(notes: ReturnNotes): void
  /** Writes the next message: now, or when the writer's line is back. */
  write(nowMicros: number): void
}

/** What the server did not answer is sent again when the writer is back, in order and as the same message. */
export function createRoom(options: Omit<ReturningClientOptions, 'sent' | 'returned'>): Room {
  const unanswered = new Map<number, string>()
  const refusals = new Set<string>()
  let sent = 0
  let sentBefore = 0

  function send(number: number, text: string): void {
    writer.send(number, text).then(
      () => unanswered.delete(number),
      (error: Error) => writer.isUp && refusals.add(error.message),
    )
  }

  const writer = createReturningClient({
    ...options,
    // Its own messages do not come to it.
    sent: () => 0,
    returned() {
      for (const [number, text] of unanswered) send(number, text)
    },
  })

  return {
    writer,
    get sent() {
      return sent
    },
    get written() {
      return sent - sentBefore
    },
    get unanswered() {
      return unanswered.size
    },
    get problems() {
      return [...refusals]
    },
    begin(notes) {
      writer.begin(notes)
      refusals.clear()
      sentBefore = sent
    },
    write(nowMicros) {
      sent += 1
      const text = numberedText(nowMicros, sent)
      unanswered.set(sent, text)
      if (writer.isUp) send(sent, text)
    },
  }
}
