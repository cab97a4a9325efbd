import { ERROR_STATUS, type ErrorCode } from '@parley/protocol/constants'
import type {
  CreateRoomAnswer,
  CreateRoomBody,
  HistoryAnswer,
  JoinRoomAnswer,
  JoinRoomBody,
  RoomPreview,
} from '@parley/protocol/rooms'
import { ParleyError } from './parley-error.ts'

export interface RestApiOptions {
  /** The server's address, e.g. `https://talk.example.org`; the page's own when absent. */
  readonly url?: string
  /** Stands in for the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch
  /** A call without an answer for so long fails with `UNAVAILABLE`; 15 s when absent. */
  readonly timeoutMs?: number
}

export interface LoginAnswer {
  readonly token: string
  /** Seconds. */
  readonly expiresIn: number
  readonly user: { readonly id: string; readonly name: string }
}

export interface RefreshAnswer {
  readonly token: string
  /** Seconds. */
  readonly expiresIn: number
}

/** What is done before and beside a connection. Every call rejects with `ParleyError` and nothing else. */
export interface RestApi {
  createRoom(body: CreateRoomBody): Promise<CreateRoomAnswer>
  /** With a token, the seat (and its rights) that the token holds is taken up again. */
  joinRoom(body: JoinRoomBody, token?: string): Promise<JoinRoomAnswer>
  /** What may be known of a room before joining it. */
  preview(roomId: string): Promise<RoomPreview>
  /** A guest identity without a room. */
  login(name: string): Promise<LoginAnswer>
  /** The same token with a new end; the old one must still be good. */
  refresh(token: string): Promise<RefreshAnswer>
  /** The page before `before` (a `seq`), ascending; the latest page without it. */
  history(
    roomId: string,
    token: string,
    page?: { readonly before?: number; readonly limit?: number },
  ): Promise<HistoryAnswer>
}

interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
  readonly token?: string | undefined
}

/** The REST calls of a Parley server. */
export function createRestApi(options: RestApiOptions = {}): RestApi {
  const base = (options.url ?? '').replace(/\/+$/, '')
  const timeoutMs = options.timeoutMs ?? 15_000

  async function call<T>({ method, path, body, token }: Call): Promise<T> {
    const send = options.fetch ?? globalThis.fetch
    try {
      const response = await send(`${base}${path}`, {
        method,
        headers: {
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      })
      if (!response.ok) throw await errorOf(response)
      return (await response.json()) as T
    } catch (error) {
      if (error instanceof ParleyError) throw error
      throw new ParleyError('UNAVAILABLE', 'The server could not be reached.')
    }
  }

  const roomPath = (roomId: string): string => `/api/rooms/${encodeURIComponent(roomId)}`
  return {
    createRoom: (body) => call({ method: 'POST', path: '/api/create-room', body }),
    joinRoom: (body, token) => call({ method: 'POST', path: '/api/join-room', body, token }),
    preview: (roomId) => call({ method: 'GET', path: roomPath(roomId) }),
    login: (name) => call({ method: 'POST', path: '/api/login', body: { name } }),
    refresh: (token) => call({ method: 'POST', path: '/api/refresh', token }),
    history: (roomId, token, { before, limit } = {}) => {
      const query = new URLSearchParams()
      if (before !== undefined) query.set('before', String(before))
      if (limit !== undefined) query.set('limit', String(limit))
      return call({ method: 'GET', path: `${roomPath(roomId)}/messages?${query}`, token })
    },
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
