import { messenger } from '@parley/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chatWith, type Member, openWires, type WiresFixture } from '../wires-fixture.ts'

let wires: WiresFixture
beforeEach(async () => {
  wires = await openWires()
})
afterEach(() => wires[Symbol.asyncDispose]())

const webSocketOnly = { transports: ['websocket'] }
const pollingOnly = { transports: ['polling'] }

/** What a connection is refused with. */
async function refusal(options: Parameters<WiresFixture['member']>[1]): Promise<{ code: string }> {
  const { socket } = await wires.member('', { autoConnect: false, ...options })
  const error = await new Promise<Error & { data: { code: string } }>((resolve) => {
    socket.once('connect_error', (error) => resolve(error as Error & { data: { code: string } }))
    socket.connect()
  })
  return error.data
}

/** Why the server's side ended a connection, as the client sees it. */
const disconnected = ({ socket }: Member): Promise<string> =>
  new Promise((resolve) => {
    socket.once('disconnect', resolve)
  })

describe('the handshake', () => {
  it('takes the token in auth, by query and by header', async () => {
    const token = await wires.token('ann')
    const headers = { authorization: `Bearer ${token}` }
    await wires.member(token, webSocketOnly)
    await wires.member('', { auth: {}, query: { token }, ...pollingOnly })
    await wires.member('', { auth: {}, extraHeaders: headers, ...webSocketOnly })
    expect(wires.wires.stats()).toMatchObject({ byWire: { messenger: 3, rooms: 0 } })
  })

  it('says hello', async () => {
    const { socket } = await wires.member(await wires.token('ann'), { autoConnect: false })
    const hello = new Promise((resolve) => socket.once('connected', resolve))
    socket.connect()
    expect(messenger.serverMessages.connected.parse(await hello)).toMatchObject({
      userId: 'ann',
      serverId: 'test',
      sessionId: socket.id,
      timestamp: wires.core.clock.now(),
      pendingNotifications: 0,
    })
  })

  it('fails with the code that says why', async () => {
    const token = await wires.token('ann')
    expect(await refusal({ auth: { token: 7 } })).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(await refusal({ auth: { token: 'x' }, ...pollingOnly })).toMatchObject({ code: 'UNAUTHENTICATED' })
    await wires.core.clock.advance(3_600_000)
    expect(await refusal({ auth: { token }, ...webSocketOnly })).toMatchObject({ code: 'TOKEN_EXPIRED' })
    expect(JSON.stringify(wires.security)).not.toContain(token)
  })

  it('throttles an address after five failures', async () => {
    for (let n = 0; n < 5; n += 1) await refusal({ auth: { token: 'x' } })
    expect(await refusal({ auth: { token: await wires.token('ann') } })).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: 60_000,
    })
  })

  it('bounds the connections of an address', async () => {
    await wires[Symbol.asyncDispose]()
    wires = await openWires({ maxConnectionsPerAddress: 1 })
    const token = await wires.token('ann')
    await wires.member(token)
    expect(await refusal({ auth: { token } })).toMatchObject({ code: 'RATE_LIMITED' })
    await wires.member(token, { extraHeaders: { 'x-test-address': '192.0.2.10' } })
  })

  it('refuses other origins on both transports', async () => {
    await wires[Symbol.asyncDispose]()
    wires = await openWires({}, ({ headers }) => headers.origin !== 'https://evil.example')
    const auth = { token: await wires.token('ann') }
    const extraHeaders = { origin: 'https://evil.example' }
    expect(await refusal({ auth, extraHeaders, ...webSocketOnly })).toBeUndefined()
    expect(await refusal({ auth, extraHeaders, ...pollingOnly })).toBeUndefined()
    expect(wires.security.map(({ type }) => type)).toEqual(['origin-refused', 'origin-refused'])
    expect(wires.wires.stats().connections.total).toBe(0)
  })

  it('refuses requests that no poll makes', async () => {
    const response = await fetch(`${wires.url}/socket.io/?EIO=4&transport=polling`, { method: 'PUT' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST, OPTIONS'])
    expect(await response.json()).toMatchObject({ code: 'UNKNOWN_EVENT' })
  })

  it('leaves other requests to those whom they concern', async () => {
    const response = await fetch(`${wires.url}/elsewhere`)
    expect([response.status, await response.text()]).toEqual([404, 'not a socket'])
  })
})

