import { expect, test } from 'vitest'
import { createConnection } from './connection.ts'
import { createFakeClock } from './testing/fake-clock.ts'
import { createScriptedDevice } from './testing/scripted-device.ts'
import { createScriptedLines } from './testing/scripted-line.ts'
import { DEFAULT_TIMINGS } from './timings.ts'
import { createTokenSource } from './token-source.ts'
import { createSocketBackOff, createTransportSwitch } from './transport-switch.ts'

/** A switch whose sockets and HTTP are the test's; `chatIds` are followed. */
async function setUp(chatIds: readonly string[] = []) {
  const clock = createFakeClock()
  const device = createScriptedDevice()
  const sockets = createScriptedLines()
  const http = createScriptedLines()
  let token = 'token'
  const connectionOf = ({ openLine }: typeof sockets, backOff?: (failures: number, random: number) => number) =>
    createConnection({
      url: undefined,
      tokens: createTokenSource({ getToken: () => token }),
      openLine,
      clock,
      device,
      timings: DEFAULT_TIMINGS,
      random: () => 1,
      probe: () => null,
      ...(backOff !== undefined && { backOff }),
    })
  const overHttp = connectionOf(http)
  const overSockets = connectionOf(
    sockets,
    createSocketBackOff(() => overHttp.isUp),
  )
  const carrier = createTransportSwitch({ sockets: overSockets, http: overHttp, clock, chatIds: () => chatIds })
  carrier.connect()
  await clock.advance(0)
  const last = (lines: typeof sockets.lines) => {
    const line = lines.at(-1)
    if (line === undefined) throw new Error('there is no line')
    return line
  }
  return {
    clock,
    device,
    carrier,
    socketLines: sockets.lines,
    httpLines: http.lines,
    socket: () => last(sockets.lines),
    poll: () => last(http.lines),
    setToken: (next: string) => {
      token = next
    },
    fail: async () => {
      last(sockets.lines).listener.ended({ kind: 'unreachable', silent: false })
      await clock.advance(0)
    },
  }
}

const way = (carrier: { getState(): { readonly transport: string } }): string => carrier.getState().transport

test('sockets that answer are all that is asked', async () => {
  const { carrier, clock, httpLines, socket } = await setUp()
  expect(carrier.getState()).toEqual({ transport: 'connecting' })
  socket().greet()
  expect(carrier.getState()).toMatchObject({ transport: 'websocket', since: clock.now() })
  await clock.advance(60_000)
  expect(httpLines).toHaveLength(0)
})

test('after two failed attempts HTTP takes over, and sockets are tried every 15 to 60 s', async () => {
  const { carrier, clock, fail, httpLines, poll, socketLines } = await setUp()
  await fail()
  expect(httpLines).toHaveLength(0)
  expect(way(carrier)).toBe('connecting')
  await clock.advance(1000)
  await fail()
  expect(httpLines).toHaveLength(1)
  poll().greet()
  expect(carrier.getState()).toMatchObject({ transport: 'http' })
  const gaps: number[] = []
  let since = clock.now()
  await clock.advance(5000)
  for (let attempt = 0; attempt < 5; attempt += 1) {
    since = clock.now()
    await fail()
    const before = socketLines.length
    const { retryAt } = carrier.getState() as { retryAt: number }
    gaps.push(retryAt - since)
    await clock.advance(retryAt - since)
    expect(socketLines.length).toBe(before + 1)
  }
  expect(gaps).toEqual([15_000, 30_000, 60_000, 60_000, 60_000])
})

test('an attempt that hangs gives way after 5 s', async () => {
  const { carrier, clock, httpLines, poll } = await setUp()
  await clock.advance(4999)
  expect(httpLines).toHaveLength(0)
  await clock.advance(1)
  poll().greet()
  expect(way(carrier)).toBe('http')
})

test('when neither answers it is offline, and says until when', async () => {
  const { carrier, clock, fail, poll, device } = await setUp()
  await fail()
  await clock.advance(1000)
  await fail()
  poll().listener.ended({ kind: 'unreachable', silent: false })
  expect(carrier.getState()).toMatchObject({ transport: 'offline', reason: 'unreachable', since: clock.now() })
  const { retryAt } = carrier.getState() as { retryAt: number }
  expect(retryAt).toBeGreaterThan(clock.now())
  device.set({ isOnline: false })
  device.signal('offline')
  await clock.advance(retryAt - clock.now())
  await fail()
  expect(carrier.getState()).toMatchObject({ transport: 'offline', reason: 'device-offline' })
})

test('the poll goes on until every chat is joined over the socket; what is asked goes where the chat is', async () => {
  const { carrier, clock, fail, poll, socket } = await setUp(['a', 'b'])
  const ups: boolean[] = []
  carrier.onLine((isUp) => ups.push(isUp))
  await fail()
  await clock.advance(1000)
  await fail()
  poll().greet()
  await clock.advance(2000)
  socket().greet()
  expect(ups).toEqual([true, true])
  expect(way(carrier)).toBe('websocket')
  const answers: unknown[] = []
  const ask = (chatId: string): void => {
    carrier.request('message:read', { chatId, messageId: 'm' }).then(
      (answer) => answers.push(answer),
      (error) => answers.push(error),
    )
  }
  carrier.request('chat:join', { chatId: 'a' }).catch(() => undefined)
  ask('a')
  expect(poll().requests.map(({ event }) => event)).toEqual(['message:read'])
  const view = { recovered: true, changes: [], epoch: 'e', rev: 0, chat: {}, members: [], cursors: {} }
  socket().requests[0]?.answer({ ok: true, ...view })
  await clock.advance(0)
  ask('a')
  ask('b')
  expect(socket().requests.map(({ event }) => event)).toEqual(['chat:join', 'message:read'])
  expect(poll().requests).toHaveLength(2)
  expect(poll().isClosed).toBe(false)
  carrier.request('chat:join', { chatId: 'b' }).catch(() => undefined)
  socket().requests[2]?.answer({ ok: false, error: { code: 'CONVERSATION_NOT_FOUND', message: 'gone' } })
  await clock.advance(0)
  expect(poll().isClosed).toBe(true)
})

test('a socket that breaks before all have moved leaves them with the poll', async () => {
  const { carrier, clock, fail, poll, socket } = await setUp(['a'])
  await fail()
  await clock.advance(1000)
  await fail()
  poll().greet()
  await clock.advance(2000)
  socket().greet()
  const ups: boolean[] = []
  carrier.onLine((isUp) => ups.push(isUp))
  socket().listener.ended({ kind: 'lost' })
  expect(ups).toEqual([true])
  expect(way(carrier)).toBe('http')
  expect(carrier.isUp).toBe(true)
})

test('a token that is refused ends both ways, once there is no other', async () => {
  const { carrier, clock, setToken, socket } = await setUp()
  socket().listener.ended({ kind: 'refused', code: 'TOKEN_EXPIRED' })
  setToken('another')
  await clock.advance(1000)
  socket().greet()
  expect(way(carrier)).toBe('websocket')
  socket().listener.ended({ kind: 'refused', code: 'UNAUTHENTICATED' })
  await clock.advance(2000)
  expect(carrier.getState()).toEqual({ transport: 'ended', reason: 'unauthorized' })
  await clock.advance(120_000)
  expect(clock.pending).toBe(0)
})
