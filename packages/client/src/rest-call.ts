import { ERROR_STATUS, type ErrorCode } from '@parley/protocol/constants'
import { ParleyError } from './parley-error.ts'

export interface RestCallOptions {
  /** Stands in for the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** A call without an answer for so long fails with `UNAVAILABLE`. */
  readonly timeoutMs: number
}

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly body?: unknown
  readonly token?: string | undefined
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number
}

/** One call. Rejects with `ParleyError` and nothing else: `UNAVAILABLE` when there was no answer, or none that is ours. */
export type RestCall = <T>(request: RestRequest) => Promise<T>

export function createRestCall(options: RestCallOptions): RestCall {
  return async <T>({ method, url, body, token, signal, timeoutMs = options.timeoutMs }: RestRequest): Promise<T> => {
    const send = options.fetch ?? globalThis.fetch
    const ending = new AbortController()
    const end = (): void => ending.abort()
    const late = setTimeout(end, timeoutMs)
    signal?.addEventListener('abort', end)
    try {
      if (signal?.aborted) end()
      const response = await send(url, {
        method,
        headers: {
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: ending.signal,
      })
      if (!response.ok) throw await errorOf(response)
      return response.status === 204 ? (undefined as T) : ((await response.json()) as T)
    } catch (error) {
      if (error instanceof ParleyError) throw error
      throw new ParleyError('UNAVAILABLE', 'The server could not be reached.')
    } finally {
      clearTimeout(late)
      signal?.removeEventListener('abort', end)
    }
  }
}

/** Reads a problem document; a proxy's error page without one is told by its status. */
async function errorOf(response: Response): Promise<ParleyError> {
  const problem = await response.json().then(recordOf, () => ({}) as Record<string, unknown>)
  const code = isErrorCode(problem.code) ? problem.code : codeOfStatus(response.status)
  const retryAfterMs = typeof problem.retryAfterMs === 'number' ? problem.retryAfterMs : retryAfterOf(response)
  return new ParleyError(code, typeof problem.detail === 'string' ? problem.detail : response.statusText, {
    status: response.status,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(Array.isArray(problem.errors) && { errors: problem.errors }),
  })
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {}

const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(ERROR_STATUS, code)

function codeOfStatus(status: number): ErrorCode {
  if (status === 429) return 'RATE_LIMITED'
  if (status === 502 || status === 503 || status === 504) return 'UNAVAILABLE'
  if (status === 401) return 'UNAUTHENTICATED'
  if (status === 403) return 'FORBIDDEN'
  if (status === 413) return 'PAYLOAD_TOO_LARGE'
  return 'INTERNAL'
}

/** `Retry-After` in seconds; its date form is not used by our servers. */
function retryAfterOf(response: Response): number | undefined {
  const seconds = Number.parseInt(response.headers.get('retry-after') ?? '', 10)
  return Number.isFinite(seconds) ? seconds * 1000 : undefined
}
