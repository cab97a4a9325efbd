import { setTimeout as pause } from 'node:timers/promises'
import { LineEnded } from '../clients/line-ended.ts'
import { createRestClient } from '../clients/rest-client.ts'
import { openSeverableProxy, type SeverableProxy } from '../clients/severable-proxy.ts'
import type { Change, Line, OpenLine } from './line.ts'

const RETRY_MS = 50

const isRefusedForNow = (error: unknown): boolean => error instanceof Error && /UNAVAILABLE/.test(error.message)

/**
 * Somebody who stays in a room whatever happens to their line: comes back from where they were, sends
 * again what was not answered, and keeps account of what they were told.
 */
export interface Person extends AsyncDisposable {
  readonly name: string
  /** What was said, as this person was told, in the order of its places. */
  said(): readonly string[]
  /** Tellings of what this person had already counted as told: there must be none. */
  readonly doubles: readonly number[]
  /** Times that the line was cut and came back with everything missed. */
  readonly recoveries: number
  /** Times that the room was given anew instead, and what this person knew of it was forgotten. */
  readonly freshViews: number
  /** Says it, once, however often it takes. */
  say(text: string): Promise<void>
  cut(): void
  /** Resolves when everything up to this rev was told. */
  caughtUp(rev: number): Promise<void>
}

export async function openPerson(
  name: string,
  openLine: OpenLine,
  seat: {
    readonly url: string
    readonly roomId: string
    readonly token: string
    /** Whether the room may have to be given anew: where it may have lost something. */
    readonly mayBeFresh?: boolean
  },
): Promise<Person> {
  const proxy: SeverableProxy = await openSeverableProxy(seat.url)
  const told = new Map<number, Change>()
  const doubles: number[] = []
  /**
   * The revs that were asked for again: the answering side does not know that this line asked, and may tell them as
   * well.
   */
  const retried = new Set<number>()
  const waiting = new Set<() => void>()
  let position = { epoch: '', rev: -1 }
  let recoveries = 0
  let freshViews = 0
  let sayings = 0
  let broken: Error | null = null
  let leaving = false

  function take(change: Change, upTo = position.rev): void {
    if (change.rev <= upTo && !retried.delete(change.rev)) doubles.push(change.rev)
    told.set(change.rev, change)
    while (told.has(position.rev + 1)) position = { ...position, rev: position.rev + 1 }
    for (const wake of waiting) wake()
  }

  async function connect(): Promise<Line> {
    const since = position.rev === -1 ? null : position
    const held: Change[] = []
    let deliver = (change: Change): void => void held.push(change)
    const opened = await openLine({ ...seat, url: proxy.url, since, onChange: (change) => deliver(change) })
    if (since === null) position = opened.position
    else if (opened.missed !== null) recoveries += 1
    else if (seat.mayBeFresh === true) await beginAnew(opened)
    else broken ??= new Error(`${name} was not given what was missed since ${since.rev}`)
    // Asked for was all after `since`: of that, the answer to something said may be known already.
    let upTo = since?.rev ?? -1
    for (const change of opened.missed ?? []) {
      take(change, upTo)
      upTo = change.rev
    }
    for (const change of held) take(change)
    deliver = (change) => take(change)
    void opened.ended.then(() => {
      if (!leaving) line = stayConnected()
    })
    return opened
  }

  async function beginAnew(opened: Line): Promise<void> {
    try {
      const messages = await allMessages(seat)
      told.clear()
      position = opened.position
      for (const { id, seq: rev, text } of messages) if (rev <= position.rev) told.set(rev, { rev, said: { id, text } })
      freshViews += 1
    } catch (error) {
      opened[Symbol.dispose]()
      throw error
    }
  }

  /** A new line, however many of them are cut before they stand. */
  async function stayConnected(): Promise<Line> {
    for (;;) {
      try {
        return await connect()
      } catch (error) {
        if (leaving) throw error
        if (isRefusedForNow(error)) await pause(RETRY_MS)
      }
    }
  }
  let line = stayConnected()
  await line

  return {
    name,
    doubles,
    get recoveries() {
      return recoveries
    },
    get freshViews() {
      return freshViews
    },
    said: () =>
      [...told.values()].sort((a, b) => a.rev - b.rev).flatMap(({ said }) => (said === null ? [] : [said.id])),
    async say(text) {
      const clientId = `${name}-${++sayings}`
      for (let isRetry = false; ; isRetry = true) {
        const used = await line
        try {
          const change = await used.say(text, clientId)
          // A retry is answered with a place that recovery may have told already.
          if (change.rev <= position.rev) return
          take(change)
          if (isRetry) retried.add(change.rev)
          return
        } catch (error) {
          if (leaving) throw error
          if (error instanceof LineEnded) await used.ended
          else if (isRefusedForNow(error)) await pause(RETRY_MS)
          else throw error
        }
      }
    },
    cut: proxy.sever,
    async caughtUp(rev) {
      while (position.rev < rev) {
        if (broken !== null) throw broken
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            waiting.delete(wake)
            resolve()
          }
          waiting.add(wake)
        })
      }
    },
    async [Symbol.asyncDispose]() {
      leaving = true
      const last = line
      await proxy[Symbol.asyncDispose]()
      await last.then((opened) => opened[Symbol.dispose]()).catch(() => undefined)
    },
  }
}

/** Everything that was said in a room, as it is stored, in the order of its places. */
export async function allMessages({
  url,
  roomId,
  token,
}: {
  readonly url: string
  readonly roomId: string
  readonly token: string
}) {
  const messages: { readonly id: string; readonly seq: number; readonly text: string }[] = []
  for (let hasMore = true; hasMore; ) {
    const page = await createRestClient(url).history(roomId, token, messages[0]?.seq)
    messages.unshift(...page.messages)
    hasMore = page.hasMore
  }
  return messages
}
