import { ParleyError } from './parley-error.ts'

const LATER: readonly string[] = ['UNAVAILABLE', 'RATE_LIMITED', 'INTERNAL']

/** Whether what was refused so may be taken in a moment, asked in the same words. */
export function mayAskAgain(error: unknown): error is ParleyError {
  return error instanceof ParleyError && LATER.includes(error.code)
}
