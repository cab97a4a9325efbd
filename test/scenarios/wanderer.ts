import { type MessengerClient, openMessengerClient } from '../clients/messenger-client.ts'
import type { Transport } from '../clients/wire-socket.ts'

interface Position {
  readonly epoch: string
  readonly rev: number
}

interface Joined extends Position {
  readonly ok: boolean
  readonly recovered: boolean
  readonly changes: readonly { readonly event: string; readonly data: Durable }[]
}

interface Durable {
  readonly chatId: string
  readonly rev: number
  readonly id?: string
}

/** Somebody who comes and goes, and notes everything that they should not have been told, or not then. */
export interface Wanderer extends Disposable {
  readonly userId: string
  readonly rev: number
  /** Ids of the messages that they were told of, in the order of telling. */
  readonly said: readonly string[]
  readonly faults: readonly string[]
  /** Times that somebody removed them. */
  readonly removals: number
  /** A new connection by this transport; the old one just ends. */
  connect(transport: Transport): Promise<void>
  join(): Promise<void>
  leave(): Promise<void>
}

export function createWanderer(url: string, chatId: string, token: string, userId: string): Wanderer {
  const said: string[] = []
  const faults: string[] = []
  let client: MessengerClient | null = null
  let position: Position | null = null
  let isIn = false
  let removals = 0

  function take(event: string, { rev, id }: Durable): void {
    if (position === null) return
    if (rev !== position.rev + 1) faults.push(`${event} with rev ${rev} after ${position.rev}`)
    position = { ...position, rev }
    if (event === 'message:new' && id !== undefined) said.push(id)
  }

  function hear(event: string, data: Durable): void {
    if (data.chatId !== chatId) return
    if (!isIn) faults.push(`${event} while outside`)
    if (event === 'room:kicked') {
      isIn = false
      removals += 1
    } else if (data.rev !== undefined) take(event, data)
  }

  function entered(answer: Joined, since: Position | null): void {
    if (!answer.ok) return
    isIn = true
    if (position === null || since === null) {
      position = { epoch: answer.epoch, rev: answer.rev }
      return
    }
    if (!answer.recovered) faults.push('not given what was missed')
    const revs = answer.changes.map(({ data }) => data.rev)
    if (revs.some((rev, index) => rev !== since.rev + 1 + index)) faults.push(`missed since ${since.rev}: ${revs}`)
    // More may have come since this was asked.
    for (const { event, data } of answer.changes) if (data.rev > position.rev) take(event, data)
    if (answer.rev !== position.rev) faults.push(`what was missed ends at ${position.rev}, the answer at ${answer.rev}`)
  }

  /** The answer is looked at in the same turn as it comes: events may follow right behind it. */
  function ask(event: string, data: object, answered: (answer: Joined) => void): Promise<void> {
    const socket = client?.socket
    if (socket === undefined) throw new Error('not connected')
    return new Promise((resolve) => {
      socket.emit(event, data, (answer: Joined) => {
        answered(answer)
        resolve()
      })
    })
  }

  return {
    userId,
    get rev() {
      return position?.rev ?? 0
    },
    get removals() {
      return removals
    },
    said,
    faults,
    async connect(transport) {
      client?.[Symbol.dispose]()
      isIn = false
      client = await openMessengerClient(url, token, transport)
      client.socket.onAny(hear)
    },
    join() {
      const since = position
      return ask('chat:join', { chatId, ...(since === null ? {} : { since }) }, (answer) => entered(answer, since))
    },
    leave: () =>
      ask('chat:leave', { chatId }, () => {
        isIn = false
      }),
    [Symbol.dispose]: () => client?.[Symbol.dispose](),
  }
}
