import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'

/** What goes on to Parley: the token, not the site's own cookie. */
const FORWARDED = ['accept', 'authorization', 'content-type', 'content-length', 'if-none-match', 'user-agent']
const NOT_BACK = ['connection', 'keep-alive', 'transfer-encoding', 'content-security-policy']
const AWAY = JSON.stringify({
  type: 'about:blank',
  title: 'Not available',
  status: 503,
  code: 'UNAVAILABLE',
  detail: 'The chat is not available at the moment. Try again shortly.',
})

/**
 * Passes a request on to Parley's API process, so that the chat's REST calls and its HTTP fallback live on the
 * site's own origin: no CORS, and nothing that a strict network would refuse.
 * @param {URL} url what is asked for there
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
export function passOn(url, request, response) {
  const headers = Object.fromEntries(FORWARDED.flatMap((name) => pick(name, request.headers[name])))
  const outgoing = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
    method: request.method,
    headers: { ...headers, 'x-forwarded-for': request.socket.remoteAddress ?? '' },
  })
  outgoing.once('response', (answer) => {
    const back = Object.entries(answer.headers).filter(([name]) => !NOT_BACK.includes(name))
    response.writeHead(answer.statusCode ?? 502, Object.fromEntries(back))
    answer.pipe(response)
  })
  outgoing.once('error', () => {
    if (response.headersSent) response.destroy()
    else response.writeHead(503, { 'Content-Type': 'application/problem+json' }).end(AWAY)
  })
  // A poll is held open: when the page goes, so does what was asked for it.
  response.once('close', () => outgoing.destroy())
  request.pipe(outgoing)
}

/**
 * @param {string} name
 * @param {string | string[] | undefined} value
 */
const pick = (name, value) => (value === undefined ? [] : [[name, value]])
