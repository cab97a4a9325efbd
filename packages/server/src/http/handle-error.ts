import { DomainError } from '@parley/core'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Dispatcher, Refusal } from '../wire/dispatch.ts'
import { errors } from '../wire/rooms/errors.ts'
import { ProblemError, sendProblem } from './problem.ts'

/** Turns whatever was thrown on the way of a request into a problem document. */
export function createErrorHandler(dispatcher: Dispatcher) {
  return (error: unknown, _request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const known = error instanceof ProblemError ? error : fromFastify(error)
    if (known !== null) return sendProblem(reply, known, known.status)
    const refusal: Refusal = dispatcher.refusal(error, errors)
    return sendProblem(reply, refusal)
  }
}

/** The errors by which Fastify and its plugins refuse a request; `null` for any other, which are bugs. */
function fromFastify(error: unknown): ProblemError | null {
  if (!(error instanceof Error) || error instanceof DomainError) return null
  const { code, statusCode = 500 } = error as Partial<FastifyError>
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new ProblemError('VALIDATION_FAILED', 'Send JSON, with Content-Type: application/json.')
  }
  if (statusCode === 413) return new ProblemError('PAYLOAD_TOO_LARGE', 'The body is too large.')
  // A folder, or a file outside of those that are served.
  if (statusCode === 403 || statusCode === 404) {
    return new ProblemError('UNKNOWN_EVENT', 'There is nothing at this address.', 404)
  }
  return statusCode >= 400 && statusCode < 500 ? new ProblemError('VALIDATION_FAILED', error.message) : null
}
