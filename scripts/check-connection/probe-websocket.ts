import type { ClientRequest, IncomingMessage } from 'node:http'
import WebSocket from 'ws'
import type { Answer } from './explain-answer.ts'
import { timedOut } from './http-request.ts'

const TIMEOUT_MS = 8000

/** The answer that stood in the way of an upgrade; `null` when it went through. Rejects when nothing answers. */
export async function tryUpgrade(url: URL, headers: Record<string, string>): Promise<Answer | null> {
  const opened = await openWebSocket(url, headers)
  if (!(opened instanceof WebSocket)) return opened
  opened.terminate()
  return null
}

export interface WebSocketFindings {
  readonly connectMs: number
  readonly roundTripMs: number
}

/** Opens a raw WebSocket and measures a ping; gives the answer that refused it otherwise. */
export async function probeWebSocket(url: URL, headers: Record<string, string>): Promise<WebSocketFindings | Answer> {
  const startedAt = performance.now()
  const opened = await openWebSocket(url, headers)
  if (!(opened instanceof WebSocket)) return opened
  const connectMs = performance.now() - startedAt
  try {
    return { connectMs, roundTripMs: await ping(opened) }
  } finally {
    opened.terminate()
  }
}

function openWebSocket(url: URL, headers: Record<string, string>): Promise<WebSocket | Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket | Answer>()
  const socket = new WebSocket(url, { headers, handshakeTimeout: TIMEOUT_MS, perMessageDeflate: false })
  socket.once('open', () => resolve(socket))
  socket.once('unexpected-response', (request: ClientRequest, response: IncomingMessage) => {
    let body = ''
    response.setEncoding('utf8')
    response.on('data', (chunk: string) => {
      body += chunk
    })
    response.once('end', () => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body })
      request.destroy()
    })
  })
  socket.on('error', (error) => reject(error.message === 'Opening handshake has timed out' ? timedOut() : error))
  return promise
}

function ping(socket: WebSocket): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const sentAt = performance.now()
  const tooLate = setTimeout(() => reject(timedOut()), TIMEOUT_MS)
  socket.once('pong', () => resolve(performance.now() - sentAt))
  socket.once('close', (code) => reject(new Error(`the socket closed with code ${code}`)))
  socket.ping()
  return promise.finally(() => clearTimeout(tooLate))
}
