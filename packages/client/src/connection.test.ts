import { describe, expect, test, vi } from 'vitest'
import { createConnection } from './connection.ts'
import { createFakeClock } from './testing/fake-clock.ts'
import { createScriptedDevice } from './testing/scripted-device.ts'
import { createScriptedLines } from './testing/scripted-line.ts'
import { DEFAULT_TIMINGS } from './timings.ts'
import { createTokenSource } from './token-source.ts'

const PROBE = { event: 'chat:get-active-members', data: { chatId: 'c1' } } as const

/** A connection whose clock, device, chance and server are the test's. */
function setUp({ random = 0.5, token = () => 'token' as string | Promise<string> } = {}) {
  const clock = createFakeClock()
  const device = createScriptedDevice()
  const { openLine, lines } = createScriptedLines()
  const kept: string[] = []
  const connection = createConnection({
    url: undefined,
    tokens: createTokenSource({ getToken: () => token(), onToken: (fresh) => kept.push(fresh) }),
    openLine,
    clock,
    device,
    timings: DEFAULT_TIMINGS,
    random: () => random,
    probe: () => PROBE,
  })
  const last = () => {
    const line = lines.at(-1)
    if (line === undefined) throw new Error('no line was opened')
    return line
  }
  const comeOnline = async () => {
    connection.connect()
    await clock.advance(0)
    last().greet(clock.now() + 5000)
  }
  return { clock, device, lines, last, kept, connection, comeOnline }
}

describe('coming online', () => {
  test('goes from idle over connecting to online, and knows the server’s time', async () => {
    const { clock, connection, last } = setUp()
    const states: string[] = []
    connection.subscribe(() => states.push(connection.getState().status))
    expect(connection.getState()).toEqual({ status: 'idle' })
    connection.connect()
    expect(connection.getState()).toEqual({ status: 'connecting', attempt: 1 })
    await clock.advance(0)
    last().greet(clock.now() + 5000)
    expect(connection.getState()).toEqual({ status: 'online', since: clock.now(), transport: 'websocket' })
    expect(connection.clockOffsetMs).toBe(5000)
    expect(connection.userId).toBe('u1')
    connection.connect()
    expect(states).toEqual(['connecting', 'online'])
    last().listener.transportChanged('polling')
    expect(connection.getState()).toMatchObject({ transport: 'polling' })
  })

  test('waits ever longer between attempts, at most 20 s, and counts them', async () => {
    const { clock, connection, last, lines } = setUp({ random: 0.999_999 })
    connection.connect()
    const delays: number[] = []
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      await clock.advance(0)
      expect(lines).toHaveLength(attempt)
      last().listener.ended({ kind: 'unreachable', silent: false })
      const state = connection.getState()
      if (state.status !== 'waiting') throw new Error(state.status)
      expect(state).toMatchObject({ reason: 'unreachable', attempt: attempt + 1 })
      delays.push(state.retryAt - clock.now())
      await clock.advance(state.retryAt - clock.now())
    }
    expect(delays).toEqual([1000, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000])
  })

  test('is back almost at once after a line that held, and not so fast after one that broke at once', async () => {
    const { clock, connection, last, comeOnline } = setUp({ random: 0.999_999 })
    await comeOnline()
    await clock.advance(6000)
    last().listener.ended({ kind: 'lost' })
    expect(connection.getState()).toMatchObject({ status: 'waiting', reason: 'lost', retryAt: clock.now() + 500 })
    await clock.advance(500)
    last().greet()
    last().listener.ended({ kind: 'lost' })
    expect(connection.getState()).toMatchObject({ retryAt: clock.now() + 1000, attempt: 1 })
  })

  test('spreads attempts by chance', async () => {
    const retryAfter = async (random: number): Promise<number> => {
      const { clock, connection, last } = setUp({ random })
      connection.connect()
      await clock.advance(0)
      last().listener.ended({ kind: 'unreachable', silent: false })
      const state = connection.getState()
      return state.status === 'waiting' ? state.retryAt - clock.now() : -1
    }
    expect(await retryAfter(0)).toBe(500)
    expect(await retryAfter(0.5)).toBe(750)
  })

  test('gives up an attempt that nobody answers, and begins the next one with long polling', async () => {
    const { clock, connection, lines } = setUp()
    connection.connect()
    await clock.advance(DEFAULT_TIMINGS.attemptMs)
    expect(lines[0]?.transports).toEqual(['websocket', 'polling'])
    expect(lines[0]?.isClosed).toBe(true)
    expect(connection.getState()).toMatchObject({ status: 'waiting', reason: 'unreachable' })
    await clock.advance(1000)
    expect(lines[1]?.transports).toEqual(['polling', 'websocket'])
  })

  test('what a line says late is not listened to', async () => {
    const { clock, connection, lines } = setUp()
    connection.connect()
    await clock.advance(DEFAULT_TIMINGS.attemptMs + 1000)
    lines[0]?.greet()
    lines[0]?.listener.ended({ kind: 'lost' })
    expect(connection.getState().status).toBe('connecting')
  })

  test('connect() ends a wait; close() ends everything', async () => {
    const { clock, connection, device, last, comeOnline } = setUp()
    await comeOnline()
    last().listener.ended({ kind: 'lost' })
    connection.connect()
    expect(connection.getState().status).toBe('connecting')
    await clock.advance(0)
    last().greet()
    const pending = connection.request('chat:leave', { chatId: 'c1' })
    connection.close()
    await expect(pending).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(connection.getState()).toEqual({ status: 'ended', reason: 'closed' })
    expect(last().isClosed).toBe(true)
    expect(clock.pending).toBe(0)
    expect(device.listeners).toBe(0)
    connection.connect()
    expect(connection.getState().status).toBe('ended')
  })

  test('a listener that throws disturbs nobody', async () => {
    const reported: unknown[] = []
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error))
    const { connection, comeOnline } = setUp()
    const mistake = new Error('a mistake of the page')
    let heard = 0
    connection.subscribe(() => {
      throw mistake
    })
    connection.subscribe(() => {
      heard += 1
    })
    await comeOnline()
    vi.unstubAllGlobals()
    expect(connection.getState().status).toBe('online')
    expect(heard).toBe(2)
    expect(reported).toEqual([mistake, mistake])
  })
})

