import type { admin } from '@parley/protocol'
import { fetchFromServer } from '../platform/server-clock.ts'

/** What the server refused, or that it could not be asked (`UNREACHABLE`). */
export class AdminError extends Error {
  override readonly name = 'AdminError'
  readonly code: string
  readonly retryAfterMs: number | null

  constructor(code: string, message: string, retryAfterMs: number | null = null) {
    super(message)
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}

/** The operator's calls. Each rejects with an `AdminError`. */
export interface AdminApi {
  signIn(): Promise<void>
  /** With the samples after `since`. */
  overview(since: number): Promise<admin.Overview>
  rooms(cursor: string | null): Promise<admin.RoomsPage>
  room(roomId: string): Promise<admin.RoomDetails>
  closeRoom(roomId: string): Promise<void>
  /** For good. */
  removeFromRoom(roomId: string, userId: string): Promise<void>
  people(search: string): Promise<admin.PeoplePage>
  signOut(userId: string): Promise<void>
  drain(nodeId: string): Promise<void>
  setLogLevel(level: admin.LogLevel): Promise<admin.LogLevelAnswer>
}

const TIMEOUT_MS = 10_000

export function createAdminApi(token: string): AdminApi {
  async function ask<T>(method: string, path: string, body?: object): Promise<T> {
    const request: RequestInit = {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body && { 'Content-Type': 'application/json' }) },
      // The token is all that counts.
      credentials: 'omit',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body && { body: JSON.stringify(body) }),
    }
    const response = await fetchFromServer(`/api/admin/${path}`, request).catch(() => {
      throw new AdminError('UNREACHABLE', 'The server does not answer.')
    })
    if (response.status === 204) return undefined as T
    const answer = (await response.json().catch(() => null)) as Readonly<Record<string, unknown>> | null
    if (response.ok && answer !== null) return answer as T
    const retryAfterS = Number(response.headers.get('retry-after'))
    throw new AdminError(
      typeof answer?.code === 'string' ? answer.code : 'INTERNAL',
      typeof answer?.detail === 'string' ? answer.detail : '',
      retryAfterS > 0 ? retryAfterS * 1000 : null,
    )
  }

  const at = encodeURIComponent
  return {
    signIn: () => ask('POST', 'sign-in', {}),
    overview: (since) => ask('GET', `overview?since=${since}`),
    rooms: (cursor) => ask('GET', `rooms${cursor === null ? '' : `?cursor=${at(cursor)}`}`),
    room: (roomId) => ask('GET', `rooms/${at(roomId)}`),
    closeRoom: (roomId) => ask('DELETE', `rooms/${at(roomId)}`),
    removeFromRoom: (roomId, userId) => ask('DELETE', `rooms/${at(roomId)}/people/${at(userId)}?ban=true`),
    people: (search) => ask('GET', `people${search === '' ? '' : `?search=${at(search)}`}`),
    signOut: (userId) => ask('POST', `users/${at(userId)}/sign-out`, {}),
    drain: (nodeId) => ask('POST', `nodes/${at(nodeId)}/drain`, {}),
    setLogLevel: (level) => ask('PUT', 'log-level', { level }),
  }
}