describe('presence', () => {
  it('lasts as long as the connection, lease after lease', async () => {
    await wires[Symbol.asyncDispose]()
    wires = await openWires({ presenceLeaseMs: 30_000 })
    const { chatId, ann, others } = await chatWith(wires, 'bob')
    const online = async (): Promise<unknown> => {
      const { members } = await ann.ask('chat:get-active-members', { chatId })
      return (members as { userId: string }[]).map(({ userId }) => userId)
    }
    await wires.core.clock.advance(120_000)
    expect(await online()).toEqual(['ann', 'bob'])
    others[0]?.socket.close()
    await ann.get('presence:update')
    expect(await online()).toEqual(['ann'])
  })
})

describe('the end of a connection', () => {
  it('comes with its token, announced a minute before, unless that was renewed', async () => {
    const { ann, others } = await chatWith(wires, 'bob')
    const bob = others[0] as Member
    const gone = disconnected(ann)
    for (const minutes of [20, 20, 19]) {
      await wires.core.clock.advance(minutes * 60_000)
      if (minutes === 20) for (const member of [ann, bob]) await member.ask('chat:get-active-members', { chatId: 'x' })
    }
    expect(await ann.get('token:expiring')).toEqual({ at: wires.core.clock.now() + 60_000 })
    const renewed = await bob.ask('auth:refresh')
    expect(renewed).toMatchObject({ ok: true, expiresAt: wires.core.clock.now() + 3_600_000 })
    await wires.core.clock.advance(60_000)
    expect(await ann.get('error')).toMatchObject({ code: 'TOKEN_EXPIRED' })
    expect(await gone).toBe('io server disconnect')
    expect(await bob.ask('auth:refresh', { token: renewed.token })).toMatchObject({ ok: true })
  })

  it("takes nobody else's token for a renewal", async () => {
    const { ann, chatId } = await chatWith(wires)
    for (const token of [await wires.token('bob'), await wires.token('ann', chatId)]) {
      expect(await ann.ask('auth:refresh', { token })).toMatchObject({ error: { code: 'FORBIDDEN' } })
    }
    expect(await ann.ask('auth:refresh', { token: 'x' })).toMatchObject({ error: { code: 'UNAUTHENTICATED' } })
  })

  it('comes after half an hour without an event', async () => {
    const { ann } = await chatWith(wires)
    const gone = disconnected(ann)
    await wires.core.clock.advance(1_800_000)
    expect(await gone).toBe('io server disconnect')
    expect(await ann.get('error')).toMatchObject({ code: 'UNAVAILABLE' })
  })

  it('is told to the others as absence', async () => {
    const { ann, others } = await chatWith(wires, 'bob')
    others[0]?.socket.close()
    expect(await ann.get('presence:update')).toMatchObject({ userId: 'bob', status: 'offline' })
    expect(wires.wires.stats()).toMatchObject({ connections: { active: 1, total: 2, peak: 2 }, queuedBytes: 0 })
  })

  it('comes with draining, announced, and clients may come back', async () => {
    const { ann } = await chatWith(wires)
    const gone = disconnected(ann)
    const draining = wires.wires.drain(1000)
    expect(await ann.get('server:draining')).toMatchObject({ reconnectAfterMs: expect.any(Number) })
    await wires.core.clock.advance(1000)
    await draining
    expect(await gone).toBe('transport close')
    expect(await refusal({ auth: { token: await wires.token('ann') } })).toBeUndefined()
  })
})
