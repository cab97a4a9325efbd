import { randomBytes } from 'node:crypto'
import { spawnServer, startServer } from '@parley/testkit'
import { createFakeClock } from '@parley/testkit/fake-clock'
import { describe, expect, it } from 'vitest'
import { openMessengerClient } from '../../clients/messenger-client.ts'
import { createRestClient } from '../../clients/rest-client.ts'
import { openRoom } from './room.ts'
import { openSite } from './site.ts'

const MINUTE_MS = 60_000

describe('time on the messenger wire', () => {
  it('warns five minutes and one minute before the end, and says when it has come', async () => {
    const clock = createFakeClock()
    await using server = await startServer({ maxIdleTimeMs: 200 * MINUTE_MS }, { clock })
    using room = await openRoom(server.url, 'websocket', { duration: 15 })
    const { chatId, host } = room
    const end = clock.now() + 15 * MINUTE_MS
    await clock.advance(10 * MINUTE_MS)
    expect(await host.client.next('chat:expiring')).toEqual({ chatId, expiresAt: end, minutesLeft: 5 })
    await clock.advance(4 * MINUTE_MS)
    expect(await host.client.next('chat:expiring')).toEqual({ chatId, expiresAt: end, minutesLeft: 1 })
    await clock.advance(MINUTE_MS)
    expect(await host.client.next('chat:expired')).toEqual({ chatId })

    const { status, body } = await createRestClient(server.url).call<{ code: string }>('GET', `/api/rooms/${chatId}`)
    expect([status, body.code]).toEqual([404, 'ROOM_NOT_FOUND'])
    const refusal = await host.client.refused('chat:history', { chatId })
    expect(['ROOM_NOT_FOUND', 'CONVERSATION_NOT_FOUND', 'ROOM_EXPIRED']).toContain(refusal.code)
  })

  it('passes the role on when the host is gone for a minute', async () => {
    const clock = createFakeClock()
    await using server = await startServer({ maxIdleTimeMs: 200 * MINUTE_MS }, { clock })
    using room = await openRoom(server.url, 'websocket')
    const bob = await room.add('Bob')
    room.host.client.socket.close()
    await bob.client.next('presence:update', ({ status }) => status === 'offline')
    await clock.advance(MINUTE_MS + 1000)
    const passed = await bob.client.next('chat:updated', ({ change }) => change === 'role')
    expect(passed.chat.hostId).toBe(bob.userId)
    expect(passed).not.toHaveProperty('byId')
  })

  it('limits messages to 30 a minute for a person, and says when to try again', async () => {
    await using server = await startServer()
    using room = await openRoom(server.url, 'websocket')
    const message = { chatId: room.chatId, encryptedContent: 'x', messageType: 'text' } as const
    for (let number = 0; number < 30; number++) await room.host.client.ask('message:new', message)
    const refusal = await room.host.client.refused('message:new', message)
    expect(refusal).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) })
    expect(refusal.retryAfterMs).toBeGreaterThan(0)
    expect(refusal.retryAfterMs).toBeLessThanOrEqual(MINUTE_MS)
    const bob = await room.add('Bob')
    await bob.client.ask('message:new', message)
  })

  it('limits signalling to 300 in ten seconds, also where all of it is refused', async () => {
    const clock = createFakeClock(Date.now())
    await using server = await startServer({}, { clock })
    using site = openSite(server, clock.now)
    const client = await site.person('ann').connect()
    const candidate = { callId: 'no-such-call', candidate: 'c' }
    const signal = async () => (await client.refused('call:ice-candidate', candidate)).code
    for (let sent = 0; sent < 300; sent += 50)
      expect(new Set(await Promise.all(Array.from({ length: 50 }, signal)))).toEqual(new Set(['CALL_NOT_FOUND']))
    const refusal = await client.refused('call:ice-candidate', candidate)
    expect(refusal).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) })
    await clock.advance(refusal.retryAfterMs ?? 0)
    expect(await signal()).toBe('CALL_NOT_FOUND')
  })

  it('sends clients elsewhere before it stops', async () => {
    const server = await spawnServer({ NODE_ENV: 'test', JWT_SECRET: randomBytes(36).toString('base64') })
    const { token } = await createRestClient(server.url).createRoom()
    using client = await openMessengerClient(server.url, token)
    const stopped = server.stop()
    expect(await client.next('server:draining')).toEqual({ reconnectAfterMs: expect.any(Number) })
    await client.ended
    expect(await stopped).toBe(0)
  })
})
