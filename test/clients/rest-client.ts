import type { rooms } from '@parley/protocol'

interface RestAnswer<T> {
  readonly status: number
  readonly body: T
}

/** The REST calls of a room, as plain as they are on the wire. */
export interface RestClient {
  createRoom(wish?: Partial<rooms.CreateRoomBody>): Promise<rooms.CreateRoomAnswer>
  joinRoom(roomId: string, participantName: string, password?: string): Promise<rooms.JoinRoomAnswer>
  login(name: string): Promise<string>
  history(roomId: string, token: string, before?: number): Promise<rooms.HistoryAnswer>
  call<T>(method: Method, path: string, body?: unknown, token?: string, signal?: AbortSignal): Promise<RestAnswer<T>>
}

type Method = 'GET' | 'POST' | 'DELETE'

export function createRestClient(url: string): RestClient {
  async function call<T>(
    method: Method,
    path: string,
    body?: unknown,
    token?: string,
    signal?: AbortSignal,
  ): Promise<RestAnswer<T>> {
    const response = await fetch(url + path, {
      method,
      ...(signal !== undefined && { signal }),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as T }
  }
  async function good<T>(answer: Promise<RestAnswer<T>>): Promise<T> {
    const { status, body } = await answer
    if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`)
    return body
  }
  return {
    call,
    createRoom: (wish = {}) =>
      good(
        call('POST', '/api/create-room', { name: 'Tea', duration: 60, hostName: 'Ann', maxParticipants: 10, ...wish }),
      ),
    joinRoom: (roomId, participantName, password) =>
      good(
        call('POST', '/api/join-room', { roomId, participantName, ...(password === undefined ? {} : { password }) }),
      ),
    login: async (name) => (await good(call<{ token: string }>('POST', '/api/login', { name }))).token,
    history: (roomId, token, before) =>
      good(
        call(
          'GET',
          `/api/rooms/${roomId}/messages?limit=100${before === undefined ? '' : `&before=${before}`}`,
          undefined,
          token,
        ),
      ),
  }
}
