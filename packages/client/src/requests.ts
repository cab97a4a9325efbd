import { ERROR_STATUS, type ErrorCode } from '@parley/protocol/constants'
import type { Clock } from './clock.ts'
import type { Line } from './line.ts'
import { ParleyError } from './parley-error.ts'

/** Requests under way on a line. */
export interface Requests {
  /** Resolves with the answer's data; rejects with `ParleyError`: the server's, or `UNAVAILABLE` without an answer. */
  send(line: Line, event: string, data: unknown, timeoutMs: number): Promise<unknown>
  /** The line is gone: none of them will be answered. */
  fail(): void
  readonly count: number
}

/** `onTimeout` is told when the request was sent, in the clock's ms. */
export function createRequests(clock: Clock, onTimeout: (sentAt: number) => void): Requests {
  const pending = new Set<() => void>()
  return {
    get count() {
      return pending.size
    },
    send(line, event, data, timeoutMs) {
      return new Promise((resolve, reject) => {
        const sentAt = clock.now()
        const settle = (): boolean => {
          clock.clearTimeout(timer)
          return pending.delete(fail)
        }
        const fail = (): void => {
          if (settle()) reject(new ParleyError('UNAVAILABLE', 'The connection broke before the server answered.'))
        }
        const timer = clock.setTimeout(() => {
          fail()
          onTimeout(sentAt)
        }, timeoutMs)
        pending.add(fail)
        line.emit(event, data, (answer) => {
          if (!settle()) return
          const error = errorOf(answer)
          if (error === null) resolve(answer)
          else reject(error)
        })
      })
    },
    fail() {
      for (const fail of [...pending]) fail()
    },
  }
}

/** `null` for an answer that says `ok`. */
export function errorOf(answer: unknown): ParleyError | null {
  const { ok, error } = recordOf(answer)
  if (ok === true) return null
  const { code, message, retryAfterMs, errors } = recordOf(error)
  const known = typeof code === 'string' && Object.hasOwn(ERROR_STATUS, code) ? (code as ErrorCode) : 'INTERNAL'
  return new ParleyError(known, typeof message === 'string' ? message : 'The server gave no reason.', {
    ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
    ...(Array.isArray(errors) && { errors }),
  })
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
