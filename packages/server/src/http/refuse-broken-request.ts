import type { Socket } from 'node:net'
import { ERROR_TITLES } from './error-titles.ts'
import { PROBLEM_TYPE, problemType } from './problem.ts'

const REASONS: Readonly<Record<string, readonly [status: string, detail: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request took too long to arrive.'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The headers are too large.'],
}

/** Answers what is not HTTP, or not all of it, before there is a request that could be answered. */
export function refuseBrokenRequest({ code }: { readonly code: string }, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, detail] = REASONS[code] ?? ['400 Bad Request', 'This is not an HTTP request.']
  const problem = {
    type: problemType('VALIDATION_FAILED'),
    title: ERROR_TITLES.VALIDATION_FAILED,
    status: Number.parseInt(status, 10),
    code: 'VALIDATION_FAILED',
    detail,
  }
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${status}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
