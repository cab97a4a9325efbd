import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { ERROR_STATUS } from '@parley/protocol'
import type { Refusal } from './dispatch.ts'

/** Answers an upgrade request with a problem document and ends the connection. */
export function refuseUpgrade(stream: Duplex, refusal: Refusal, status: number = ERROR_STATUS[refusal.code]): void {
  if (stream.destroyed) return
  const { headers, body } = problem(refusal, status)
  const lines = Object.entries({ Connection: 'close', ...headers }).map(([name, value]) => `${name}: ${value}`)
  stream.end(`HTTP/1.1 ${status} ${titleOf(status)}\r\n${lines.join('\r\n')}\r\n\r\n${body}`, () => stream.destroy())
}

/** Answers a request with a problem document. */
export function refuseRequest(
  response: ServerResponse,
  refusal: Refusal,
  status: number = ERROR_STATUS[refusal.code],
): void {
  const { headers, body } = problem(refusal, status)
  response.writeHead(status, headers).end(body)
}

function problem({ code, message, ...rest }: Refusal, status: number) {
  const body = JSON.stringify({ type: 'about:blank', title: titleOf(status), status, code, detail: message, ...rest })
  const retryAfter = rest.retryAfterMs === undefined ? {} : { 'Retry-After': Math.ceil(rest.retryAfterMs / 1000) }
  const headers = {
    'Content-Type': 'application/problem+json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...retryAfter,
  }
  return { headers, body }
}

function titleOf(status: number): string {
  return STATUS_CODES[status] ?? 'Error'
}
