import type { ErrorCode } from '@parley/protocol/constants'

/** What a snapshot keeps of an error. */
export interface FailureInfo {
  readonly code: ErrorCode
  readonly message: string
  readonly retryAfterMs?: number
}
