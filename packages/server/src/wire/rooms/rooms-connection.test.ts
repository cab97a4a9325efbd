import { once } from 'node:events'
import { connect } from 'node:net'
import { CLOSE_CODES } from '@parley/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { openWires, type RawClient, roomWith, type WireFrame, type WiresFixture } from '../wires-fixture.ts'

let wires: WiresFixture
beforeEach(async () => {
  wires = await openWires()
})
afterEach(() => wires[Symbol.asyncDispose]())

/** What a client sees of messages, in order. */
const texts = (client: RawClient): string[] =>
  client.frames.flatMap((frame) => (frame.event === 'message' ? [(frame.message as { text: string }).text] : []))

/** The HTTP status that refuses a handshake. */
async function refusedWith(path: string, options: WebSocket.ClientOptions = {}, protocols: string[] = []) {
  const socket = new WebSocket(wires.url.replace('http', 'ws') + path, protocols, options)
  socket.on('error', () => undefined)
  const [, response] = await once(socket, 'unexpected-response')
  let body = ''
  for await (const chunk of response) body += chunk
  return { status: response.statusCode, code: JSON.parse(body).code }
}

describe('the handshake', () => {
  it('takes the token by query, header and subprotocol', async () => {
    const token = await wires.token('ann')
    const base = `${wires.url.replace('http', 'ws')}/ws`
    const sockets = [
      new WebSocket(`${base}?token=${token}`),
      new WebSocket(base, { headers: { authorization: `Bearer ${token}` } }),
      new WebSocket(base, ['parley.v1', `bearer.${token}`]),
    ]
    await Promise.all(sockets.map((socket) => once(socket, 'open')))
    expect(wires.wires.stats()).toMatchObject({ byWire: { rooms: 3, messenger: 0 } })
    for (const socket of sockets) socket.terminate()
  })

  it('answers parley.v1, never the token', async () => {
    const client = await wires.raw(await wires.token('ann'))
    expect(client.socket.protocol).toBe('parley.v1')
  })

  it('refuses no token, a wrong one and an old one with 401', async () => {
    expect(await refusedWith('/ws')).toEqual({ status: 401, code: 'UNAUTHENTICATED' })
    expect(await refusedWith('/ws?token=x')).toEqual({ status: 401, code: 'UNAUTHENTICATED' })
    const token = await wires.token('ann')
    await wires.core.clock.advance(3_600_000)
    expect(await refusedWith(`/ws?token=${token}`)).toEqual({ status: 401, code: 'TOKEN_EXPIRED' })
    expect(wires.security.map(({ type, detail }) => [type, detail])).toContainEqual(['token-refused', 'TOKEN_EXPIRED'])
    expect(JSON.stringify(wires.security)).not.toContain(token)
  })

  it('throttles an address after five failures, and forgets in time', async () => {
    for (let n = 0; n < 5; n += 1) await refusedWith('/ws?token=x')
    const token = await wires.token('ann')
    expect(await refusedWith(`/ws?token=${token}`)).toEqual({ status: 429, code: 'RATE_LIMITED' })
    expect(wires.security.at(-1)?.type).toBe('throttled')
    await wires.core.clock.advance(60_000)
    await wires.raw(await wires.token('ann'))
  })

  it('refuses other origins with 403 and other paths with 404', async () => {
    await wires[Symbol.asyncDispose]()
    wires = await openWires({}, ({ headers }) => headers.origin !== 'https://evil.example')
    const token = await wires.token('ann')
    const origin = 'https://evil.example'
    expect(await refusedWith(`/ws?token=${token}`, { origin })).toEqual({ status: 403, code: 'FORBIDDEN' })
    expect(wires.security).toEqual([{ type: 'origin-refused', wire: 'rooms', address: '192.0.2.9', detail: origin }])
    expect(await refusedWith(`/elsewhere?token=${token}`)).toMatchObject({ status: 404 })
  })

  it('bounds the connections of an address, and counts those that end', async () => {
    await wires[Symbol.asyncDispose]()
    wires = await openWires({ maxConnectionsPerAddress: 2 })
    const token = await wires.token('ann')
    const [first] = [await wires.raw(token), await wires.raw(token)]
    expect(await refusedWith(`/ws?token=${token}`)).toEqual({ status: 429, code: 'RATE_LIMITED' })
    first?.socket.terminate()
    await first?.closed
    await expect.poll(() => wires.raw(token).then(() => true)).toBe(true)
  })

  it('survives handshakes that are cut off or nonsense', async () => {
    const port = Number(new URL(wires.url).port)
    for (const text of ['GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n', '\0\0\0']) {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => undefined)
      await once(socket, 'connect')
      socket.write(text)
      socket.destroy()
    }
    await wires.raw(await wires.token('ann'))
  })
})