describe('tokens', () => {
  test('a refused token is final when there is no other; connect() asks again', async () => {
    let token = 'old'
    const { clock, connection, last, lines } = setUp({ token: () => token })
    connection.connect()
    await clock.advance(0)
    last().listener.ended({ kind: 'refused', code: 'TOKEN_EXPIRED' })
    await clock.advance(1000)
    expect(connection.getState()).toEqual({ status: 'ended', reason: 'unauthorized' })
    token = 'new'
    connection.connect()
    await clock.advance(0)
    expect(lines.map((line) => line.token)).toEqual(['old', 'new'])
    last().greet()
    expect(connection.getState().status).toBe('online')
  })

  test('a refused token is replaced by the page’s newer one without a word', async () => {
    const tokens = ['old', 'new']
    const { clock, connection, last } = setUp({ token: () => tokens.shift() ?? 'new' })
    connection.connect()
    await clock.advance(0)
    last().listener.ended({ kind: 'refused', code: 'UNAUTHENTICATED' })
    await clock.advance(1000)
    expect(last().token).toBe('new')
    expect(connection.getState().status).toBe('connecting')
  })

  test('a page that fails to give a token is asked again later', async () => {
    let isBroken = true
    const { clock, connection, lines } = setUp({
      token: () => (isBroken ? Promise.reject(new Error('no')) : 'token'),
    })
    connection.connect()
    await clock.advance(0)
    expect(connection.getState()).toMatchObject({ status: 'waiting', reason: 'unreachable' })
    isBroken = false
    await clock.advance(1000)
    expect(lines).toHaveLength(1)
  })

  test('is renewed when it runs out, and the renewed one is used even by a page that did not keep it', async () => {
    const { clock, connection, kept, last, comeOnline } = setUp()
    await comeOnline()
    last().listener.event('token:expiring', { at: clock.now() + 60_000 })
    await clock.advance(0)
    expect(last().requests).toMatchObject([{ event: 'auth:refresh', data: {} }])
    last().requests[0]?.answer({ ok: true, token: 'renewed', expiresAt: 1 })
    await clock.advance(0)
    expect(kept).toEqual(['renewed'])
    last().listener.ended({ kind: 'lost' })
    connection.connect()
    await clock.advance(0)
    expect(last().token).toBe('renewed')
  })

  test('a newer token of the page is handed on instead', async () => {
    let token = 'old'
    const { clock, kept, last, comeOnline } = setUp({ token: () => token })
    await comeOnline()
    token = 'new'
    last().listener.event('token:expiring', { at: clock.now() + 60_000 })
    await clock.advance(0)
    expect(last().requests).toMatchObject([{ event: 'auth:refresh', data: { token: 'new' } }])
    last().requests[0]?.answer({ ok: true, token: 'new', expiresAt: 1 })
    await clock.advance(0)
    expect(kept).toEqual([])
  })

  test('renewal is tried again until the token ends', async () => {
    const { clock, last, comeOnline } = setUp()
    await comeOnline()
    last().listener.event('token:expiring', { at: clock.now() + 65_000 })
    await clock.advance(0)
    last().requests[0]?.answer({ ok: false, error: { code: 'UNAVAILABLE', message: 'later' } })
    await clock.advance(20_000)
    expect(last().requests.filter(({ event }) => event === 'auth:refresh')).toHaveLength(2)
  })

  test('a line whose token ended comes back with a new one, or ends', async () => {
    const { clock, connection, last, comeOnline } = setUp()
    await comeOnline()
    last().listener.event('error', { code: 'TOKEN_EXPIRED', message: 'Your token has expired.' })
    last().listener.ended({ kind: 'hung-up' })
    await clock.advance(1000)
    expect(connection.getState()).toEqual({ status: 'ended', reason: 'unauthorized' })
  })
})

