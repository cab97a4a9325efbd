import { setTimeout as pause } from 'node:timers/promises'
import type { site } from '@parley/protocol'
import { LineEnded } from '../clients/line-ended.ts'
import { createRestClient } from '../clients/rest-client.ts'
import { type Account, openAccount } from './account.ts'
import { type Change, type ChatLine, type OpenChatLine, type Said, siteChange } from './chat-line.ts'

const RETRY_MS = 50
const LONGEST_RETRY_MS = 800
const POLL_SECONDS = 2

/** Somebody with an account at the site, who writes and reads in several conversations whatever happens to the server. */
export interface Correspondent extends AsyncDisposable {
  readonly name: string
  /** What they were told, by conversation. */
  readonly accounts: ReadonlyMap<string, Account>
  /** Says it, once, however often it takes; resolves with what was acknowledged. */
  say(conversationId: string, text: string): Promise<Said>
}

interface Seat {
  readonly name: string
  readonly url: string
  readonly token: string
  readonly conversationIds: readonly string[]
}

export type OpenCorrespondent = (seat: Seat) => Promise<Correspondent>

/** Pauses between tries, longer each time: a server that starts needs the machine for itself. */
function createPatience(): () => Promise<void> {
  let waitMs = RETRY_MS
  return async () => {
    await pause(waitMs)
    waitMs = Math.min(waitMs * 2, LONGEST_RETRY_MS)
  }
}

/** On a socket: comes back from where they were, and sends again what was not answered. */
export const bySocket =
  (openLine: OpenChatLine): OpenCorrespondent =>
  async ({ name, url, token, conversationIds }) => {
    const accounts = new Map<string, Account>()
    let line = stayConnected()
    let isLeaving = false
    let broken: Error | null = null
    await line

    async function connect(): Promise<ChatLine> {
      const held: Change[] = []
      let deliver = (change: Change): void => void held.push(change)
      const opened = await openLine({ url, token, onChange: (change) => deliver(change) })
      for (const id of conversationIds) {
        const account = accounts.get(id)
        const { position, missed } = await opened.join(id, account?.position ?? null)
        if (account === undefined) {
          accounts.set(id, openAccount(position))
          continue
        }
        account.onNewLine()
        if (missed === null) broken ??= new Error(`${name} was not given what was missed in ${id}`)
        for (const change of missed ?? []) account.take(change)
      }
      deliver = (change) => accounts.get(change.conversationId)?.take(change)
      // What came live while other conversations were still being joined.
      for (const change of held) deliver(change)
      void opened.ended.then(() => {
        if (!isLeaving) line = stayConnected()
      })
      return opened
    }

    async function stayConnected(): Promise<ChatLine> {
      const bePatient = createPatience()
      for (;;) {
        try {
          return await connect()
        } catch (error) {
          if (isLeaving) throw error
          await bePatient()
        }
      }
    }

    return {
      name,
      accounts,
      async say(conversationId, text) {
        for (;;) {
          if (broken !== null) throw broken
          const used = await line
          try {
            const change = await used.say(conversationId, text, text)
            accounts.get(conversationId)?.takeAnswer(change)
            if (change.said === null) throw new Error('acknowledged, but not as something said')
            return change.said
          } catch (error) {
            if (isLeaving) throw error
            if (error instanceof LineEnded) await used.ended
            else if (isWorthARetry(error)) await pause(RETRY_MS)
            else throw error
          }
        }
      },
      async [Symbol.asyncDispose]() {
        isLeaving = true
        await line.then((opened) => opened[Symbol.dispose]()).catch(() => undefined)
      },
    }
  }

/** Refused for now, or not answered: the same again, with the same id. */
const isWorthARetry = (error: unknown): boolean =>
  error instanceof Error && /UNAVAILABLE|has timed out/.test(error.message)

/** By HTTP alone: asks what is new, and sends by POST. */
export const byPoll: OpenCorrespondent = async ({ name, url, token, conversationIds }) => {
  const rest = createRestClient(url)
  const leaving = new AbortController()
  const accounts = new Map<string, Account>()

  /** The answer with a status of success, however often it takes; what is refused for good throws. */
  async function insist<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
    const bePatient = createPatience()
    for (;;) {
      leaving.signal.throwIfAborted()
      const answer = await rest.call<T>(method, path, body, token).catch(() => null)
      if (answer !== null && answer.status < 300) return answer.body
      if (answer !== null && answer.status !== 503) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`)
      await bePatient()
    }
  }

  let { cursor } = await insist<site.PollAnswer>('GET', '/api/messenger/poll')
  for (const id of conversationIds) {
    const { conversation } = await insist<site.ConversationAnswer>('GET', `/api/conversations/${id}`)
    accounts.set(id, openAccount(conversation))
  }
  async function poll(): Promise<void> {
    while (!leaving.signal.aborted) {
      const path = `/api/messenger/poll?cursor=${encodeURIComponent(cursor)}&wait=${POLL_SECONDS}`
      const answer = await insist<site.PollAnswer>('GET', path)
      cursor = answer.cursor
      for (const event of answer.events) {
        const change = siteChange(event as { event: string; data: unknown })
        if (change.rev !== undefined) accounts.get(change.conversationId)?.take(change)
      }
    }
  }
  const polling = poll().catch((error: unknown) => {
    if (!leaving.signal.aborted) throw error
  })

  return {
    name,
    accounts,
    async say(conversationId, text) {
      const sent = insist<site.SendAnswer>('POST', '/api/messenger/send', { conversationId, text, messageId: text })
      const { id } = await Promise.race([sent, polling.then(() => sent)])
      if (id === undefined) throw new Error('acknowledged without an id')
      return { id, text }
    },
    async [Symbol.asyncDispose]() {
      leaving.abort()
      await polling
    },
  }
}
