import type { IncomingHttpHeaders } from 'node:http'
import { formatSpan } from './format-span.ts'
import type { Failure } from './result.ts'

/** What was asked for, as far as it matters for what an answer means. */
export type Asked = 'http' | 'polling' | 'upgrade'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const NO_SOCKETS = 'A process that runs with `--role api` has no sockets: send these requests to the socket server.'
const UPGRADE_ADVICE =
  'The proxy in front must pass WebSockets on. nginx: `proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";`. Until it does, clients go on by long polling or by the HTTP fallback.'
const NOT_FOUND: Readonly<Record<Asked, string>> = {
  http: 'It may be an older release: compare it with the one that you installed.',
  polling: NO_SOCKETS,
  // The plain request behind an upgrade asks for an address that has no page.
  upgrade: `${UPGRADE_ADVICE} Where there is no proxy: ${NO_SOCKETS.replace('A', 'a')}`,
}

/** The error code that the server gave, or `null` when the answer comes from something else. */
export function errorCodeOf({ body }: Pick<Answer, 'body'>): string | null {
  try {
    const problem: unknown = JSON.parse(body)
    if (typeof problem !== 'object' || problem === null || !('code' in problem)) return null
    return typeof problem.code === 'string' ? problem.code : null
  } catch {
    return null
  }
}

/** Why an answer is not the one hoped for. `origin`: what the request said that it came from. */
export function explainAnswer(answer: Answer, asked: Asked, origin: string | null): Failure {
  const code = errorCodeOf(answer)
  return code === null ? byStranger(answer, asked) : byServer(code, answer, asked, origin)
}

function byServer(code: string, answer: Answer, asked: Asked, origin: string | null): Failure {
  if (code === 'FORBIDDEN' && origin !== null) return forbiddenOrigin(origin)
  if (code === 'RATE_LIMITED') {
    const seconds = Number(answer.headers['retry-after'])
    const when = Number.isFinite(seconds) && seconds > 0 ? `in ${formatSpan(seconds * 1000)}` : 'in a few minutes'
    return {
      why: 'The server refuses further requests from this address for now (RATE_LIMITED).',
      advice: `Try again ${when}. When everybody behind your proxy is counted as one address, set TRUST_PROXY.`,
    }
  }
  if (code === 'UNAVAILABLE') {
    return {
      why: 'The server is there, but something that it needs is down (UNAVAILABLE).',
      advice: 'Look at `failing` in /health and at the server’s log: usually it is the database.',
    }
  }
  if (answer.status === 404) return { why: `The server answers, but not to this (${code}).`, advice: NOT_FOUND[asked] }
  return { why: `The server refuses it: ${code}.`, advice: 'See docs/reference/errors.md, and the server’s log.' }
}

/** The words for an origin that CORS_ORIGINS lacks. */
export const forbiddenOrigin = (origin: string): Failure => ({
  why: `The server does not let pages of ${origin} connect (FORBIDDEN).`,
  advice: `Add ${origin} to CORS_ORIGINS, exactly so: scheme, name and port, without a slash at its end.`,
})

function byStranger({ status, headers }: Answer, asked: Asked): Failure {
  const server = headers.server === undefined ? 'something else' : `“${headers.server}”`
  if (status >= 300 && status < 400 && headers.location !== undefined) {
    return {
      why: `It is redirected to ${headers.location}.`,
      advice: 'Use that address: sockets do not follow redirects.',
    }
  }
  if (status === 502 || status === 503 || status === 504) {
    return {
      why: `A proxy answers ${status}: it does not reach the server behind it.`,
      advice:
        'Start the server, and compare the address in the proxy’s configuration with the one in the server’s log.',
    }
  }
  if (asked === 'upgrade')
    return { why: `Not the server but ${server} answers the upgrade, with ${status}.`, advice: UPGRADE_ADVICE }
  if (asked === 'polling') {
    return {
      why: `Not the server but ${server} answers, with ${status}.`,
      advice: 'The proxy in front must pass on /socket.io/ with its query, GET and POST, without caching or buffering.',
    }
  }
  return {
    why: `Not Parley but ${server} answers, with ${status}.`,
    advice:
      'Compare the address and port with those in the server’s log; behind a proxy, the whole of the name must lead to it.',
  }
}
