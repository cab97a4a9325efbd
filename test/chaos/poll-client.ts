import { setTimeout as pause } from 'node:timers/promises'
import type { site } from '@parley/protocol'
import { createRestClient } from '../clients/rest-client.ts'
import { siteChange } from './change.ts'
import type { ChaosClient, Seat } from './client.ts'
import type { Recorder } from './recorder.ts'

const RETRY_MS = { least: 50, most: 500 }
const POLL_SECONDS = 5
/** A held poll is answered before, unless nobody is there to do so. */
const PATIENCE_MS = 15_000
/** The node that would know is away, or the one that was asked. */
const TRY_AGAIN = [429, 502, 503, 504]

/** By HTTP alone: asks what is new, and sends by POST. */
export function createPollClient(seat: Seat, recorder: Recorder): ChaosClient {
  const { name, userId, conversationIds, url, token } = seat
  const rest = createRestClient(url)
  const closing = new AbortController()
  const complaints: string[] = []
  const unsent: { readonly conversationId: string; readonly clientId: string; readonly text: string }[] = []
  let count = 0
  let running: Promise<unknown> = Promise.resolve()
  let wake = (): void => undefined

  /** The answer, however often it takes; `null` when it is over, or was refused for good. */
  async function insist<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T | null> {
    while (!closing.signal.aborted) {
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(PATIENCE_MS)])
      const answer = await rest.call<T>(method, path, body, token, signal).catch(() => null)
      if (answer !== null && answer.status < 300) return answer.body
      if (answer !== null && !TRY_AGAIN.includes(answer.status)) {
        complaints.push(`${method} ${path} was answered ${answer.status} ${JSON.stringify(answer.body)}`)
        return null
      }
      await pause(RETRY_MS.least + Math.random() * (RETRY_MS.most - RETRY_MS.least))
    }
    return null
  }

  async function poll(from: string): Promise<void> {
    for (let cursor = from; !closing.signal.aborted; ) {
      const path = `/api/messenger/poll?cursor=${encodeURIComponent(cursor)}&wait=${POLL_SECONDS}`
      const answer = await insist<site.PollAnswer>('GET', path)
      if (answer === null) return
      cursor = answer.cursor
      for (const { event, data } of answer.events) {
        const told = siteChange(event, data)
        if (told !== null && conversationIds.includes(told.conversationId)) recorder.note({ what: 'told', ...told })
      }
    }
  }

  async function send(): Promise<void> {
    while (!closing.signal.aborted) {
      const next = unsent[0]
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        continue
      }
      const { conversationId, clientId, text } = next
      recorder.note({ what: 'sent', conversationId, clientId })
      const body = { conversationId, text, messageId: clientId }
      const ack = await insist<site.SendAnswer>('POST', '/api/messenger/send', body)
      if (ack?.id !== undefined && ack.seq !== undefined) {
        // The poll tells of one's own as well: what a socket's answer stands for, this one does not.
        recorder.note({ what: 'acked', conversationId, clientId, messageId: ack.id, seq: ack.seq, duplicate: true })
      }
      unsent.shift()
    }
  }

  return {
    name,
    userId,
    way: 'HTTP poll',
    conversationIds,
    history: recorder.history,
    complaints,
    signalling: null,
    inVoice: () => null,
    presentIn: () => null,
    async start() {
      const first = await insist<site.PollAnswer>('GET', '/api/messenger/poll')
      recorder.note({ what: 'connected' })
      for (const conversationId of conversationIds) {
        const answer = await insist<site.ConversationAnswer>('GET', `/api/conversations/${conversationId}`)
        if (answer === null) continue
        const { epoch, rev } = answer.conversation
        recorder.note({ what: 'entered', conversationId, since: null, recovered: false, missed: [], epoch, rev })
      }
      running = Promise.all([poll(first?.cursor ?? ''), send()])
    },
    say(conversationId) {
      count += 1
      unsent.push({ conversationId, clientId: `${name}-${count}`, text: `${name} says this (${count})` })
      wake()
    },
    attempt: () => undefined,
    get unsent() {
      return unsent.length
    },
    hasReached({ conversationId, epoch, rev }) {
      const position = recorder.position(conversationId)
      return position?.epoch === epoch && position.rev >= rev
    },
    views: () => [],
    close() {
      closing.abort()
      wake()
    },
    async [Symbol.asyncDispose]() {
      this.close()
      await running
    },
  }
}
