import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Socket as EngineSocket } from 'engine.io'

/** Larger answers are not kept: their client comes back, and asks for what it missed. */
const MAX_KEPT_BYTES = 64 * 1024
/** So far back a request is known for one that was answered. */
const REMEMBERED = 32
/** A clock's whole seconds or milliseconds, as some clients write: two of their requests may have the same. */
const CLOCK_ALONE = /^\d*$/
const UNKNOWN_SESSION = JSON.stringify({ code: 1, message: 'Session ID unknown' })

interface Answer {
  readonly headers: OutgoingHttpHeaders
  readonly body: string
}

/** What was answered of one method. */
interface Answered {
  /** The names of requests, the last one at the end. */
  readonly names: string[]
  /** What the last one was answered; `null` for what was too large to be kept. */
  last: Answer | null
}

interface Session {
  /** How its first request was named: a client that names others the same names none. */
  readonly opening: string | null
  readonly byMethod: Map<string, Answered>
}

/**
 * Polling requests that come a second time. Proxies (and browsers) repeat a request whose connection broke, or whose
 * node hangs, before the answer came, while the session may have answered it already: what was in that answer would be
 * lost, and what was in that POST be taken twice. Stock clients name every request (`t`, against caches), so the same
 * name is the same request: it gets the same answer again, and where that is not there any more the session ends, and
 * its client recovers on a new one. An answer is kept until its client asks for the next.
 */
export class RepeatedRequests {
  readonly #sessions = new WeakMap<EngineSocket, Session>()

  /** `opening` is the request that opened the session. */
  open(session: EngineSocket, opening: IncomingMessage): void {
    this.#sessions.set(session, { opening: nameOf(opening), byMethod: new Map() })
  }

  /** Whether the request was one that came before, and is answered now. If not, its answer will be remembered. */
  answer(session: EngineSocket, request: IncomingMessage, response: ServerResponse): boolean {
    const known = this.#sessions.get(session)
    const name = nameOf(request)
    if (known === undefined || name === null || name === known.opening) return false
    const { method = '' } = request
    const before = known.byMethod.get(method) ?? { names: [], last: null }
    known.byMethod.set(method, before)
    if (before.names.includes(name)) {
      if (name === before.names.at(-1) && before.last !== null) give(before.last, response)
      else end(session, response)
      return true
    }
    // It was received, or its client would not ask for more.
    before.last = null
    onAnswered(response, (answer) => {
      before.names.push(name)
      if (before.names.length > REMEMBERED) before.names.shift()
      before.last = Buffer.byteLength(answer.body) > MAX_KEPT_BYTES ? null : answer
    })
    return false
  }
}

/** What tells the request from every other one of its client; `null` where nothing does. */
function nameOf({ url = '/' }: IncomingMessage): string | null {
  const name = new URL(url, 'http://localhost').searchParams.get('t') ?? ''
  return CLOCK_ALONE.test(name) ? null : name
}

function give({ headers, body }: Answer, response: ServerResponse): void {
  response.writeHead(200, headers).end(body)
}

/** Ends the session, with the answer that Engine.IO gives for one that is not there. */
function end(session: EngineSocket, response: ServerResponse): void {
  session.close(true)
  response.writeHead(400, { 'Content-Type': 'application/json' }).end(UNKNOWN_SESSION)
}

/** Engine.IO answers with a status and one text, and says nobody when it does. */
function onAnswered(response: ServerResponse, listener: (answer: Answer) => void): void {
  const { end: finish } = response
  response.end = (...given: unknown[]) => {
    const [body] = given
    const isGood = response.statusCode === 200 && typeof body === 'string'
    // Copied while it is whole: Node lets go of what was sent.
    if (isGood) listener({ headers: { ...response.getHeaders() }, body })
    return Reflect.apply(finish, response, given)
  }
}
