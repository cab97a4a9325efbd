import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { ERROR_STATUS } from '@parley/protocol'
import type { Refusal } from './dispatch.ts'

/** Answers an upgrade request with a problem document and ends the connection. */
export function refuseUpgrade(stream: Duplex, refusal: Refusal, status: number = ERROR_STATUS[refusal.code]): void {
  if (stream.destroyed) return
  const title = STATUS_CODES[status] ?? 'Error'
  const { code, message: detail, ...rest } = refusal
  const body = JSON.stringify({ type: 'about:blank', title, status, code, detail, ...rest })
  const headers = [
    `HTTP/1.1 ${status} ${title}`,
    'Connection: close',
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  if (refusal.retryAfterMs !== undefined) headers.push(`Retry-After: ${Math.ceil(refusal.retryAfterMs / 1000)}`)
  stream.end(`${headers.join('\r\n')}\r\n\r\n${body}`, () => stream.destroy())
}
