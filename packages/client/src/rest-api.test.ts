import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startServer } from '@parley/testkit'
import { expect, test } from 'vitest'
import { ParleyError } from './parley-error.ts'
import { createRestApi } from './rest-api.ts'

async function openHttp(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

test('a room is made, looked at, joined, read and its token renewed', async () => {
  await using server = await startServer()
  const api = createRestApi({ url: `${server.url}/` })
  const { roomId, token, room } = await api.createRoom({ name: 'Den', hostName: 'Ada', duration: 15, password: 'open' })
  expect(room).toMatchObject({ id: roomId, name: 'Den', hasPassword: true })
  expect(await api.preview(roomId)).toMatchObject({ id: roomId, name: 'Den', participants: 1 })
  await expect(api.joinRoom({ roomId, participantName: 'Bo', password: 'shut' })).rejects.toMatchObject({
    name: 'ParleyError',
    code: 'WRONG_PASSWORD',
    status: 403,
  })
  const seat = await api.joinRoom({ roomId, participantName: 'Bo', password: 'open' })
  expect(seat.success).toBe(true)
  const again = await api.joinRoom({ roomId, participantName: 'Bo' }, seat.token)
  expect(again.room.participants).toHaveLength(2)
  expect(await api.history(roomId, token, { limit: 10 })).toEqual({ messages: [], hasMore: false })
  expect((await api.refresh(token)).expiresIn).toBeGreaterThan(0)
  expect((await api.login('Cy')).user.name).toBe('Cy')
  await expect(api.preview('k7fp-2m9x-qd4w')).rejects.toMatchObject({ code: 'ROOM_NOT_FOUND', status: 404 })
  await expect(api.createRoom({ name: '', hostName: '', duration: 15 })).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
  })
})

test('without an answer the code is UNAVAILABLE', async () => {
  const nobody = createRestApi({ url: 'http://127.0.0.1:9' })
  await expect(nobody.preview('x')).rejects.toBeInstanceOf(ParleyError)
  await expect(nobody.preview('x')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await using silent = await openHttp(() => undefined)
  const impatient = createRestApi({ url: silent.url, timeoutMs: 50 })
  await expect(impatient.preview('x')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
})

test.each([
  [502, 'UNAVAILABLE'],
  [504, 'UNAVAILABLE'],
  [413, 'PAYLOAD_TOO_LARGE'],
  [401, 'UNAUTHENTICATED'],
  [403, 'FORBIDDEN'],
  [500, 'INTERNAL'],
])('a proxy’s own page with status %i becomes %s', async (status, code) => {
  await using proxy = await openHttp((_, response) => response.writeHead(status).end('<h1>Sorry</h1>'))
  await expect(createRestApi({ url: proxy.url }).preview('x')).rejects.toMatchObject({ code, status })
})

test('a refusal says when to come back, in its body or its header, and which fields were wrong', async () => {
  await using limited = await openHttp((request, response) => {
    response.writeHead(429, { 'retry-after': '3' })
    const errors = [{ path: 'name', message: 'too short' }]
    response.end(request.method === 'GET' ? '' : JSON.stringify({ code: 'RATE_LIMITED', retryAfterMs: 1500, errors }))
  })
  const api = createRestApi({ url: limited.url })
  await expect(api.preview('x')).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 3000 })
  await expect(api.login('Ada')).rejects.toMatchObject({
    retryAfterMs: 1500,
    errors: [{ path: 'name', message: 'too short' }],
  })
})