describe('what the server asks for', () => {
  test('refused for too many connections, it stays away as long as told', async () => {
    const { clock, connection, last } = setUp()
    connection.connect()
    await clock.advance(0)
    last().listener.ended({ kind: 'refused', code: 'RATE_LIMITED', retryAfterMs: 30_000 })
    expect(connection.getState()).toMatchObject({ status: 'waiting', retryAt: clock.now() + 30_000 })
  })

  test('draining: goes on until it is to leave, lets what is under way finish, and is back at once', async () => {
    const { clock, connection, last, lines, comeOnline } = setUp({ random: 0.5 })
    await comeOnline()
    last().listener.event('server:draining', { reconnectAfterMs: 2000 })
    await clock.advance(1999)
    expect(connection.getState().status).toBe('online')
    const pending = connection.request('chat:leave', { chatId: 'c1' })
    await clock.advance(500)
    expect(connection.getState().status).toBe('online')
    last().requests[0]?.answer({ ok: true })
    await expect(pending).resolves.toEqual({ ok: true })
    await clock.advance(50)
    expect(lines).toHaveLength(2)
    expect(lines[0]?.isClosed).toBe(true)
  })

  test('draining: does not wait long for an answer', async () => {
    const { clock, connection, last, lines, comeOnline } = setUp()
    await comeOnline()
    const pending = connection.request('chat:leave', { chatId: 'c1' })
    pending.catch(() => undefined)
    last().listener.event('server:draining', { reconnectAfterMs: 0 })
    await clock.advance(DEFAULT_TIMINGS.drainGraceMs)
    await expect(pending).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(lines).toHaveLength(2)
  })

  test('draining: cut off before its time, it comes back when it was asked to', async () => {
    const { clock, connection, last, lines, comeOnline } = setUp()
    await comeOnline()
    last().listener.event('server:draining', { reconnectAfterMs: 3000 })
    await clock.advance(1000)
    last().listener.ended({ kind: 'lost' })
    expect(connection.getState()).toMatchObject({ status: 'waiting', reason: 'draining', retryAt: clock.now() + 2000 })
    await clock.advance(2000)
    expect(lines).toHaveLength(2)
  })

  test('draining: a server that is not back yet is restarting, for a minute', async () => {
    const { clock, connection, last, comeOnline } = setUp()
    await comeOnline()
    last().listener.event('server:draining', { reconnectAfterMs: 0 })
    await clock.advance(50)
    last().listener.ended({ kind: 'unreachable', silent: false })
    expect(connection.getState()).toMatchObject({ status: 'waiting', reason: 'draining' })
    await clock.advance(60_000)
    last().listener.ended({ kind: 'unreachable', silent: false })
    expect(connection.getState()).toMatchObject({ status: 'waiting', reason: 'unreachable' })
  })

  test('hung up on for idleness, it stays away until somebody does something', async () => {
    const { clock, connection, device, last, comeOnline } = setUp()
    await comeOnline()
    await clock.advance(1_800_000)
    last().listener.event('error', { code: 'UNAVAILABLE', message: 'Closed because nothing happened.' })
    last().listener.ended({ kind: 'hung-up' })
    expect(connection.getState()).toMatchObject({ status: 'waiting', reason: 'idle', retryAt: Infinity })
    await clock.advance(3_600_000)
    expect(connection.getState()).toMatchObject({ status: 'waiting' })
    device.signal('activity')
    expect(connection.getState()).toMatchObject({ status: 'connecting' })
  })

  test('where nobody sits before it, idleness is no reason to stay away', async () => {
    const { clock, connection, device, last, comeOnline } = setUp()
    device.set({ hasPerson: false })
    await comeOnline()
    await clock.advance(1_800_000)
    last().listener.ended({ kind: 'hung-up' })
    expect(connection.getState()).toMatchObject({ status: 'waiting', reason: 'lost' })
  })
})

