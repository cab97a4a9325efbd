import { once } from 'node:events'
import { messenger } from '@parley/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { FLOOD_MAX } from './flood-count.ts'
import { openWires, type WiresFixture } from './wires-fixture.ts'

let wires: WiresFixture
beforeEach(async () => {
  wires = await openWires()
})
afterEach(() => wires[Symbol.asyncDispose]())

const types = (): string[] => wires.security.map(({ type }) => type)

/** A Socket.IO connection spoken by hand: open, and not yet known. */
async function strangersSocket(headers: Record<string, string> = {}) {
  const socket = new WebSocket(`${wires.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, { headers })
  const packets: string[] = []
  socket.on('message', (data) => packets.push(String(data)))
  const closed = once(socket, 'close')
  await once(socket, 'open')
  return { socket, packets, closed }
}

/** A session of Socket.IO's long polling, opened by hand. */
async function openPolling(headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${wires.url}/socket.io/?EIO=4&transport=polling`, { headers })
}

describe('before login, on Socket.IO', () => {
  it('one connection gets one session, however often it asks at once', async () => {
    const { socket, closed } = await strangersSocket()
    const auth = JSON.stringify({ token: await wires.token('ann') })
    for (let n = 0; n < 5; n += 1) socket.send(`40${auth}`)
    await closed
    expect(wires.wires.stats().connections).toMatchObject({ active: 0, peak: 0 })
    expect(types()).toEqual(['flooding'])
  })

  it('a connection is over when its session is', async () => {
    const { socket, packets, closed } = await strangersSocket()
    socket.send(`40${JSON.stringify({ token: await wires.token('ann') })}`)
    await expect.poll(() => packets.some((packet) => packet.includes('connected'))).toBe(true)
    socket.send('41')
    await closed
  })

  it('who is not known says little, by WebSocket and by polling', async () => {
    const { socket, closed } = await strangersSocket()
    for (let n = 0; n < 11; n += 1) socket.send('40/elsewhere,')
    await closed
    const opened = await openPolling()
    const { sid } = JSON.parse((await opened.text()).slice(1)) as { sid: string }
    const url = `${wires.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`
    await fetch(url, { method: 'POST', body: Array.from({ length: 50_000 }, () => '40/x,').join('\u001e') })
    await expect.poll(async () => (await fetch(url)).status).toBe(400)
    expect(types()).toEqual(['flooding', 'flooding'])
  })

  it('beyond twice the ceiling not even a connection is opened', async () => {
    await wires[Symbol.asyncDispose]()
    wires = await openWires({ maxConnectionsPerAddress: 1 })
    const opened = await openPolling()
    expect(opened.headers.get('x-content-type-options')).toBe('nosniff')
    expect([opened.status, (await openPolling()).status]).toEqual([200, 200])
    const refused = await openPolling()
    expect(refused.status).toBe(429)
    expect(refused.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED' })
    expect((await openPolling({ 'x-test-address': '192.0.2.77' })).status).toBe(200)
  })

  it('a cookie says nothing', async () => {
    const token = await wires.token('ann')
    const cookie = `parley_token=${token}; __Host-parley_token=${token}`
    const { socket, packets } = await strangersSocket({ cookie })
    socket.send('40')
    await expect.poll(() => packets.at(-1)).toContain('"connected"')
    // On the site wire, where whoever is not known by a cookie says who they are.
    socket.send('42["presence:request"]')
    await expect.poll(() => packets.at(-1)).toContain('UNAUTHENTICATED')
    socket.terminate()
    const raw = new WebSocket(`${wires.url.replace('http', 'ws')}/ws`, { headers: { cookie } })
    raw.on('error', () => undefined)
    const [, response] = await once(raw, 'unexpected-response')
    expect(response.statusCode).toBe(401)
  })
})

describe('who looks for rooms', () => {
  it('hears the same of one that is there and one that is not, whatever they ask', async () => {
    const there = await wires.core.openRoom()
    const eve = await wires.member(await wires.token('eve'))
    const input = { encryptedContent: 'x', messageId: 'x', emoji: '👍', minutes: 15, isLocked: true }
    const rest = { participantId: 'x', role: 'host', admit: true }
    for (const event of Object.keys(messenger.clientMessages)) {
      if (event === 'auth:refresh' || event.startsWith('chat:join')) continue
      const [one, other] = [
        await eve.ask(event, { chatId: there, ...input, ...rest }),
        await eve.ask(event, { chatId: '000000000000', ...input, ...rest }),
      ]
      expect(one, event).toEqual(other)
    }
  })

  it('is throttled by address on both wires, with as many tokens as they like, and seen', async () => {
    const there = await wires.core.openRoom()
    for (let n = 0; n < 20; n += 1) {
      const eve = await wires.member(await wires.token(`eve-${n}`), { transports: ['websocket'] })
      const guess = await eve.ask('chat:join', { chatId: `zzzzzzzzzz${String(n).padStart(2, '0')}` })
      expect(guess).toMatchObject({ error: { code: 'CONVERSATION_NOT_FOUND' } })
    }
    const fresh = await wires.member(await wires.token('eve-member'))
    expect(await fresh.ask('chat:join', { chatId: there })).toMatchObject({ error: { code: 'RATE_LIMITED' } })
    expect(await fresh.ask('chat:join-multiple', { chatIds: [there] })).toMatchObject({
      chats: [{ ok: false, error: { code: 'RATE_LIMITED' } }],
    })
    const raw = await wires.raw(await wires.token('eve-raw'))
    expect(await raw.ask({ type: 'join_room', roomId: there })).toMatchObject({ code: 'RATE_LIMITED' })
    raw.socket.terminate()
    expect(wires.security).toEqual(
      ['messenger', 'messenger', 'rooms'].map((wire) => ({ type: 'throttled', wire, address: '192.0.2.9' })),
    )
  })
})

describe('who is known', () => {
  it('is cut off for not heeding refusals', async () => {
    const eve = await wires.member(await wires.token('eve'), { transports: ['websocket'] })
    const gone = new Promise((resolve) => eve.socket.once('disconnect', resolve))
    for (let n = 0; n <= FLOOD_MAX; n += 1) eve.socket.emit('no:such-event')
    await gone
    expect(types()).toEqual(['flooding'])
  })

  it('gets no more answers than it polls for', async () => {
    const chatId = await wires.core.openRoom()
    for (let n = 0; n < 20; n += 1) await wires.core.say('ann', chatId, 'x'.repeat(65_000))
    const { sid } = JSON.parse((await (await openPolling()).text()).slice(1)) as { sid: string }
    const url = `${wires.url}/socket.io/?EIO=4&transport=polling&sid=${sid}`
    const post = async (body: string) => (await fetch(url, { method: 'POST', body })).status
    expect(await post(`40${JSON.stringify({ token: await wires.token('ann', chatId) })}`)).toBe(200)
    expect(await (await fetch(url)).text()).toContain('sid')
    expect(await post(`42["chat:join",{"chatId":"${chatId}"}]`)).toBe(200)
    for (let asked = 0; asked < 10; asked += 1) {
      if ((await post(`42${asked}["chat:history",{"chatId":"${chatId}"}]`)) !== 200) break
    }
    await expect.poll(() => wires.wires.stats()).toMatchObject({ slowClosed: 1, connections: { active: 0 } })
    expect((await fetch(url)).status).toBe(400)
  })

  it('is cut off when what it sends unanswered takes too much memory', async () => {
    const chatId = await wires.core.openRoom()
    const eve = await wires.member(await wires.token('eve', chatId), { transports: ['websocket'] })
    const gone = new Promise((resolve) => eve.socket.once('disconnect', resolve))
    const asked = Promise.withResolvers<void>()
    const { conversations } = wires.core.ports
    const load = conversations.load.bind(conversations)
    vi.spyOn(conversations, 'load').mockImplementation(async (id) => {
      await asked.promise
      return load(id)
    })
    eve.socket.emit('chat:join', { chatId })
    for (let n = 0; n < 10; n += 1) eve.socket.emit('message:new', { chatId, encryptedContent: 'x'.repeat(900_000) })
    await gone
    asked.resolve()
    expect(types()).toEqual(['flooding'])
  })

  it('can not trip the server with data nested too deeply', async () => {
    const chatId = await wires.core.openRoom()
    const ann = await wires.member(await wires.token('ann', chatId))
    await ann.ask('chat:join', { chatId })
    const depth = 100_000
    const metadata = `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`
    const packet = `21["message:new",{"chatId":"${chatId}","encryptedContent":"x","metadata":${metadata}}]`
    const answer = new Promise((resolve) => {
      const { engine } = ann.socket.io
      engine.on('data', (data) => {
        if (data.startsWith('31')) resolve(data)
      })
      engine.write(packet)
    })
    expect(await answer).toContain('VALIDATION_FAILED')
    expect(wires.logged).toEqual([])
  })
})
