import type { ErrorCode } from '@parley/protocol/constants'
import type { FailureInfo } from './types.ts'

export interface ParleyErrorDetails {
  /** The HTTP status, when the answer came by REST. */
  readonly status?: number
  /** Milliseconds after which the same call may succeed. */
  readonly retryAfterMs?: number
  /** Which fields were wrong, and how. */
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
}

/**
 * The one error that this package rejects with. `code` is from the protocol's closed list; `UNAVAILABLE` also
 * stands for "no answer": the network failed, or the line broke before the answer came.
 */
export class ParleyError extends Error {
  override readonly name = 'ParleyError'
  readonly code: ErrorCode
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined
  readonly errors: ParleyErrorDetails['errors']

  constructor(code: ErrorCode, message: string, details: ParleyErrorDetails = {}) {
    super(message)
    this.code = code
    this.status = details.status
    this.retryAfterMs = details.retryAfterMs
    this.errors = details.errors
  }
}

/** What a snapshot keeps of an error. */
export const failureOf = ({ code, message, retryAfterMs }: ParleyError): FailureInfo => ({
  code,
  message,
  ...(retryAfterMs !== undefined && { retryAfterMs }),
})
