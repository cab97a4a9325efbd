import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect as connectHttp2 } from 'node:http2'
import { request } from 'node:https'
import { join } from 'node:path'
import { connect as connectTls, getCACertificates, setDefaultCACertificates } from 'node:tls'
import { startServer, type TestServer } from '@parley/testkit'
import { findFreePort, type NginxProcess, startNginx, TEST_CERTIFICATE } from '@parley/testkit/services'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { runChecks } from '../../scripts/check-connection/run-checks.ts'
import { createTarget } from '../../scripts/check-connection/target.ts'

const SECRET = randomBytes(36).toString('base64')
const MAX_BODY_BYTES = 200 * 1024 * 1024
const CERTIFICATE = readFileSync(TEST_CERTIFICATE, 'utf8')

let server: TestServer
let nginx: NginxProcess
const trusted = getCACertificates('default')
beforeAll(async () => {
  server = await startServer({
    jwtSecrets: [SECRET],
    trustProxy: { kind: 'addresses', ranges: [{ address: '127.0.0.1', prefix: 32, family: 'ipv4' }] },
    logLevel: 'debug',
  })
  // The first of the two nodes is down.
  nginx = await startNginx([`127.0.0.1:${await findFreePort()}`, new URL(server.url).host])
  setDefaultCACertificates([...trusted, CERTIFICATE])
})
afterAll(async () => {
  setDefaultCACertificates(trusted)
  await nginx[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})

const port = (): number => Number(new URL(nginx.url).port)

test('every wire and transport works through it, and the poll, though one node is down', async () => {
  const token = signSiteToken(SECRET, 'ann', {})
  const results = await runChecks(createTarget({ url: nginx.url, token }), () => undefined)
  expect(results.map(({ id, outcome, found }) => [id, outcome, found])).toEqual(
    results.map(({ id }) => [id, 'works', expect.any(String)]),
  )
  expect(results.length).toBeGreaterThan(7)
})

test('nodes that were down take every socket at once when they are back', async () => {
  const ports = [await findFreePort(), await findFreePort()]
  await using proxy = await startNginx(ports.map((each) => `127.0.0.1:${each}`))
  const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await fetch(`${proxy.url}/health`)).status))
  expect(statuses).toEqual(Array.from(statuses, () => 502))

  await using _first = await startServer({ port: ports[0] ?? 0 })
  await using _second = await startServer({ port: ports[1] ?? 0 })
  const address = `${proxy.url.replace('https', 'wss')}/socket.io/?EIO=4&transport=websocket`
  const sockets = Array.from({ length: 20 }, () => new WebSocket(address))
  const outcomes = await Promise.all(
    sockets.map(
      (socket) =>
        new Promise((resolve) =>
          socket.once('open', () => resolve('open')).once('error', ({ message }) => resolve(message)),
        ),
    ),
  )
  for (const socket of sockets) socket.terminate()
  expect(outcomes).toEqual(sockets.map(() => 'open'))
})

test('a poll is held for as long as it asks', async () => {
  const headers = { Authorization: `Bearer ${signSiteToken(SECRET, 'bo', {})}` }
  const poll = async (query: string) => (await fetch(`${nginx.url}/api/messenger/poll${query}`, { headers })).json()
  const { cursor } = (await poll('')) as { cursor: string }
  const startedAt = performance.now()
  expect(await poll(`?wait=1&cursor=${cursor}`)).toMatchObject({ events: [] })
  expect(performance.now() - startedAt).toBeGreaterThan(900)
})

describe('TLS', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s is spoken', async (version) => {
    expect(await protocolSpoken(version)).toBe(version)
  })

  test('TLS 1.1 is not', async () => {
    await expect(protocolSpoken('TLSv1.1')).rejects.toThrow(/alert protocol version/)
  })

  test('answers come by HTTP/2, with HSTS', async () => {
    const session = connectHttp2(nginx.url)
    const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
      session.once('error', reject)
      session.request({ ':path': '/health' }).once('response', resolve).once('error', reject).end()
    })
    session.close()
    expect(session.alpnProtocol).toBe('h2')
    expect(headers[':status']).toBe(200)
    expect(headers['strict-transport-security']).toBe('max-age=31536000')
    expect(headers['content-security-policy']).toContain(`wss://localhost:${port()}`)
  })

  async function protocolSpoken(version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string | null> {
    // Without security level 0 this end would refuse the old one by itself.
    const ciphers = 'DEFAULT@SECLEVEL=0'
    const socket = connectTls({ port: port(), host: 'localhost', minVersion: version, maxVersion: version, ciphers })
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject))
    const spoken = socket.getProtocol()
    socket.destroy()
    return spoken
  }
})