describe('a line that may be dead', () => {
  test('a request without an answer, and without any other sign of life, ends the line', async () => {
    const { clock, connection, last, comeOnline } = setUp()
    await comeOnline()
    await clock.advance(1)
    const request = connection.request('chat:leave', { chatId: 'c1' })
    request.catch(() => undefined)
    await clock.advance(DEFAULT_TIMINGS.requestMs)
    await expect(request).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(connection.getState()).toMatchObject({ status: 'waiting', reason: 'lost' })
    expect(last().isClosed).toBe(true)
  })

  test('a slow answer on a line that lives ends only the request', async () => {
    const { clock, connection, last, comeOnline } = setUp()
    await comeOnline()
    const request = connection.request('chat:leave', { chatId: 'c1' })
    request.catch(() => undefined)
    await clock.advance(5000)
    last().listener.heard()
    await clock.advance(5000)
    await expect(request).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(connection.getState().status).toBe('online')
  })

  test.each(['wake', 'online'] as const)('on %s it is probed, and left when it does not answer', async (signal) => {
    const { clock, connection, device, last, comeOnline } = setUp()
    await comeOnline()
    await clock.advance(6000)
    device.signal(signal)
    expect(last().requests).toMatchObject([PROBE])
    await clock.advance(DEFAULT_TIMINGS.probeMs - 1)
    expect(connection.getState().status).toBe('online')
    await clock.advance(1)
    expect(connection.getState()).toMatchObject({ status: 'waiting', reason: 'lost' })
  })

  test('any answer to a probe, a refusal too, is a sign of life', async () => {
    const { clock, connection, device, last, comeOnline } = setUp()
    await comeOnline()
    await clock.advance(6000)
    device.signal('wake')
    last().requests[0]?.answer({ ok: false, error: { code: 'FORBIDDEN', message: 'no' } })
    last().listener.heard()
    await clock.advance(DEFAULT_TIMINGS.probeMs)
    expect(connection.getState().status).toBe('online')
  })

  test('is not probed when it was heard just now', async () => {
    const { device, last, comeOnline } = setUp()
    await comeOnline()
    device.signal('wake')
    expect(last().requests).toEqual([])
  })

  test('after the device slept it is probed; timers that a hidden page gets late are no sleep', async () => {
    const { clock, device, last, comeOnline } = setUp()
    await comeOnline()
    await clock.advance(60_000)
    expect(last().requests).toEqual([])
    device.set({ isHidden: true })
    clock.sleep(60_000)
    await clock.advance(0)
    expect(last().requests).toEqual([])
    clock.sleep(120_000)
    await clock.advance(0)
    expect(last().requests).toMatchObject([PROBE])
  })

  test('a wait ends at once when the network or the page comes back', async () => {
    const { clock, connection, device, last, comeOnline } = setUp()
    await comeOnline()
    device.set({ isOnline: false })
    device.signal('offline')
    expect(last().isClosed).toBe(true)
    expect(connection.getState()).toMatchObject({ status: 'waiting', reason: 'device-offline' })
    await clock.advance(100)
    device.set({ isOnline: true })
    device.signal('online')
    expect(connection.getState().status).toBe('connecting')
  })

  test('a person who only reads is not taken for idle', async () => {
    const { clock, device, last, comeOnline } = setUp()
    await comeOnline()
    device.signal('activity')
    expect(last().requests).toEqual([])
    await clock.advance(DEFAULT_TIMINGS.activityMs)
    device.signal('activity')
    expect(last().requests).toMatchObject([PROBE])
  })
})

describe('requests', () => {
  test('without a line they fail at once', async () => {
    const { connection } = setUp()
    await expect(connection.request('chat:leave', { chatId: 'c1' })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  test('carry the server’s refusal', async () => {
    const { connection, last, comeOnline } = setUp()
    await comeOnline()
    const request = connection.request('chat:leave', { chatId: 'c1' })
    last().requests[0]?.answer({ ok: false, error: { code: 'RATE_LIMITED', message: 'slow down', retryAfterMs: 9 } })
    await expect(request).rejects.toMatchObject({ code: 'RATE_LIMITED', message: 'slow down', retryAfterMs: 9 })
  })
})
