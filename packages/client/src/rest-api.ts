import type {
  CreateRoomAnswer,
  CreateRoomBody,
  HistoryAnswer,
  JoinRoomAnswer,
  JoinRoomBody,
  RoomPreview,
} from '@parley/protocol/rooms'
import { createRestCall, type RestRequest } from './rest-call.ts'

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

/** Where the browser finds its way through, for `checkLines`; they end after `ttl` seconds. */
export interface TurnCredentials {
  readonly username: string
  readonly credential: string
  readonly ttl: number
  readonly realm: string
  readonly iceServers: readonly {
    readonly urls: string | string[]
    readonly username?: string
    readonly credential?: string
  }[]
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
  /** Rejects with `TURN_NOT_CONFIGURED` where there is none. */
  turnCredentials(token: string): Promise<TurnCredentials>
  /** The page before `before` (a `seq`), ascending; the latest page without it. */
  history(
    roomId: string,
    token: string,
    page?: { readonly before?: number; readonly limit?: number },
  ): Promise<HistoryAnswer>
}

/** The REST calls of a Parley server. */
export function createRestApi(options: RestApiOptions = {}): RestApi {
  const base = (options.url ?? '').replace(/\/+$/, '')
  const request = createRestCall({ fetch: options.fetch, timeoutMs: options.timeoutMs ?? 15_000 })
  const call = <T>({ path, ...rest }: Omit<RestRequest, 'url'> & { readonly path: string }): Promise<T> =>
    request({ url: `${base}${path}`, ...rest })

  const roomPath = (roomId: string): string => `/api/rooms/${encodeURIComponent(roomId)}`
  return {
    createRoom: (body) => call({ method: 'POST', path: '/api/create-room', body }),
    joinRoom: (body, token) => call({ method: 'POST', path: '/api/join-room', body, token }),
    preview: (roomId) => call({ method: 'GET', path: roomPath(roomId) }),
    login: (name) => call({ method: 'POST', path: '/api/login', body: { name } }),
    refresh: (token) => call({ method: 'POST', path: '/api/refresh', token }),
    turnCredentials: (token) => call({ method: 'GET', path: '/turn-credentials', token }),
    history: (roomId, token, { before, limit } = {}) => {
      const query = new URLSearchParams()
      if (before !== undefined) query.set('before', String(before))
      if (limit !== undefined) query.set('limit', String(limit))
      return call({ method: 'GET', path: `${roomPath(roomId)}/messages?${query}`, token })
    },
  }
}