describe('the end of a connection', () => {
  it('comes with the end of its token, unless that was renewed', async () => {
    const { ann, others } = await roomWith(wires, 'bob')
    const bob = others[0] as RawClient
    await wires.core.clock.advance(200_000)
    expect(await bob.ask({ type: 'refresh_token' })).toMatchObject({ type: 'token', expiresIn: 3600 })
    for (let at = 200_000; at < 3_600_000; at += 200_000) {
      for (const client of [ann, bob]) await client.ask({ type: 'typing', isTyping: false })
      await wires.core.clock.advance(200_000)
    }
    await ann.get(({ code }) => code === 'TOKEN_EXPIRED')
    expect(await ann.closed).toBe(CLOSE_CODES.unauthenticated)
    expect(await bob.ask({ type: 'ping' })).toMatchObject({ type: 'pong' })
  })

  it('comes after five minutes without activity; pings are none', async () => {
    const { ann, others } = await roomWith(wires, 'bob')
    for (let n = 0; n < 10; n += 1) {
      await ann.ask({ type: 'ping' })
      await others[0]?.ask({ type: 'typing', isTyping: false })
      await wires.core.clock.advance(30_000)
    }
    expect(await ann.closed).toBe(CLOSE_CODES.idle)
    expect(await others[0]?.ask({ type: 'ping' })).toMatchObject({ type: 'pong' })
  })

  it('comes when two heartbeats went unanswered', async () => {
    await wires[Symbol.asyncDispose]()
    wires = await openWires({ heartbeatIntervalMs: 30_000 })
    const token = await wires.token('ann')
    const live = await wires.raw(token)
    const socket = connect(Number(new URL(wires.url).port), '127.0.0.1')
    await once(socket, 'connect')
    socket.write(
      `GET /ws?token=${token} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    )
    await once(socket, 'data')
    const received: Buffer[] = []
    socket.on('data', (chunk) => received.push(chunk))
    for (let n = 0; n < 4; n += 1) {
      await wires.core.clock.advance(30_000)
      await live.ask({ type: 'ping' })
    }
    if (!socket.closed) await once(socket, 'close')
    expect(Buffer.concat(received)).toEqual(Buffer.from([0x89, 0, 0x89, 0]))
  })

  it('comes with the end of the room, after expired', async () => {
    const { ann } = await roomWith(wires)
    for (let minute = 0; minute < 119; minute += 1) {
      await ann.ask({ type: 'typing', isTyping: false })
      if (minute % 50 === 0) await ann.ask({ type: 'refresh_token' })
      await wires.core.clock.advance(60_000)
    }
    await wires.core.clock.advance(60_000)
    await ann.event('expired')
    expect(await ann.closed).toBe(CLOSE_CODES.roomExpired)
    expect(ann.frames.filter(({ event }) => event === 'expiring').map((frame) => frame.minutesLeft)).toEqual([5, 1])
  })

  it('comes with draining, and new ones are refused', async () => {
    const { ann } = await roomWith(wires)
    const draining = wires.wires.drain(1000)
    expect(await ann.closed).toBe(CLOSE_CODES.draining)
    expect(await refusedWith(`/ws?token=${await wires.token('ann')}`)).toMatchObject({ status: 503 })
    await wires.core.clock.advance(1000)
    await draining
    expect(wires.wires.stats().connections.active).toBe(0)
  })

  it('comes to those who do not read, and they recover', async () => {
    await wires[Symbol.asyncDispose]()
    wires = await openWires({ rateLimits: false })
    const { roomId, ann, others } = await roomWith(wires, 'slow', 'quick')
    const [slow, quick] = others as [RawClient, RawClient]
    const { epoch, rev } = (await slow.join(roomId)).room as { epoch: string; rev: number }
    slow.socket.pause()
    const text = 'x'.repeat(4000)
    let sent = 0
    while (wires.wires.stats().slowClosed === 0 && sent < 20_000) {
      await Promise.all(Array.from({ length: 50 }, () => ann.ask({ type: 'send_message', text })))
      sent += 50
    }
    expect(wires.wires.stats().slowClosed).toBe(1)
    slow.socket.resume()
    expect(await slow.closed).toBe(CLOSE_CODES.tooSlow)
    const got = slow.frames.filter(({ event }) => event === 'message').length
    const lastRev = slow.frames.reduce((last, frame) => Math.max(last, Number(frame.rev ?? 0)), rev)
    const back = await wires.raw(await wires.token('slow'))
    const again = await back.join(roomId, { since: { epoch, rev: lastRev } })
    const { recovered, missed } = again as unknown as { recovered: boolean; missed: WireFrame[] }
    const after = missed.filter(({ event }) => event === 'message').length
    // A thousand messages are too many to be given one by one when fewer changes are kept.
    expect(recovered ? got + after : missed.length).toBe(recovered ? sent : 0)
    await quick.ask({ type: 'ping' })
    expect(texts(quick)).toHaveLength(sent)
  })
})
