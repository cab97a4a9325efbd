import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { rawProblemAnswer } from '../wire/problem-document.ts'

const REASONS: Readonly<Record<string, readonly [status: number, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive.'],
  HPE_HEADER_OVERFLOW: [431, 'The headers are too large.'],
}

/** Answers what is not HTTP, or not all of it, before there is a request that could be answered. */
export function refuseBrokenRequest({ code }: { readonly code: string }, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, message] = REASONS[code] ?? [400, 'This is not an HTTP request.']
  socket.end(rawProblemAnswer({ code: 'VALIDATION_FAILED', message }, status, STATUS_CODES[status] ?? 'Error'))
}
