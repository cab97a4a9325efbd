import { type IncomingHttpHeaders, request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'

const TIMEOUT_MS = 10_000
const MAX_BODY_BYTES = 65_536

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** From the request's last byte to the answer's first. */
  readonly roundTripMs: number
  /** Until the connection was up, TLS included. */
  readonly connectMs: number
}

/** One request over a connection of its own, without following redirects. Rejects when nothing answers. */
export function httpRequest(
  url: URL,
  options: { readonly method?: string; readonly headers?: Record<string, string> } = {},
): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>()
  const startedAt = performance.now()
  let connectedAt = startedAt
  const isTls = url.protocol === 'https:'
  const request = (isTls ? tlsRequest : plainRequest)(
    url,
    { agent: false, method: options.method ?? 'GET', headers: options.headers, timeout: TIMEOUT_MS },
    (response) => {
      const roundTripMs = performance.now() - connectedAt
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size <= MAX_BODY_BYTES) chunks.push(chunk)
      })
      response.once('error', reject)
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
          roundTripMs,
          connectMs: connectedAt - startedAt,
        }),
      )
    },
  )
  request.once('socket', (socket) => {
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      connectedAt = performance.now()
    })
  })
  request.once('timeout', () => request.destroy(timedOut()))
  request.once('error', reject)
  request.end()
  return promise
}

/** The error of something that took too long, in Node's own words. */
export const timedOut = (): Error => Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })
