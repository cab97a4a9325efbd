import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { startServer, type TestServer } from '@parley/testkit'
import { signSiteToken } from '@parley/testkit/sign-site-token'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CheckResult } from '../../scripts/check-connection/result.ts'
import { runChecks } from '../../scripts/check-connection/run-checks.ts'
import { createTarget } from '../../scripts/check-connection/target.ts'

const SCRIPT = join(import.meta.dirname, '../../scripts/check-connection.ts')
const SECRET = randomBytes(36).toString('base64')
const ALLOWED_ORIGIN = 'https://site.example'

let server: TestServer
beforeAll(async () => {
  server = await startServer({ jwtSecrets: [SECRET], corsOrigins: [ALLOWED_ORIGIN], rateLimitMaxConnections: 100 })
})
afterAll(() => server[Symbol.asyncDispose]())

const token = (claims: Record<string, unknown> = {}, secret = SECRET): string => signSiteToken(secret, 'ann', claims)

async function check(url: string, options: { token?: string; origin?: string } = {}) {
  const results = await runChecks(createTarget({ url, ...options }), () => undefined)
  const byId = new Map(results.map((result) => [result.id, result]))
  return (id: string): CheckResult => {
    const result = byId.get(id)
    if (result === undefined) throw new Error(`no check ${id} among ${[...byId.keys()].join(', ')}`)
    return result
  }
}

interface Listening extends AsyncDisposable {
  readonly url: string
}

async function listening(http: Server): Promise<Listening> {
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      http.closeAllConnections()
      http.close()
      await once(http, 'close')
    },
  }
}

/** As a proxy that was never told of WebSockets: it passes requests on and takes an upgrade for one of them. */
function plainProxy(targetUrl: string): Promise<Listening> {
  return listening(
    createServer((request, response) => {
      const { upgrade, connection, ...headers } = request.headers
      const url = new URL(request.url ?? '/', targetUrl)
      const outgoing = httpRequest(url, { method: request.method, headers, agent: false }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, { ...answer.headers, server: 'plain-proxy' })
        answer.pipe(response)
      })
      outgoing.on('error', () => response.destroy())
      response.on('close', () => outgoing.destroy())
      request.pipe(outgoing)
    }),
  )
}

const EVERYTHING = [
  'port',
  'health',
  'clock',
  'rest',
  'poll',
  'messenger-websocket',
  'messenger-polling',
  'site-websocket',
  'site-polling',
  'rooms-websocket',
]

describe('against a server', () => {
  it('says of every wire and transport that it works, and how long the way is', async () => {
    const of = await check(server.url, { token: token() })
    expect(EVERYTHING.map((id) => `${id} ${of(id).outcome}`)).toEqual(EVERYTHING.map((id) => `${id} works`))
    for (const id of [
      'health',
      'rest',
      'messenger-websocket',
      'messenger-polling',
      'site-polling',
      'rooms-websocket',
    ]) {
      expect(of(id).roundTripMs, id).toBeGreaterThan(0)
    }
    expect(of('rest').found).toContain('is for “ann”, signed with HS256 and good for')
  })

  it('tries without a token what needs none', async () => {
    const of = await check(server.url)
    for (const id of ['health', 'rest', 'poll', 'site-websocket', 'site-polling', 'rooms-websocket']) {
      expect(of(id), id).toMatchObject({ outcome: 'works' })
    }
    for (const id of ['messenger-websocket', 'messenger-polling']) expect(of(id).outcome).toBe('skipped')
    expect(of('rest').advice).toContain('--token')
  })

  it('says of an expired token since when, and of the other ways whether they are free', async () => {
    const expired = token({ exp: Math.floor(Date.now() / 1000) - 180 })
    const of = await check(server.url, { token: expired })
    expect(of('rest')).toMatchObject({ outcome: 'fails', found: expect.stringContaining('expired 3 minutes ago') })
    expect(of('messenger-websocket')).toMatchObject({ outcome: 'skipped' })
    expect(of('site-websocket')).toMatchObject({ outcome: 'works' })
  })

  it('says of a token with another signature which secret to look at, and names its issuer', async () => {
    const strange = token({ iss: 'https://elsewhere.example' }, randomBytes(36).toString('base64'))
    const of = await check(server.url, { token: strange })
    expect(of('rest').outcome).toBe('fails')
    expect(of('rest').advice).toMatch(
      /JWT_SECRET.*issuer “https:\/\/elsewhere\.example” is not the server’s JWT_ISSUER/,
    )
  })

  it.each([
    ['abc', 'no JSON Web Token'],
    [signSiteToken(SECRET, ''), 'names no user'],
  ])('says what is wrong with %s', async (given, words) => {
    const of = await check(server.url, { token: given })
    expect(of('rest')).toMatchObject({ outcome: 'fails', found: expect.stringContaining(words) })
  })

  it('says of an origin whether its pages may connect', async () => {
    const allowed = await check(server.url, { token: token(), origin: ALLOWED_ORIGIN })
    for (const id of ['cors', 'messenger-websocket', 'rooms-websocket']) expect(allowed(id).outcome, id).toBe('works')
    const refused = await check(server.url, { token: token(), origin: 'https://other.example' })
    for (const id of ['cors', 'messenger-websocket', 'messenger-polling', 'site-websocket', 'rooms-websocket']) {
      expect(refused(id).outcome, id).toBe('fails')
      expect(refused(id).advice, id).toContain('Add https://other.example to CORS_ORIGINS')
    }
  })
})