test('without TLS there is only the way to it, and proofs for a certificate', async () => {
  const answer = await fetch(`${nginx.plainUrl}/r/abc?x=1`, { redirect: 'manual' })
  expect(answer.status).toBe(308)
  expect(answer.headers.get('location')).toBe('https://localhost/r/abc?x=1')
  writeFileSync(join(nginx.acmeFolder, '.well-known/acme-challenge/proof-1'), 'proof')
  const proof = await fetch(`${nginx.plainUrl}/.well-known/acme-challenge/proof-1`)
  expect([proof.status, await proof.text()]).toEqual([200, 'proof'])
})

describe('a body', () => {
  test.each([
    ['of 200 MB reaches the server, which says what it takes', MAX_BODY_BYTES, 'application/problem+json'],
    ['of more is refused at the door', MAX_BODY_BYTES + 1, 'text/html'],
  ])('%s', async (_what, bytes, contentType) => {
    const answer = await head('/api/login', { 'Content-Length': String(bytes), 'Content-Type': 'application/json' })
    expect(answer).toMatchObject({ status: 413, contentType: expect.stringContaining(contentType) })
  })

  /** The answer to a POST of which only the headers are sent. */
  function head(path: string, headers: Record<string, string>): Promise<{ status: number; contentType: string }> {
    return new Promise((resolve, reject) => {
      const asked = request(`${nginx.url}${path}`, { method: 'POST', agent: false, headers }, (answer) => {
        resolve({ status: answer.statusCode ?? 0, contentType: answer.headers['content-type'] ?? '' })
        asked.destroy()
      })
      asked.once('error', reject)
      asked.flushHeaders()
    })
  }
})

test('the server sees who asks, whatever they say of themselves', async () => {
  const headers = { Authorization: 'Bearer wrong', 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Proto': 'http' }
  const status = await new Promise((resolve, reject) => {
    request(
      `${nginx.url}/api/refresh`,
      { method: 'POST', agent: false, localAddress: '127.0.0.7', headers },
      (answer) => resolve(answer.resume().statusCode),
    )
      .once('error', reject)
      .end()
  })
  expect(status).toBe(401)
  await expect.poll(() => server.log()).toContain('address=127.0.0.7')
  expect(server.log()).not.toContain('203.0.113.9')
})

test('metrics are not for the outside', async () => {
  expect((await fetch(`${nginx.url}/metrics`)).status).toBe(404)
})

test('tokens and the keys of rooms are in no log, also when no node answers', async () => {
  const url = `${nginx.url.replace('https', 'wss')}/ws?token=given-away`
  const refused = (address: string) => new Promise((resolve) => new WebSocket(address).once('error', resolve))
  await refused(url)
  await fetch(`${nginx.url}/r/key-of-a-room`, { headers: { Referer: `${nginx.url}/r/key-of-a-room` } })
  await fetch(`${nginx.url}/api/rooms/key-of-a-room/messages?token=given-away`)
  await using down = await startNginx([`127.0.0.1:${await findFreePort()}`])
  await refused(`${down.url.replace('https', 'wss')}/ws?token=given-away`)
  await expect.poll(() => nginx.log('access')).toContain('/api/rooms/-/messages')
  await expect.poll(() => down.log('access')).toContain('"status":502')
  for (const log of [nginx.log('access'), nginx.log('error'), down.log('access'), down.log('error')]) {
    expect(log).not.toMatch(/given-away|key-of-a-room/)
  }
  expect(nginx.log('access')).toContain('"path":"/ws"')
})
