import { once } from 'node:events'
import { startServer, type TestServer } from '@parley/testkit'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import { io } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'

const SECRET = 'b3JhbmdlcyBhbmQgbGVtb25zLCBzYXkgdGhlIGJlbGxz'

let server: TestServer
let token = ''
beforeAll(async () => {
  server = await startServer({
    corsOrigins: ['https://friend.example'],
    trustProxy: { kind: 'hops', hops: 1 },
    rateLimits: 'off',
  })
  const login = await fetch(`${server.url}/api/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"name":"Ann"}',
  })
  token = ((await login.json()) as { token: string }).token
})
afterAll(() => server[Symbol.asyncDispose]())

/** 101 when the socket opens, else the status that refuses it. */
async function upgradeStatus(url: string, path: string, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(url.replace('http', 'ws') + path, { headers })
  socket.on('error', () => undefined)
  const opened = once(socket, 'open').then(() => 101)
  const refused = once(socket, 'unexpected-response').then(([, response]) => response.statusCode as number)
  const status = await Promise.race([opened, refused])
  socket.terminate()
  return status
}

type Knock = (headers: Record<string, string>, url?: string) => Promise<number>

const doors: Record<string, Knock> = {
  '/ws': (headers, url = server.url) => upgradeStatus(url, `/ws?token=${token}`, headers),
  'Socket.IO by WebSocket': (headers, url = server.url) =>
    upgradeStatus(url, '/socket.io/?EIO=4&transport=websocket', headers),
  'Socket.IO by polling': async (headers, url = server.url) =>
    (await fetch(`${url}/socket.io/?EIO=4&transport=polling`, { headers })).status,
}
/** What a proxy says that stands before the server. */
const PROXIED = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'chat.example.org' }

describe.each(Object.entries(doors))('%s', (_name, knock) => {
  const refused = 403
  const open = (status: number): boolean => status === 101 || status === 200

  test('opens to programs, to own pages and to pages of listed origins', async () => {
    expect(await knock({})).toSatisfy(open)
    expect(await knock({ origin: server.url })).toSatisfy(open)
    expect(await knock({ origin: 'https://friend.example' })).toSatisfy(open)
    expect(await knock({ ...PROXIED, origin: 'https://chat.example.org' }, server.nodeUrls[0])).toSatisfy(open)
  })

  test('opens to no other page, whatever cookie it brings', async () => {
    const { host, port } = new URL(server.url)
    const cookie = `parley_token=${token}; __Host-parley_token=${token}`
    const origins = [
      'null',
      '',
      'https://evil.example',
      'https://friend.example:8443',
      'https://friend.example.',
      'http://friend.example',
      `http://127.0.0.1:${Number(port) + 1}`,
      `http://${host}.evil.example`,
      `file://${host}`,
    ]
    for (const origin of origins) expect(await knock({ origin, cookie }), origin).toBe(refused)
    expect(await knock({ ...PROXIED, origin: 'http://chat.example.org' }, server.nodeUrls[0])).toBe(refused)
    expect(server.log()).toContain('origin-refused')
    expect(server.log()).not.toContain(token)
  })
})

describe('what pages of other origins are told of polling', () => {
  const poll = (to: TestServer, origin: string, method: string) =>
    fetch(`${to.url}/socket.io/?EIO=4&transport=polling`, {
      method,
      headers: { origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type' },
    })

  test.each(['GET', 'OPTIONS'])('a listed one may send cookies along: %s', async (method) => {
    const { headers } = await poll(server, 'https://friend.example', method)
    expect(headers.get('access-control-allow-origin')).toBe('https://friend.example')
    expect(headers.get('access-control-allow-credentials')).toBe('true')
  })

  test('where * allows all, none may; a token still connects', async () => {
    await using open = await startServer({ corsOrigins: ['*'], jwtSecrets: [SECRET] })
    const origin = 'https://anybody.example'
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await poll(open, origin, method)
      expect(headers.get('access-control-allow-origin')).toBe(origin)
      expect(headers.has('access-control-allow-credentials')).toBe(false)
    }
    for (const transport of ['polling', 'websocket']) {
      const auth = { token: signSiteToken(SECRET, 'ann') }
      const socket = io(open.url, { auth, transports: [transport], extraHeaders: { origin }, reconnection: false })
      const connected = await new Promise((resolve, reject) => {
        socket.once('connected', resolve).once('connect_error', reject)
      }).finally(() => socket.close())
      expect(connected).toMatchObject({ userId: 'ann' })
    }
  })
})
