import { ERROR_STATUS, type ErrorCode } from '@parley/protocol/constants'
import type { FastifyReply } from 'fastify'
import type { Refusal } from '../wire/dispatch.ts'
import { ERROR_TITLES } from './error-titles.ts'

/** An error of HTTP itself, which no other wire knows. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly code: ErrorCode
  /** Where HTTP has a better one than the code's own. */
  readonly status: number

  constructor(code: ErrorCode, message: string, status: number = ERROR_STATUS[code]) {
    super(message)
    this.code = code
    this.status = status
  }
}

export const PROBLEM_TYPE = 'application/problem+json'

/** The `type` of a problem document: a name, not an address. */
export const problemType = (code: ErrorCode): string => `urn:parley:problem:${code.toLowerCase().replaceAll('_', '-')}`

/** Answers with a problem document (RFC 9457), and `Retry-After` where waiting helps. */
export function sendProblem(
  reply: FastifyReply,
  { code, message, errors, retryAfterMs, requestId = reply.request.id }: Refusal,
  status: number = ERROR_STATUS[code],
): FastifyReply {
  if (retryAfterMs !== undefined) reply.header('Retry-After', Math.ceil(retryAfterMs / 1000))
  if (status === 401) reply.header('WWW-Authenticate', 'Bearer')
  const type = problemType(code)
  const body = { type, title: ERROR_TITLES[code], status, code, detail: message, errors, retryAfterMs, requestId }
  // Serialized here: a route's own schema describes its success.
  return (
    reply
      .status(status)
      .header('Cache-Control', 'no-store')
      // Also where a request was refused before the hooks that set it for every answer.
      .header('X-Content-Type-Options', 'nosniff')
      .type(PROBLEM_TYPE)
      .serializer(String)
      .send(JSON.stringify(body))
  )
}
