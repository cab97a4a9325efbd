import { setTimeout as pause } from 'node:timers/promises'
import { createRestClient } from '../clients/rest-client.ts'
import type { ChaosClient } from './client.ts'
import { DEEDS, type Population } from './populate.ts'

/** What is done now and then besides saying something. */
const DEEDS_SHARE = 0.2
/** More than so many are not queued up: people wait for a line that is gone. */
const MAX_UNSENT = 5
const STRANGER_MS = 1500
/** Longer than anything is away, on a machine that has much else to do. */
const PATIENCE_MS = 240_000

/** Something that goes on until it is stopped. */
interface Going<T> extends AsyncDisposable {
  stop(): Promise<T>
}

/** Every client says and does things, about every `gapMs`. */
export function talk({ clients, places }: Population, gapMs: number): Going<void> {
  let isOver = false
  const kinds = new Map(places.map(({ id, kind }) => [id, kind]))
  async function live(client: ChaosClient): Promise<void> {
    await pause(Math.random() * gapMs)
    while (!isOver) {
      const id = among(client.conversationIds)
      if (Math.random() < DEEDS_SHARE) client.attempt(among(DEEDS[kinds.get(id) ?? 'chat']), id)
      else if (client.unsent < MAX_UNSENT) client.say(id)
      await pause(gapMs * (0.5 + Math.random()))
    }
  }
  const living = Promise.all(clients.map(live))
  return {
    async stop() {
      isOver = true
      await living
    },
    async [Symbol.asyncDispose]() {
      await this.stop()
    },
  }
}

/** One after the other is removed from a chat by its host, and made a member again. Resolves with what went wrong. */
export function changeMembers({ places }: Population, url: string): Going<readonly string[]> {
  const rest = createRestClient(url)
  const problems: string[] = []
  let isOver = false
  // Those whose every answer we see: they know where they were made a member again.
  const candidates = places
    .filter(({ kind }) => kind === 'chat')
    .flatMap((place) => place.clients.slice(1).map((client) => ({ place, client })))
    .filter(({ client }) => client.history !== null && client.way !== 'HTTP poll')

  async function insist(method: 'POST' | 'DELETE', path: string, token: string, body?: unknown): Promise<void> {
    let last = 'nothing'
    for (const start = performance.now(); performance.now() - start < PATIENCE_MS; ) {
      const answer = await rest.call(method, path, body, token, AbortSignal.timeout(10_000)).catch(() => null)
      if (answer !== null && answer.status < 300) return
      if (answer !== null && ![404, 409, 502, 503, 504].includes(answer.status)) {
        problems.push(`${method} ${path} was answered ${answer.status} ${JSON.stringify(answer.body)}`)
        return
      }
      // Gone already: the answer to the first try was lost.
      if (answer?.status === 404 && method === 'DELETE') return
      last = answer === null ? 'nothing' : `${answer.status} ${JSON.stringify(answer.body)}`
      await pause(300)
    }
    problems.push(`${method} ${path} was not done within ${PATIENCE_MS} ms; the last answer was ${last}`)
  }

  async function change(): Promise<void> {
    while (!isOver && candidates.length > 0) {
      await pause(500 + Math.random() * STRANGER_MS)
      const { place, client } = among(candidates)
      const path = `/api/conversations/${place.id}/members`
      await insist('DELETE', `${path}/${client.userId}`, place.hostToken)
      await pause(Math.random() * STRANGER_MS)
      await insist('POST', path, place.hostToken, { userId: client.userId })
    }
  }
  const changing = change()
  return {
    async stop() {
      isOver = true
      await changing
      return problems
    },
    async [Symbol.asyncDispose]() {
      await this.stop()
    },
  }
}

function among<T>(items: readonly T[]): T {
  return items[Math.floor(Math.random() * items.length)] as T
}
