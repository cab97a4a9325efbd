import { type ChildProcess, spawn } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:tls'
import { rooms } from '@parley/protocol'
import { startServer, type TestServer } from '@parley/testkit'
import { findFreePort, startCoturn } from '@parley/testkit/services'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findMediaAddress } from '../janus/janus-files.ts'

const ADDRESS = findMediaAddress() ?? 'none'
const CERTIFICATE = new URL('../../http/fixtures/localhost-cert.pem', import.meta.url).pathname
const KEY = new URL('../../http/fixtures/localhost-key.pem', import.meta.url).pathname
/** Without one of our own, nobody is told credentials by REST. */
const SECRET = 'a secret of this relay alone'

let server: TestServer
let token = ''
beforeAll(async () => {
  server = await startServer({
    turn: 'auto',
    turnSecret: SECRET,
    turnPort: await findFreePort(),
    turnTls: true,
    turnTlsPort: await findFreePort(),
    turnRelayPorts: [38_000, 38_199],
    certPath: CERTIFICATE,
    keyPath: KEY,
  })
  const login = await fetch(`${server.url}/api/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"name":"Ann"}',
  })
  token = ((await login.json()) as { token: string }).token
})
afterAll(() => server[Symbol.asyncDispose]())

async function credentials() {
  const answer = await fetch(`${server.url}/turn-credentials`, { headers: { Authorization: `Bearer ${token}` } })
  expect(answer.status).toBe(200)
  return rooms.turnCredentialsAnswer.strict().parse(await answer.json())
}

/** Runs coturn's own client until it ends or says what is waited for. */
async function relay(
  { username, credential }: { readonly username: string; readonly credential: string },
  { until = /(?!)/, args = [] as string[], port = server.config.turnPort } = {},
): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  const whole = ['-v', '-c', '-n', '2', '-u', username, '-w', credential, '-p', String(port), ...args, ADDRESS]
  const client = spawn('turnutils_uclient', whole, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const read = (chunk: Buffer): void => {
    output += chunk.toString()
    if (until.test(output)) client.kill('SIGKILL')
  }
  client.stdout.on('data', read)
  client.stderr.on('data', read)
  return { exitCode: await ended(client), output }
}

const ended = (client: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => client.once('close', (code) => resolve(code)))

describe('coturn, started by the server', () => {
  test('relays between two who have credentials', async () => {
    // On a busy machine its client may not wait for all of them.
    await expect
      .poll(async () => relay(await credentials(), { args: ['-y'] }))
      .toEqual({ exitCode: 0, output: expect.stringContaining('Total lost packets 0 (0.000000%)') })
  })

  test('relays over TCP', async () => {
    const until = /Received relay addr/
    expect((await relay(await credentials(), { until, args: ['-y', '-t'] })).output).toMatch(until)
  })

  test('answers over TLS, with the certificate of the server', async () => {
    const { iceServers } = await credentials()
    expect(iceServers.at(-1)?.urls).toContain(`turns:${ADDRESS}:${server.config.turnTlsPort}?transport=tcp`)
    const ca = readFileSync(CERTIFICATE)
    const socket = connect({ host: ADDRESS, port: server.config.turnTlsPort, ca, servername: 'localhost' })
    await once(socket, 'secureConnect')
    // A Binding request of RFC 8489, and the type of the answer to one.
    socket.write(Buffer.concat([Buffer.from('000100002112a442', 'hex'), randomBytes(12)]))
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.readUInt16BE(0)).toBe(0x0101)
    socket.destroy()
  })

  test('refuses a wrong password, a changed end and one that is over', async () => {
    const { username, credential } = await credentials()
    const [expiry = '', user = ''] = username.split(':')
    const passwordOf = (name: string): string =>
      createHmac('sha1', 'another secret than that of the server').update(name).digest('base64')
    const refused = 'Cannot complete Allocation'
    for (const [name, password] of [
      [username, `${credential.slice(0, -4)}AAA=`],
      [username, passwordOf(username)],
      [`${Number(expiry) + 60}:${user}`, credential],
    ] as const) {
      const { exitCode, output } = await relay({ username: name, credential: password }, { args: ['-y'] })
      expect(output).toContain(refused)
      expect(exitCode).not.toBe(0)
    }
    const over = `${Math.floor(Date.now() / 1000) - 1}:${user}`
    const credentialOver = createHmac('sha1', SECRET).update(over).digest('base64')
    expect((await relay({ username: over, credential: credentialOver }, { args: ['-y'] })).output).toContain(refused)
    // The same with a minute left is good: it was the time that it was refused for.
    const good = `${Math.floor(Date.now() / 1000) + 60}:${user}`
    const credentialGood = createHmac('sha1', SECRET).update(good).digest('base64')
    const until = /Received relay addr/
    expect((await relay({ username: good, credential: credentialGood }, { args: ['-y'], until })).output).toMatch(until)
  })

  test.each([
    '10.1.2.3',
    '127.0.0.1',
    '169.254.169.254',
    '172.20.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
  ])('does not send to %s', async (peer) => {
    const { exitCode, output } = await relay(await credentials(), { args: ['-e', peer] })
    expect(output).toMatch(/error 403 \(Forbidden IP\)/)
    expect(exitCode).not.toBe(0)
  })

  test('may send to a public address, and to media servers beside it', async () => {
    for (const peer of ['9.9.9.9', ADDRESS]) {
      // Before anything is sent there.
      const until = /channel bind sent[\s\S]*cb response received[\s\S]*success/
      const { output } = await relay(await credentials(), { args: ['-e', peer], until })
      expect(output).toMatch(until)
      // By its name: the number alone may be a part of a port.
      expect(output).not.toMatch(/error 403/)
    }
  })

  test('is in the start line, in /health and in the metrics', async () => {
    expect(server.app.runsOn).toContain(`TURN coturn, started here on ${ADDRESS}:${server.config.turnPort}`)
    const health = (await (await fetch(`${server.url}/health`)).json()) as object
    expect(health).toMatchObject({ status: 'ok', media: 'mesh', services: { coturn: 'up' } })
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    expect(metrics).toContain('parley_service_up{service="coturn"} 1')
    expect(metrics).toContain('parley_service_restarts_total{service="coturn"} 0')
  })
})

test('lets in whoever has credentials, when many come at once and are its first', async () => {
  const log = await (async () => {
    await using coturn = await startCoturn()
    const until = /Received relay addr/
    const clients = Array.from({ length: 8 }, (_, index) => {
      const { username = '', credential = '' } = coturn.iceServers(`user-${index}`).at(-1) ?? {}
      return relay({ username, credential }, { args: ['-y'], until, port: coturn.server.port })
    })
    for (const { output } of await Promise.all(clients)) expect(output).toMatch(until)
    return coturn.log
  })()
  // Its client tries again when it is refused; browsers do not. What it wrote is whole once it has ended.
  expect(log()).not.toMatch(/Cannot find credentials|locked/)
})
