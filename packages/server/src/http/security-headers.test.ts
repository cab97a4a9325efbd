import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { fileURLToPath } from 'node:url'
import { startServer, type TestServer } from '@parley/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let server: TestServer
/** What a proxy says of a client counts here; one that stands before it says so itself. */
let behindProxy = ''
beforeAll(async () => {
  server = await startServer({
    rateLimits: 'off',
    corsOrigins: ['https://friend.example'],
    trustProxy: { kind: 'hops', hops: 1 },
  })
  behindProxy = server.nodeUrls[0] ?? ''
})
afterAll(() => server[Symbol.asyncDispose]())

const html = { Accept: 'text/html' }
const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))

function directivesOf(headers: Headers): Record<string, string> {
  const entries = (headers.get('content-security-policy') ?? '')
    .split(';')
    .map((directive) => directive.trim().split(/ (.*)/s))
  return Object.fromEntries(entries.map(([name = '', value = '']) => [name, value]))
}

describe.each(['/', '/r/k7fp-2m9x-qd4w', '/docs/api', '/api/rooms/000000000000', '/health', '/nothing.txt'])(
  '%s',
  (path) => {
    test('lets a page load and do only what it needs', async () => {
      const { headers } = await fetch(server.url + path, { headers: html })
      const csp = directivesOf(headers)
      expect(csp['default-src']).toBe("'self'")
      expect(csp['script-src']).toBe("'self'")
      expect(csp['script-src-attr']).toBe("'none'")
      expect(csp['object-src']).toBe("'none'")
      expect(csp['frame-ancestors']).toBe("'none'")
      expect(csp['connect-src']).toBe(`'self' ${server.url.replace('http', 'ws')} ${server.url.replace('http', 'wss')}`)
      expect(csp).not.toHaveProperty('upgrade-insecure-requests')
      expect(headers.get('permissions-policy')).toContain('microphone=(self), camera=(self), display-capture=(self)')
    })

    test('keeps the address of a room to itself', async () => {
      const { headers } = await fetch(server.url + path, { headers: html })
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.has('x-powered-by')).toBe(false)
    })

    test('says HSTS behind TLS and only there', async () => {
      const plain = await fetch(behindProxy + path)
      expect(plain.headers.has('strict-transport-security')).toBe(false)
      const secure = await fetch(behindProxy + path, { headers: { 'X-Forwarded-Proto': 'https' } })
      expect(secure.headers.get('strict-transport-security')).toBe('max-age=31536000')
    })
  },
)

test('a Host that is no host is not copied into the policy', async () => {
  const { headers } = await fetch(behindProxy, {
    headers: { 'X-Forwarded-Host': "evil.example; script-src 'unsafe-inline'" },
  })
  expect(directivesOf(headers)['connect-src']).toBe("'self' 'self'")
  expect(directivesOf(headers)['script-src']).toBe("'self'")
})

test('X-Forwarded-Proto of a stranger is not believed', async () => {
  await using direct = await startServer()
  const { headers } = await fetch(direct.url, { headers: { 'X-Forwarded-Proto': 'https' } })
  expect(headers.has('strict-transport-security')).toBe(false)
})

test('direct TLS serves pages over it, with HSTS', async () => {
  const cert = readFileSync(fixture('localhost-cert.pem'))
  await using secure = await startServer({
    useHttps: true,
    certPath: fixture('localhost-cert.pem'),
    keyPath: fixture('localhost-key.pem'),
  })
  const [url = ''] = secure.nodeUrls
  expect(url).toMatch(/^https:/)
  const { promise, resolve, reject } = Promise.withResolvers<string | string[] | undefined>()
  request(`${url}/health`, { ca: cert }, (answer) => {
    answer.resume()
    resolve(answer.headers['strict-transport-security'])
  })
    .on('error', reject)
    .end()
  expect(await promise).toBe('max-age=31536000')
})

describe('other origins', () => {
  const from = (origin: string, method = 'GET', more: Record<string, string> = {}) =>
    fetch(`${server.url}/api/csrf-token`, { method, headers: { Origin: origin, ...more } })
  const login = (origin: string, target = server) =>
    fetch(`${target.url}/api/login`, {
      method: 'POST',
      headers: { Origin: origin, 'Content-Type': 'application/json' },
      body: '{"name":"Ann"}',
    })

  test('that are listed may read answers, with cookies', async () => {
    const { headers } = await from('https://friend.example')
    expect(headers.get('access-control-allow-origin')).toBe('https://friend.example')
    expect(headers.get('access-control-allow-credentials')).toBe('true')
    expect(headers.get('access-control-expose-headers')).toContain('Retry-After')
    expect(headers.get('vary')).toContain('Origin')
    expect((await login('https://friend.example')).status).toBe(200)
  })

  test('that are listed may ask first', async () => {
    const { status, headers } = await from('https://friend.example', 'OPTIONS', {
      'Access-Control-Request-Method': 'POST',
    })
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-methods')).toContain('POST')
    expect(headers.get('access-control-allow-headers')).toContain('Authorization')
    expect(headers.get('access-control-allow-headers')).toContain('X-CSRF-Token')
  })

  test('of another name, scheme or port are others', async () => {
    const { host, port } = new URL(server.url)
    const refused = [
      `http://${host}.evil.example`,
      `http://127.0.0.1:${Number(port) + 1}`,
      'http://127.0.0.1',
      `capacitor://${host}`,
      'https://friend.example.',
      'https://friend.example:8443',
    ]
    for (const origin of refused) expect((await login(origin)).status, origin).toBe(403)
  })

  test('a page that came without TLS is not one of a server that has it', async () => {
    const from = (origin: string, proto: string) =>
      fetch(`${behindProxy}/api/login`, {
        method: 'POST',
        headers: {
          Origin: origin,
          'Content-Type': 'application/json',
          'X-Forwarded-Host': 'chat.example.org',
          'X-Forwarded-Proto': proto,
        },
        body: '{"name":"Ann"}',
      })
    expect((await from('https://chat.example.org', 'https')).status).toBe(200)
    expect((await from('http://chat.example.org', 'http')).status).toBe(200)
    expect((await from('http://chat.example.org', 'https')).status).toBe(403)
  })

  test.each(['https://evil.example', 'https://friend.example.evil.example', 'http://friend.example', 'null'])(
    '%s may not read, ask first, or change anything',
    async (origin) => {
      expect((await from(origin)).headers.has('access-control-allow-origin')).toBe(false)
      const asked = await from(origin, 'OPTIONS', { 'Access-Control-Request-Method': 'POST' })
      expect(asked.headers.has('access-control-allow-methods')).toBe(false)
      const refused = await login(origin)
      expect(refused.status).toBe(403)
      expect(await refused.json()).toMatchObject({ code: 'FORBIDDEN' })
      expect(server.log()).toContain('origin-refused')
    },
  )

  test("this server's own pages need no list", async () => {
    const answer = await login(server.url)
    expect(answer.status).toBe(200)
    expect(answer.headers.has('access-control-allow-origin')).toBe(false)
  })

  test('* allows all, never with cookies', async () => {
    await using open = await startServer({ corsOrigins: ['*'] })
    const answer = await login('https://anybody.example', open)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://anybody.example')
    expect(answer.headers.has('access-control-allow-credentials')).toBe(false)
  })
})
