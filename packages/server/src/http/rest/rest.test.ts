import { rooms } from '@parley/protocol'
import { startServer, type TestServer } from '@parley/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ rateLimits: 'off' })
})
afterAll(() => server[Symbol.asyncDispose]())

const ROOM = { name: 'Tea', hostName: 'Ann', duration: 15, maxParticipants: 5 }

async function call(method: string, path: string, body?: unknown, token?: string): Promise<Response> {
  return fetch(server.url + path, {
    method,
    headers: {
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
}
const post = (path: string, body?: unknown, token?: string) => call('POST', path, body, token)
const get = (path: string, token?: string) => call('GET', path, undefined, token)

/** The answer, which must be exactly as the schema says. */
async function ok<S extends z.ZodObject>(answer: Promise<Response>, schema: S, status = 200): Promise<z.infer<S>> {
  const {
    status: answered,
    headers,
    ...rest
  } = await answer.then(async (r) => ({
    status: r.status,
    headers: r.headers,
    body: await r.json(),
  }))
  expect(rest.body).toBeDefined()
  expect(answered, JSON.stringify(rest.body)).toBe(status)
  expect(headers.get('content-type')).toMatch(/^application\/json/)
  expect(headers.get('cache-control')).toBe('no-store')
  return schema.strict().parse(rest.body) as z.infer<S>
}

/** The problem document, whole. */
async function problem(answer: Promise<Response>): Promise<rooms.Problem> {
  const response = await answer
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(response.headers.get('cache-control')).toBe('no-store')
  const body = rooms.problem.strict().parse(await response.json())
  expect(body.status).toBe(response.status)
  expect(body.requestId).toMatch(/./)
  expect(body.type).toBe(`urn:parley:problem:${body.code.toLowerCase().replaceAll('_', '-')}`)
  return body
}

const createRoom = (changes: object = {}, token?: string) =>
  ok(post('/api/create-room', { ...ROOM, ...changes }, token), rooms.createRoomAnswer, 201)
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

describe('POST /api/login', () => {
  test('gives a guest identity', async () => {
    const { token, expiresIn, user } = await ok(post('/api/login', { name: '  Zoe\u0308  ' }), rooms.loginAnswer)
    expect(user.name).toBe('Zoë')
    expect(expiresIn).toBe(3600)
    expect(claimsOf(token)).toMatchObject({ sub: user.id, name: 'Zoë' })
    expect(claimsOf(token)).not.toHaveProperty('room')
  })

  test.each([
    ['no body', undefined],
    ['no name', {}],
    ['a short name', { name: ' A ' }],
    ['a long name', { name: 'x'.repeat(51) }],
    ['nothing visible', { name: '\u200b\u200b\u200b' }],
    ['a number', { name: 12345 }],
  ])('refuses %s, and names the field', async (_why, body) => {
    expect(await problem(post('/api/login', body))).toMatchObject({
      status: 400,
      code: 'VALIDATION_FAILED',
      errors: [{ path: 'name', message: expect.any(String) }],
    })
  })

  test.each(['[]', 'null', '"Ann"', '7'])('refuses %s as a body', async (body) => {
    expect(await problem(post('/api/login', body))).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' })
  })
})

describe('POST /api/create-room', () => {
  test('makes the caller host of a new room', async () => {
    const { roomId, token, room } = await createRoom()
    expect(roomId).toMatch(/^[0-9a-hjkmnp-tv-z]{12}$/)
    expect(room).toMatchObject({
      id: roomId,
      name: 'Tea',
      maxParticipants: 5,
      isLocked: false,
      hasPassword: false,
      messages: [],
    })
    expect(room.participants).toMatchObject([{ id: room.hostId, name: 'Ann', role: 'host' }])
    expect(room.expiresAt - room.createdAt).toBe(15 * 60_000)
    expect(claimsOf(token)).toMatchObject({ sub: room.hostId, name: 'Ann', room: roomId, role: 'host' })
  })

  test('holds 30 when nothing is said', async () => {
    expect((await createRoom({ maxParticipants: undefined })).room.maxParticipants).toBe(30)
  })

  test('keeps the identity of a caller with a token', async () => {
    const { token, user } = await ok(post('/api/login', { name: 'Bo' }), rooms.loginAnswer)
    expect((await createRoom({}, token)).room.hostId).toBe(user.id)
  })

  test.each([
    ['duration', { duration: 16 }],
    ['duration', { duration: '15' }],
    ['maxParticipants', { maxParticipants: 1 }],
    ['maxParticipants', { maxParticipants: 101 }],
    ['name', { name: '' }],
    ['hostName', { hostName: 'A' }],
    ['password', { password: 'x'.repeat(129) }],
    ['lobby', { lobby: 'yes' }],
  ])('refuses a wrong %s', async (path, changes) => {
    const body = await problem(post('/api/create-room', { ...ROOM, ...changes }))
    expect(body).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' })
    expect(body.errors?.map((error) => error.path)).toEqual([path])
  })

  test('names every wrong field at once', async () => {
    const body = await problem(post('/api/create-room', {}))
    expect(body.errors?.map(({ path }) => path).sort()).toEqual(['duration', 'hostName', 'name'])
  })

  test('refuses more open rooms than an address may have', async () => {
    await using small = await startServer({ roomsPerAddress: 1 })
    const create = () =>
      fetch(`${small.url}/api/create-room`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(ROOM),
      })
    expect((await create()).status).toBe(201)
    expect(rooms.problem.parse(await (await create()).json())).toMatchObject({ status: 429, code: 'RATE_LIMITED' })
  })

  test('takes as many as are asked for where limits are off', async () => {
    await using open = await startServer({ roomsPerAddress: 1, rateLimits: 'off' })
    for (const _ of [1, 2, 3]) {
      const answer = await fetch(`${open.url}/api/create-room`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(ROOM),
      })
      expect(answer.status).toBe(201)
    }
  })
})

describe('POST /api/join-room', () => {
  const join = (roomId: string, participantName: string, more: object = {}, token?: string) =>
    post('/api/join-room', { roomId, participantName, ...more }, token)

  test('gives a seat and a token for the room', async () => {
    const { roomId } = await createRoom()
    const { success, token, room } = await ok(join(roomId, 'Bo'), rooms.joinRoomAnswer)
    expect(success).toBe(true)
    expect(room.participants.map(({ name }) => name)).toEqual(['Ann', 'Bo'])
    expect(claimsOf(token)).toMatchObject({ name: 'Bo', room: roomId })
  })

  test('takes the id as people type it', async () => {
    const { roomId } = await createRoom()
    const typed = roomId.toUpperCase().replace(/(.{4})(.{4})(.{4})/, '$1-$2-$3')
    expect((await ok(join(typed, 'Bo'), rooms.joinRoomAnswer)).room.id).toBe(roomId)
  })

  test('lets the same person come again', async () => {
    const { roomId } = await createRoom()
    const first = await ok(join(roomId, 'Bo'), rooms.joinRoomAnswer)
    const again = await ok(join(roomId, 'Bo', {}, first.token), rooms.joinRoomAnswer)
    expect(claimsOf(again.token).sub).toBe(claimsOf(first.token).sub)
    expect(again.room.participants).toHaveLength(2)
  })

  test('an unknown room is not found', async () => {
    expect(await problem(join('0000-0000-0000', 'Bo'))).toMatchObject({ status: 404, code: 'ROOM_NOT_FOUND' })
    expect(await problem(join('../../etc', 'Bo'))).toMatchObject({ status: 404, code: 'ROOM_NOT_FOUND' })
  })

  test('a taken name is refused', async () => {
    const { roomId } = await createRoom()
    expect(await problem(join(roomId, 'ann'))).toMatchObject({ status: 409, code: 'NAME_TAKEN' })
  })

  test('a full room is refused', async () => {
    const { roomId } = await createRoom({ maxParticipants: 2 })
    await ok(join(roomId, 'Bo'), rooms.joinRoomAnswer)
    expect(await problem(join(roomId, 'Cy'))).toMatchObject({ status: 409, code: 'ROOM_FULL' })
  })

  test('a password is needed, and the right one', async () => {
    const { roomId, room } = await createRoom({ password: 'sesame' })
    expect(room.hasPassword).toBe(true)
    expect(await problem(join(roomId, 'Bo'))).toMatchObject({ status: 403, code: 'WRONG_PASSWORD' })
    expect(await problem(join(roomId, 'Bo', { password: 'open' }))).toMatchObject({
      status: 403,
      code: 'WRONG_PASSWORD',
    })
    expect(await problem(join(roomId, 'Bo', { password: '' }))).toMatchObject({ status: 403, code: 'WRONG_PASSWORD' })
    expect((await ok(join(roomId, 'Bo', { password: 'sesame' }), rooms.joinRoomAnswer)).success).toBe(true)
    expect((await createRoom({ password: '' })).room.hasPassword).toBe(false)
    expect(server.log()).toContain('password-refused')
    expect(server.log()).not.toContain('sesame')
  })

  test('a lobby tells neither people nor messages', async () => {
    const { roomId } = await createRoom({ lobby: true })
    const { waiting, room, token } = await ok(join(roomId, 'Bo'), rooms.joinRoomAnswer)
    expect(waiting).toBe(true)
    expect(room).toMatchObject({ id: roomId, hasLobby: true, participants: [], messages: [] })
    expect(await problem(get(`/api/rooms/${roomId}/messages`, token))).toMatchObject({ status: expect.any(Number) })
  })
})

describe('GET /api/rooms/:roomId', () => {
  test('tells what may be known before joining, and no more', async () => {
    const { roomId, room } = await createRoom({ password: 'sesame', lobby: true })
    expect(await ok(get(`/api/rooms/${roomId}`), rooms.roomPreview)).toEqual({
      id: roomId,
      name: 'Tea',
      participants: 1,
      maxParticipants: 5,
      expiresAt: room.expiresAt,
      isLocked: false,
      hasPassword: true,
      hasLobby: true,
      encrypted: false,
    })
  })

  test('an unknown room is not found', async () => {
    expect(await problem(get('/api/rooms/0000-0000-0000'))).toMatchObject({ status: 404, code: 'ROOM_NOT_FOUND' })
  })
})

describe('POST /api/refresh', () => {
  test('gives the same claims a new end', async () => {
    const { token, room } = await createRoom()
    const fresh = await ok(post('/api/refresh', undefined, token), rooms.refreshAnswer)
    expect(claimsOf(fresh.token)).toMatchObject({ sub: room.hostId, name: 'Ann', room: room.id, role: 'host' })
  })

  test('takes an empty JSON body too', async () => {
    const { token } = await createRoom()
    expect((await post('/api/refresh', '', token)).status).toBe(200)
  })

  test('needs a token', async () => {
    const answer = post('/api/refresh')
    expect(await problem(answer)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
    expect((await answer).headers.get('www-authenticate')).toBe('Bearer')
  })
})

describe('GET /api/rooms/:roomId/messages', () => {
  test('is for members', async () => {
    const { roomId, token } = await createRoom()
    expect(await ok(get(`/api/rooms/${roomId}/messages`, token), rooms.historyAnswer)).toEqual({
      messages: [],
      hasMore: false,
    })
    expect(await problem(get(`/api/rooms/${roomId}/messages`))).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
    const stranger = await ok(post('/api/login', { name: 'Eve' }), rooms.loginAnswer)
    expect(await problem(get(`/api/rooms/${roomId}/messages`, stranger.token))).toMatchObject({
      status: 404,
      code: 'ROOM_NOT_FOUND',
    })
    expect(await problem(get('/api/rooms/0000-0000-0000/messages', stranger.token))).toMatchObject({
      status: 404,
      code: 'ROOM_NOT_FOUND',
    })
  })

  test.each(['limit=0', 'limit=101', 'limit=x', 'before=-1', 'before=1.5'])('refuses ?%s', async (query) => {
    const { roomId, token } = await createRoom()
    expect(await problem(get(`/api/rooms/${roomId}/messages?${query}`, token))).toMatchObject({
      status: 400,
      code: 'VALIDATION_FAILED',
      errors: [{ path: query.split('=')[0] }],
    })
  })
})

test('GET /api/rooms/:roomId/recordings is for the host', async () => {
  const { roomId, token } = await createRoom()
  const path = `/api/rooms/${roomId.toUpperCase()}/recordings`
  expect(await ok(get(path, token), rooms.recordingsAnswer)).toEqual({ recordings: [] })
  const guest = await ok(post('/api/join-room', { roomId, participantName: 'Bob' }), rooms.joinRoomAnswer)
  expect(await problem(get(path, guest.token))).toMatchObject({ status: 403, code: 'FORBIDDEN' })
  const stranger = await ok(post('/api/login', { name: 'Eve' }), rooms.loginAnswer)
  const { requestId: _, ...refused } = await problem(get(path, stranger.token))
  expect(refused).toMatchObject({ status: 404, code: 'ROOM_NOT_FOUND' })
  expect(await problem(get('/api/rooms/0000-0000-0000/recordings', stranger.token))).toMatchObject(refused)
  const none = `${path}/00000000-0000-4000-8000-000000000000`
  expect(await problem(get(none, token))).toMatchObject({ status: 404, code: 'ROOM_NOT_FOUND' })
  expect(await problem(get(none, guest.token))).toMatchObject({ status: 403, code: 'FORBIDDEN' })
  expect(await problem(get(`${path}/..%2f..%2fetc`, token))).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' })
})

describe('tokens', () => {
  test.each([
    ['nonsense', 'nonsense'],
    ['an unsigned one', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4IiwibmFtZSI6IlgiLCJleHAiOjk5OTk5OTk5OTl9.'],
  ])('%s is refused wherever it matters whose it is', async (_what, token) => {
    for (const answer of [
      post('/api/refresh', undefined, token),
      post('/api/create-room', ROOM, token),
      post('/api/join-room', { roomId: '0000-0000-0000', participantName: 'Bob' }, token),
      get('/turn-credentials', token),
    ]) {
      expect(await problem(answer)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
    }
    expect(server.log()).toContain('token-refused')
    expect(server.log()).not.toContain(token)
  })
})

describe('mistakes in HTTP', () => {
  test('malformed JSON', async () => {
    expect(await problem(post('/api/login', '{"name":'))).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' })
  })

  test('too much', async () => {
    expect(await problem(post('/api/login', { name: 'x'.repeat(70_000) }))).toMatchObject({
      status: 413,
      code: 'PAYLOAD_TOO_LARGE',
    })
  })

  test('another content type', async () => {
    const answer = fetch(`${server.url}/api/login`, { method: 'POST', body: new URLSearchParams({ name: 'Ann' }) })
    expect(await problem(answer)).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' })
  })

  test('an unknown call', async () => {
    for (const path of ['/api/nothing', '/api/', '/api/rooms', '/api/login/more']) {
      expect(await problem(get(path)), path).toMatchObject({ status: 404, code: 'UNKNOWN_EVENT' })
    }
    expect(await problem(post('/api/nothing', {}))).toMatchObject({ status: 404, code: 'UNKNOWN_EVENT' })
  })

  test('another method', async () => {
    const answer = get('/api/login')
    expect(await problem(answer)).toMatchObject({ status: 405, code: 'UNKNOWN_EVENT' })
    expect((await answer).headers.get('allow')).toBe('POST')
    expect(await problem(call('DELETE', '/api/rooms/k7fp2m9xqd4w'))).toMatchObject({ status: 405 })
  })

  test('a path that can not be decoded', async () => {
    const asked = fetch(`${server.nodeUrls[0]}/api/rooms/%E0%A4%A`)
    expect(await problem(asked)).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' })
  })

  test('a very long path', async () => {
    const { status } = await problem(get(`/api/rooms/${'x'.repeat(3000)}`))
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
  })

  test('polluting keys change nothing', async () => {
    const answer = await post(
      '/api/login',
      '{"name":"Ann","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    )
    expect(answer.status).toBe(200)
    expect({}).not.toHaveProperty('polluted')
  })
})

test('the log of all this holds no token', () => {
  expect(server.log()).not.toMatch(/eyJ[\w-]+\.eyJ/)
})
