import { setTimeout as pause } from 'node:timers/promises'
import { LineEnded } from '../clients/line-ended.ts'
import type { ChaosClient, Deed, Seat } from './client.ts'
import { type Line, type OpenLine, Refused } from './lines/line.ts'
import type { Recorder } from './recorder.ts'
import type { SeenInVoice } from './voice/seen-in-voice.ts'
import { createSignalling } from './voice/signalling.ts'

const RETRY_MS = { least: 50, most: 500 }
/** Whoever does not get in waits up to twice as long each time, so often: many who all come at once keep each other out. */
const MOST_DOUBLINGS = 4
/** Refused for now: the same again, with the same id. */
const WAIT_FOR = ['UNAVAILABLE', 'RATE_LIMITED']
const COME_AGAIN = [...WAIT_FOR, 'CONVERSATION_NOT_FOUND', 'NOT_IN_ROOM']
/** What somebody may be told who did not know yet that they, or a message, are not there any more. */
const EXPECTED = [
  ...WAIT_FOR,
  'NOT_IN_ROOM',
  'CONVERSATION_NOT_FOUND',
  'ROOM_NOT_FOUND',
  'MESSAGE_NOT_FOUND',
  'FORBIDDEN',
]

interface Unsent {
  readonly conversationId: string
  readonly clientId: string
  readonly text: string
}

