import { ERROR_STATUS, type ErrorCode } from '@parley/protocol/constants'
import type { FastifyReply } from 'fastify'
import type { Refusal } from '../wire/dispatch.ts'
import { problemDocument } from '../wire/problem-document.ts'
import { tellRefusal } from './rest/tell-limit.ts'

/** An error of HTTP itself, which no other wire knows. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly code: ErrorCode
  /** The status where HTTP has a better one than the code's own. */
  readonly status: number

  constructor(code: ErrorCode, message: string, status: number = ERROR_STATUS[code]) {
    super(message)
    this.code = code
    this.status = status
  }
}

/** Answers with a problem document (RFC 9457). */
export function sendProblem(reply: FastifyReply, refusal: Refusal, status?: number): FastifyReply {
  // The message of an `Error` is not among the properties that a spread copies.
  const { message } = refusal
  const { headers, body } = problemDocument({ requestId: reply.request.id, ...refusal, message }, status)
  tellRefusal(reply, refusal)
  // Serialized already: a route's own schema describes its success.
  return reply
    .status(status ?? ERROR_STATUS[refusal.code])
    .headers(headers)
    .serializer(String)
    .send(body)
}
