import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { ERROR_STATUS } from '@parley/protocol'
import type { Refusal } from './dispatch.ts'
import { problemDocument, rawProblemAnswer } from './problem-document.ts'

/** Answers an upgrade request with a problem document and ends the connection. */
export function refuseUpgrade(stream: Duplex, refusal: Refusal, status: number = ERROR_STATUS[refusal.code]): void {
  if (stream.destroyed) return
  stream.end(rawProblemAnswer(refusal, status, STATUS_CODES[status] ?? 'Error'), () => stream.destroy())
}

/** Answers a request with a problem document. */
export function refuseRequest(
  response: ServerResponse,
  refusal: Refusal,
  status: number = ERROR_STATUS[refusal.code],
): void {
  const { headers, body } = problemDocument(refusal, status)
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) }).end(body)
}
