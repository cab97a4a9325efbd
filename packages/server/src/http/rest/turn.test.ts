import { createHmac } from 'node:crypto'
import { rooms } from '@parley/protocol'
import { startServer, type TestServer } from '@parley/testkit'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import { expect, test } from 'vitest'

const SECRET = 'shared with the coturn that runs elsewhere'
const TURN = { turn: 'auto', turnSecret: SECRET, turnHost: 'turn.example.org' } as const

const ask = (server: TestServer, token?: string) =>
  fetch(`${server.url}/turn-credentials`, { headers: token === undefined ? {} : { Authorization: `Bearer ${token}` } })

async function guestOf(server: TestServer): Promise<string> {
  const login = await fetch(`${server.url}/api/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"name":"Ann"}',
  })
  return ((await login.json()) as { token: string }).token
}

test('guests and users get credentials of their own, which nobody keeps', async () => {
  await using server = await startServer({ ...TURN, turnTls: true, turnTtlS: 600 })
  const user = signSiteToken(server.config.jwtSecrets[0] ?? '', 'u-1')
  for (const token of [await guestOf(server), user]) {
    const answer = await ask(server, token)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const given = rooms.turnCredentialsAnswer.strict().parse(await answer.json())
    const [expiry = '', ...userId] = given.username.split(':')
    expect(Number(expiry) - Date.now() / 1000).toBeGreaterThan(590)
    expect(Number(expiry) - Date.now() / 1000).toBeLessThanOrEqual(600)
    if (token === user) expect(userId).toEqual(['u-1'])
    const { username, credential } = given
    expect(credential).toBe(createHmac('sha1', SECRET).update(username).digest('base64'))
    expect(given).toEqual({
      username,
      credential,
      ttl: 600,
      realm: 'turn.example.org',
      iceServers: [
        { urls: 'stun:turn.example.org:3478' },
        {
          urls: [
            'turn:turn.example.org:3478?transport=udp',
            'turn:turn.example.org:3478?transport=tcp',
            'turns:turn.example.org:5349?transport=tcp',
          ],
          username,
          credential,
        },
      ],
    })
  }
})

test('nobody else gets any, unless TURN_PUBLIC says so', async () => {
  await using server = await startServer(TURN)
  expect((await ask(server)).status).toBe(401)
  expect((await ask(server, 'no.such.token')).status).toBe(401)
  await using open = await startServer({ ...TURN, turnPublic: true })
  const answer = await ask(open)
  expect(answer.status).toBe(200)
  const { username } = rooms.turnCredentialsAnswer.parse(await answer.json())
  expect(username).toMatch(/^\d+:stranger-[\w-]+$/)
  expect((await ask(open, 'no.such.token')).status).toBe(401)
})

test('without a TURN server it says that there is none', async () => {
  await using server = await startServer()
  const answer = await ask(server, await guestOf(server))
  expect(answer.status).toBe(501)
  expect(await answer.json()).toMatchObject({ code: 'TURN_NOT_CONFIGURED', status: 501 })
})

test('twenty a minute are enough for anybody', async () => {
  await using server = await startServer(TURN)
  const token = await guestOf(server)
  for (let asked = 0; asked < 20; asked += 1) expect((await ask(server, token)).status).toBe(200)
  const refused = await ask(server, token)
  expect(refused.status).toBe(429)
  expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED' })
  expect((await ask(server, await guestOf(server))).status).toBe(200)
})