describe('against what is no server', () => {
  it('says that nothing listens, and stops there', async () => {
    const gone = await listening(createServer())
    await gone[Symbol.asyncDispose]()
    const { url } = gone
    const results = await runChecks(createTarget({ url, token: token() }), () => undefined)
    expect(results).toHaveLength(1)
    expect(results[0]).toMatchObject({
      id: 'port',
      outcome: 'fails',
      found: expect.stringContaining('Nothing listens'),
    })
  })

  it('says that a name does not exist', async () => {
    const of = await check('https://parley.invalid')
    expect(of('dns')).toMatchObject({ outcome: 'fails', found: 'There is no machine called parley.invalid.' })
  })

  it('says that TLS is not spoken there', async () => {
    const of = await check(server.url.replace('http:', 'https:'))
    expect(of('tls')).toMatchObject({ outcome: 'fails', found: expect.stringContaining('does not speak TLS') })
  })

  it('says that something else answers', async () => {
    await using other = await listening(
      createServer((_request, response) => response.writeHead(404, { Server: 'other/1.0' }).end('<h1>Not found</h1>')),
    )
    const of = await check(other.url, { token: token() })
    expect(of('health')).toMatchObject({ outcome: 'fails', found: 'Not Parley but “other/1.0” answers, with 404.' })
    expect(of('rooms-websocket').outcome).toBe('fails')
  })

  it('says of a proxy that swallows upgrades how to mend it, and that the other ways work', async () => {
    await using proxy = await plainProxy(server.url)
    const of = await check(proxy.url, { token: token() })
    for (const id of ['messenger-websocket', 'site-websocket', 'rooms-websocket']) {
      expect(of(id).outcome, id).toBe('fails')
      expect(of(id).advice, id).toContain('proxy_set_header Upgrade')
    }
    for (const id of ['rest', 'poll', 'messenger-polling', 'site-polling']) expect(of(id).outcome, id).toBe('works')
  })
})

describe('as a command', () => {
  async function run(...args: string[]): Promise<{ code: number; output: string }> {
    const child = spawn(process.execPath, [SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const [output, , [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    return { code, output }
  }

  it('ends with 0 when all works, in plain text where nobody looks', async () => {
    const { code, output } = await run(server.url, '--token', token())
    expect(output).toContain('✓ Messenger, WebSocket')
    expect(output).toContain('Everything works.')
    expect(output).not.toContain('\u001b')
    expect(code).toBe(0)
  })

  it('ends with 1 when something does not, and says it as JSON when asked', async () => {
    const { code, output } = await run(
      server.url,
      '--json',
      '--token',
      token({}, 'another secret of thirty-two characters'),
    )
    expect(code).toBe(1)
    const { ok, checks } = JSON.parse(output)
    expect(ok).toBe(false)
    expect(checks).toContainEqual(expect.objectContaining({ id: 'rest', outcome: 'fails' }))
  })

  it('ends with 2 when asked in the wrong way', async () => {
    expect((await run()).code).toBe(2)
  })
})
