import { startServer, type TestServer } from '@parley/testkit'
import { expect, test } from 'vitest'

const json = { 'Content-Type': 'application/json' }
const login = (server: TestServer, name: unknown = 'Ann', headers: Record<string, string> = {}) =>
  fetch(`${server.url}/api/login`, {
    method: 'POST',
    headers: { ...json, ...headers },
    body: JSON.stringify({ name }),
  })
const look = (server: TestServer, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/api/csrf-token`, { headers })

async function expectLimited(answer: Response): Promise<void> {
  expect(answer.status).toBe(429)
  const problem = (await answer.json()) as { code: string; retryAfterMs: number }
  expect(problem.code).toBe('RATE_LIMITED')
  expect(problem.retryAfterMs).toBeGreaterThan(0)
  const retryAfterS = Number(answer.headers.get('retry-after'))
  expect(retryAfterS).toBe(Math.ceil(problem.retryAfterMs / 1000))
  expect(answer.headers.get('ratelimit-remaining')).toBe('0')
  expect(answer.headers.get('ratelimit-reset')).toBe(String(retryAfterS))
  expect(answer.headers.get('ratelimit')).toMatch(new RegExp(`^limit=\\d+, remaining=0, reset=${retryAfterS}$`))
}

test('callers without a token are counted by address, and every answer says how they stand', async () => {
  await using server = await startServer({ rateLimitHttpMax: 3, rateLimitHttpWindowMs: 60_000 })
  for (const remaining of ['2', '1', '0']) {
    const { status, headers } = await look(server)
    expect(status).toBe(200)
    expect(headers.get('ratelimit-limit')).toBe('3')
    expect(headers.get('ratelimit-remaining')).toBe(remaining)
    expect(Number(headers.get('ratelimit-reset'))).toBeLessThanOrEqual(60)
    expect(Number(headers.get('ratelimit-reset'))).toBeGreaterThan(55)
  }
  const refused = await look(server)
  expect(refused.headers.get('ratelimit-remaining')).toBe('0')
  await expectLimited(refused)
  expect(server.log()).toContain('throttled')
})

test('callers with a token are counted each by themselves, however many share an address', async () => {
  await using server = await startServer({ rateLimitHttpMax: 2, rateLimitUserMax: 4 })
  const [ann, bo] = await Promise.all(
    [login(server, 'Ann'), login(server, 'Bo')].map(
      async (answer) => ((await (await answer).json()) as { token: string }).token,
    ),
  )
  await expectLimited(await look(server))
  for (const token of [ann, bo]) {
    const headers = { Authorization: `Bearer ${token}` }
    for (let i = 0; i < 4; i += 1) expect((await look(server, headers)).headers.get('ratelimit-limit')).toBe('4')
    await expectLimited(await look(server, headers))
  }
})

test('a bad token is counted by address', async () => {
  await using server = await startServer({ rateLimitHttpMax: 2 })
  const headers = { Authorization: 'Bearer nonsense' }
  const renew = () => fetch(`${server.url}/api/refresh`, { method: 'POST', headers })
  expect((await renew()).status).toBe(401)
  expect((await renew()).status).toBe(401)
  await expectLimited(await renew())
})

test('where nothing is done with it, a bad token is as none: the call is answered, and counted by address', async () => {
  await using server = await startServer({ rateLimitHttpMax: 4 })
  const headers = { Authorization: 'Bearer nonsense' }
  const { headers: counted, status } = await look(server, headers)
  expect([status, counted.get('ratelimit-limit'), counted.get('ratelimit-remaining')]).toEqual([200, '4', '3'])
  expect((await login(server, 'Ann', headers)).status).toBe(200)
  expect((await fetch(`${server.url}/api/rooms/0000-0000-0000`, { headers })).status).toBe(404)
  expect((await look(server, headers)).status).toBe(200)
  await expectLimited(await look(server, headers))
  expect(server.log()).toContain('token-refused')
})

test('unknown calls are counted too', async () => {
  await using server = await startServer({ rateLimitHttpMax: 1 })
  expect((await fetch(`${server.url}/api/a`)).status).toBe(404)
  await expectLimited(await fetch(`${server.url}/api/b`))
})

test('pages, probes and the reference are not counted', async () => {
  await using server = await startServer({ rateLimitHttpMax: 1 })
  for (let i = 0; i < 5; i += 1) {
    for (const path of ['/health', '/healthz', '/readyz', '/openapi.json', '/docs/api', '/favicon.svg', '/r/abc']) {
      expect((await fetch(server.url + path)).status, path).not.toBe(429)
    }
  }
  expect((await look(server)).status).toBe(200)
})

test('logins are limited by address, with or without a token', async () => {
  await using server = await startServer({ rateLimitLoginMax: 2 })
  const { token } = (await (await login(server)).json()) as { token: string }
  expect((await login(server)).status).toBe(200)
  const refused = await login(server)
  expect([refused.headers.get('ratelimit-limit'), refused.headers.get('ratelimit-remaining')]).toEqual(['2', '0'])
  await expectLimited(refused)
  await expectLimited(await login(server, 'Ann', { Authorization: `Bearer ${token}` }))
})

test('failed logins have a smaller limit', async () => {
  await using server = await startServer({})
  for (let i = 0; i < 5; i += 1) expect((await login(server, '')).status).toBe(400)
  const refused = await login(server, '')
  expect([refused.headers.get('ratelimit-limit'), refused.headers.get('ratelimit-remaining')]).toEqual(['5', '0'])
  await expectLimited(refused)
  await expectLimited(await login(server, 'Ann'))
})

test('guessing room ids is throttled by address', async () => {
  await using server = await startServer({ rateLimitHttpMax: 1000 })
  const guess = (number: number) => fetch(`${server.url}/api/rooms/00000000${1000 + number}`)
  const statuses: number[] = []
  for (let i = 0; i < 40; i += 1) statuses.push((await guess(i)).status)
  expect(statuses).toContain(404)
  await expectLimited(await guess(40))
})

test('guessing a password is throttled', async () => {
  await using server = await startServer({ rateLimitHttpMax: 1000 })
  const post = (path: string, body: object) =>
    fetch(server.url + path, { method: 'POST', headers: json, body: JSON.stringify(body) })
  const created = await post('/api/create-room', { name: 'Tea', hostName: 'Ann', duration: 15, password: 'sesame' })
  const { roomId } = (await created.json()) as { roomId: string }
  const guess = (password: string) => post('/api/join-room', { roomId, participantName: 'Eve', password })
  for (let i = 0; i < 5; i += 1) expect((await guess(`guess ${i}`)).status).toBe(403)
  await expectLimited(await guess('sesame'))
  // Whoever forgot a room's password is kept from that, and from nothing else.
  expect((await login(server)).status).toBe(200)
})

test('RATE_LIMITS=off lifts them and tells of none', async () => {
  await using server = await startServer({ rateLimits: 'off', rateLimitHttpMax: 1, rateLimitLoginMax: 1 })
  for (let i = 0; i < 5; i += 1) {
    const { status, headers } = await login(server)
    expect(status).toBe(200)
    expect(headers.has('ratelimit-limit')).toBe(false)
  }
})

test('a sender can not choose the address that is counted', async () => {
  await using server = await startServer({ rateLimitHttpMax: 1 })
  expect((await look(server, { 'X-Forwarded-For': '203.0.113.1' })).status).toBe(200)
  await expectLimited(await look(server, { 'X-Forwarded-For': '203.0.113.2' }))
})

test('who stands behind a proxy that is not trusted is told of it once', async () => {
  await using server = await startServer()
  for (const address of ['203.0.113.1', '203.0.113.2']) await look(server, { 'X-Forwarded-For': address })
  expect(server.log().match(/TRUST_PROXY is not set/g)).toHaveLength(1)
})

test('behind a trusted proxy each client is counted, and still none can choose', async () => {
  await using server = await startServer({ rateLimitHttpMax: 1, trustProxy: { kind: 'hops', hops: 1 } })
  expect((await look(server, { 'X-Forwarded-For': '203.0.113.1' })).status).toBe(200)
  expect((await look(server, { 'X-Forwarded-For': '203.0.113.2' })).status).toBe(200)
  await expectLimited(await look(server, { 'X-Forwarded-For': '6.6.6.6, 203.0.113.2' }))
})
