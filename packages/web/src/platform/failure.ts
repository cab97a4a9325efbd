import { ParleyError } from '@parley/client'

/** What went wrong, as a page needs it: always one of these, whatever was thrown. */
export interface Failure {
  readonly code: ParleyError['code']
  /** When the same call may succeed, in Unix ms; `null` when the server did not say. */
  readonly retryAt: number | null
  /** The names of the fields that were refused. */
  readonly fields: readonly string[]
}

/** Reads an error; what is no `ParleyError` is a defect and counts as `INTERNAL`. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof ParleyError)) return { code: 'INTERNAL', retryAt: null, fields: [] }
  return {
    code: error.code,
    retryAt: error.retryAfterMs === undefined ? null : Date.now() + error.retryAfterMs,
    fields: (error.errors ?? []).map(({ path }) => path),
  }
}