/** A client as the protocol describes one: comes back from where it was, and sends again what was not answered. */
export function createLineClient(seat: Seat, way: string, openLine: OpenLine, recorder: Recorder): ChaosClient {
  const { name, userId, conversationIds } = seat
  const complaints: string[] = []
  const unsent: Unsent[] = []
  /** In these it is now. */
  const following = new Set<string>()
  /** In these it does not want to be. */
  const away = new Set<string>()
  const wakers = new Set<() => void>()
  const seenInVoice = new Map<string, readonly SeenInVoice[]>()
  const present = new Map<string, ReadonlySet<string>>()
  const voice = createSignalling()
  const started = Promise.withResolvers<void>()
  let line: Line | null = null
  let hasVoice = false
  let isOver = false
  let count = 0
  let running: Promise<unknown> = Promise.resolve()

  const wake = (): void => {
    for (const waker of wakers) waker()
    wakers.clear()
  }
  const change = (): Promise<void> => new Promise((resolve) => wakers.add(resolve))
  const rest = (failures = 0): Promise<void> =>
    pause(RETRY_MS.least + Math.random() * (RETRY_MS.most * 2 ** Math.min(failures, MOST_DOUBLINGS) - RETRY_MS.least))

  async function stayConnected(): Promise<void> {
    for (let failures = 0; !isOver; failures += 1) {
      try {
        using opened = await openOne()
        failures = 0
        await Promise.all([opened.ended, joinAll(opened)])
      } catch (error) {
        complain(error)
      }
      if (line !== null) recorder.note({ what: 'cut off' })
      line = null
      voice.use(null)
      following.clear()
      wake()
      if (!isOver) await rest(failures)
    }
  }

  async function openOne(): Promise<Line> {
    let isCurrent = true
    const opened = await openLine({
      url: seat.url,
      token: seat.token,
      onTold: ({ conversationId, change }) => {
        if (!isCurrent) return
        recorder.note({ what: 'told', conversationId, change })
        if (change.kind === 'went' && change.userId === userId) comeBack(conversationId)
      },
      onRemoved: (conversationId) => {
        if (!isCurrent) return
        if (following.has(conversationId)) recorder.note({ what: 'left', conversationId, seat: true })
        comeBack(conversationId)
      },
      onVoice: (event, data) => {
        if (isCurrent) voice.hear(event, data)
      },
      onInVoice: (conversationId, people) => {
        if (isCurrent) seenInVoice.set(conversationId, people)
      },
      onPresent: (roomId, people) => {
        if (isCurrent) present.set(roomId, people)
      },
    })
    recorder.note({ what: 'connected' })
    line = opened
    hasVoice = opened.speak !== null
    void opened.ended.then(() => {
      isCurrent = false
    })
    return opened
  }

  async function joinAll(opened: Line): Promise<void> {
    try {
      await Promise.all(conversationIds.filter((id) => !away.has(id)).map((id) => join(opened, id)))
      started.resolve()
      if (line === opened) voice.use(opened)
    } catch (error) {
      opened[Symbol.dispose]()
      throw error
    }
  }

  /** However long it takes: a stranger is made a member again. */
  async function join(opened: Line, conversationId: string): Promise<void> {
    while (line === opened && !isOver) {
      const since = recorder.position(conversationId)
      try {
        await opened.join(conversationId, since, (entered) => {
          recorder.note({ what: 'entered', conversationId, since, ...entered })
          following.add(conversationId)
        })
        wake()
        return
      } catch (error) {
        if (!(error instanceof Refused && COME_AGAIN.includes(error.code))) throw error
        await rest()
      }
    }
  }

  /** Somebody made it a stranger: from now on it asks to come in. */
  function comeBack(conversationId: string): void {
    following.delete(conversationId)
    const used = line
    if (used !== null)
      rest()
        .then(() => join(used, conversationId))
        .catch(complain)
  }

  function complain(error: unknown): void {
    if (error instanceof LineEnded || isOver) return
    if (error instanceof Refused && EXPECTED.includes(error.code)) return
    const code = (error as { readonly data?: { readonly code?: string } }).data?.code
    // That nobody answers is what is being tried.
    if (!(error instanceof Refused) && line === null && (code === undefined || EXPECTED.includes(code))) return
    complaints.push(`${String(error)}${code === undefined ? '' : ` (${code})`}`)
  }

  /** One at a time, in order. */
  async function send(): Promise<void> {
    while (!isOver) {
      const next = unsent[0]
      const used = line
      if (next === undefined || used === null || !following.has(next.conversationId)) {
        // What can not be sent now does not hold up the rest.
        const ready = unsent.findIndex((one) => following.has(one.conversationId))
        if (ready > 0 && used !== null) unsent.unshift(...unsent.splice(ready, 1))
        else await change()
        continue
      }
      const { conversationId, clientId, text } = next
      recorder.note({ what: 'sent', conversationId, clientId })
      try {
        await used.say(conversationId, text, clientId, (acked) => {
          recorder.note({ what: 'acked', conversationId, clientId, ...acked })
        })
        unsent.splice(unsent.indexOf(next), 1)
      } catch (error) {
        complain(error)
        // In any case: on a line that has ended, but is not put aside yet, this would go round without anybody else's turn.
        await rest()
      }
    }
  }

  async function perform(deed: Deed, conversationId: string): Promise<void> {
    const used = line
    if (used === null || !following.has(conversationId)) return
    const among = (ids: readonly string[]): string | undefined => ids[Math.floor(Math.random() * ids.length)]
    if (deed === 'look away' || deed === 'leave') return goAway(used, conversationId, deed === 'leave')
    const messageId = among(deed === 'react' ? recorder.heard(conversationId) : recorder.own(conversationId))
    if (messageId === undefined) return
    if (deed === 'edit') await used.edit?.(conversationId, messageId, `${name} edited this (${++count})`)
    else if (deed === 'remove') await used.remove?.(conversationId, messageId)
    else await used.react(conversationId, messageId, among(['👍', '🎉', '🙂']) ?? '👍')
  }

  async function goAway(used: Line, conversationId: string, seat: boolean): Promise<void> {
    if (used.leave === null || unsent.some((one) => one.conversationId === conversationId)) return
    away.add(conversationId)
    try {
      await used.leave(conversationId, seat, () => {
        if (!following.delete(conversationId)) return
        recorder.note({ what: 'left', conversationId, seat })
      })
      await pause(Math.random() * 2 * RETRY_MS.most)
    } finally {
      away.delete(conversationId)
      const current = line
      if (current !== null && !following.has(conversationId)) await join(current, conversationId)
    }
  }

  return {
    name,
    userId,
    way,
    conversationIds,
    history: recorder.history,
    get signalling() {
      return hasVoice ? voice : null
    },
    inVoice: (conversationId) => seenInVoice.get(conversationId) ?? null,
    complaints,
    async start() {
      running = Promise.all([stayConnected(), send()])
      await started.promise
    },
    say(conversationId) {
      count += 1
      unsent.push({ conversationId, clientId: `${name}-${count}`, text: `${name} says this (${count})` })
      wake()
    },
    attempt(deed, conversationId) {
      perform(deed, conversationId).catch(complain)
    },
    get unsent() {
      return unsent.length
    },
    hasReached({ conversationId, epoch, rev }) {
      const position = recorder.position(conversationId)
      return following.has(conversationId) && position?.epoch === epoch && position.rev >= rev
    },
    views: () => [],
    presentIn: (roomId) => (following.has(roomId) ? (present.get(roomId) ?? null) : null),
    close() {
      isOver = true
      line?.[Symbol.dispose]()
      wake()
    },
    async [Symbol.asyncDispose]() {
      this.close()
      await running
    },
  }
}
