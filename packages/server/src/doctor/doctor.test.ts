import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startServer, type TestServer } from '@parley/testkit'
import {
  type CoturnProcess,
  describeOnEachDatabase,
  findFreePort,
  type JanusProcess,
  type RedisServer,
  startCoturn,
  startJanus,
  startRedis,
  startWatchedRedis,
  TEST_CERTIFICATE,
  TEST_KEY,
} from '@parley/testkit/services'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Config, parseConfig } from '../config/index.ts'
import { createSystemClock } from '../ids/system-clock.ts'
import { lookAround } from '../media/look-around.ts'
import { checkAddress } from './check-address.ts'
import { checkDatabase } from './check-database.ts'
import { checkMedia } from './check-media.ts'
import { checkRedis } from './check-redis.ts'
import { checkUrl } from './check-url.ts'
import type { Finding } from './finding.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const clock = createSystemClock()
const configWith = (overrides: Partial<Config>): Config => ({ ...parseConfig({}).config, ...overrides })
const outcomes = (findings: readonly Finding[]) => findings.map(({ id, outcome }) => `${id} ${outcome}`)
/** The same, without what a busy machine is slow to answer. */
const unhurried = (findings: readonly Finding[]) =>
  outcomes(
    findings.map((one) =>
      one.found.endsWith('ms: slow.') || one.found.endsWith('waits for that.') ? { ...one, outcome: 'well' } : one,
    ),
  )
const nowhere = async () => `127.0.0.1:${await findFreePort()}`

describe('Redis', () => {
  let redis: RedisServer
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis[Symbol.asyncDispose]())

  test('as it should be', async () => {
    const { findings, clock: theirs } = await checkRedis(configWith({ redisUrl: redis.url }))
    expect(unhurried(findings)).toEqual(['redis well', 'redis-eviction well', 'redis-persistence well'])
    expect(theirs).toMatchObject({ name: 'Redis' })
  })

  test('that may forget, and keeps nothing', async () => {
    const settings = { 'maxmemory-policy': 'allkeys-lru', maxmemory: '100mb' }
    await using other = await startRedis({ isDurable: false, settings })
    const { findings } = await checkRedis(configWith({ redisUrl: other.url }))
    expect(unhurried(findings)).toEqual(['redis well', 'redis-eviction wrong', 'redis-persistence note'])
    expect(findings[1]?.advice).toContain('noeviction')
  })

  test('that is not there, or wants a password', async () => {
    const { findings } = await checkRedis(configWith({ redisUrl: `redis://${await nowhere()}` }))
    expect(findings).toMatchObject([{ outcome: 'wrong', found: expect.stringContaining('ECONNREFUSED') }])
    await using locked = await startRedis({ settings: { requirepass: 'open sesame' } })
    const refused = await checkRedis(configWith({ redisUrl: locked.url }))
    expect(refused.findings).toMatchObject([
      { outcome: 'wrong', found: expect.stringMatching(/NOAUTH|authentication/i) },
    ])
  })

  test('behind Sentinels, with and without one to take over', async () => {
    await using watched = await startWatchedRedis({ sentinelPassword: 'of-their-own' })
    const looked = async () => (await checkRedis(configWith({ redisUrl: watched.url }))).findings
    await expect.poll(looked).toContainEqual(expect.objectContaining({ id: 'redis-replicas', outcome: 'well' }))
    await watched.servers[1].kill()
    await expect.poll(looked).toContainEqual(expect.objectContaining({ id: 'redis-replicas', outcome: 'note' }))
    const elsewhere = await checkRedis(configWith({ redisUrl: watched.url.replace('/parley', '/another') }))
    expect(elsewhere.findings).toMatchObject([
      { outcome: 'wrong', found: 'It can not be used: no Sentinel knows a master that is called another.' },
    ])
  })

  test('that is not wanted', async () => {
    expect(outcomes((await checkRedis(configWith({}))).findings)).toEqual(['redis note'])
  })
})

describeOnEachDatabase('a database', (open, kind) => {
  test('before and after the first start', async () => {
    await using database = await open()
    const config = configWith({ databaseUrl: database.url })
    const before = await checkDatabase(config)
    expect(outcomes(before.findings)).toEqual(['database note'])
    await using _server: TestServer = await startServer({ databaseUrl: database.url })
    const after = await checkDatabase(config)
    expect(unhurried(after.findings)).toEqual(['database well'])
    expect(after.clock === null).toBe(kind === 'sqlite')
  })

  test('with fewer connections than the pool wants', async () => {
    await using database = await open()
    const { findings } = await checkDatabase(configWith({ databaseUrl: database.url, databasePoolSize: 10_000 }))
    expect(outcomes(findings)).toEqual(['database note', ...(kind === 'sqlite' ? [] : ['database wrong'])])
  })
})

test('a database that is not there is wrong, and its password in no word', async () => {
  for (const scheme of ['postgres', 'mysql']) {
    const databaseUrl = `${scheme}://parley:hidden@${await nowhere()}/parley`
    const { findings } = await checkDatabase(configWith({ databaseUrl }))
    expect(findings).toMatchObject([{ outcome: 'wrong', found: expect.stringContaining('ECONNREFUSED') }])
    expect(JSON.stringify(findings)).not.toContain('hidden')
  }
})

describe('media', () => {
  let janus: JanusProcess
  let coturn: CoturnProcess
  beforeAll(async () => {
    ;[janus, coturn] = await Promise.all([startJanus(), startCoturn()])
  })
  afterAll(() => Promise.all([janus[Symbol.asyncDispose](), coturn[Symbol.asyncDispose]()]))

  const look = (overrides: Partial<Config> = {}) =>
    checkMedia(
      configWith({
        janusUrls: [janus.server.url],
        janusApiSecret: janus.server.apiSecret,
        janusAdminKey: janus.server.adminKey,
        ...coturn.config,
        ...overrides,
      }),
      lookAround(),
      clock,
    )

  test('as it should be', async () => {
    expect(outcomes(await look())).toEqual(['janus well', 'turn-udp well', 'turn-tcp well'])
  })

  test.each<[string, Partial<Config>, string]>([
    ['api_secret', { janusApiSecret: 'wrong' }, 'JANUS_API_SECRET'],
    ['admin_key', { janusAdminKey: 'wrong' }, 'JANUS_ADMIN_KEY'],
  ])('with another %s of Janus', async (_what, change, advice) => {
    const [finding] = await look({ ...change, turn: 'off' })
    expect(finding).toMatchObject({ id: 'janus', outcome: 'wrong', advice: expect.stringContaining(advice) })
  })

  test('with another secret of the relay', async () => {
    const findings = await look({ turnSecret: 'another secret than that of the relay' })
    expect(outcomes(findings)).toEqual(['janus well', 'turn-udp wrong', 'turn-tcp wrong'])
    expect(findings[1]?.advice).toContain('TURN_SECRET')
  })

  test('that is not there', async () => {
    const janusUrls = [`ws://${await nowhere()}`]
    const findings = await look({ janusUrls, turnPort: await findFreePort() })
    expect(outcomes(findings)).toEqual(['janus wrong', 'turn-udp wrong', 'turn-tcp wrong'])
  })

  test('that is not installed: what to run does not need the npm of Parley', async () => {
    const bare = { ...lookAround(), hasJanus: false, hasCoturn: false }
    const findings = await checkMedia(configWith({ media: 'janus' }), bare, clock)
    expect(outcomes(findings)).toEqual(['janus wrong', 'turn note'])
    for (const { advice } of findings)
      expect(advice).toMatch(/^(Run: sudo apt-get install|Install (janus|coturn) with)/)
  })

  test('of our own: coturn is started for it, and a running one is asked', async () => {
    const own = { janusUrls: [], turnHost: null, turnSecret: null, turnRelayPorts: [38_300, 38_399] as const }
    const free = await look({ ...own, turnPort: await findFreePort() })
    expect(outcomes(free)).toEqual(['janus well', 'turn-udp well', 'turn-tcp well'])
    const running = await look({ ...own, turnSecret: coturn.server.secret, turnPort: coturn.server.port })
    expect(outcomes(running)).toEqual(['janus well', 'turn-udp well', 'turn-tcp well'])
  })
})

describe('addresses', () => {
  test('the port is free, ours, or somebody else’s', async () => {
    await using server = await startServer()
    await using secure = await startServer({ useHttps: true, certPath: TEST_CERTIFICATE, keyPath: TEST_KEY })
    await using stranger = await startServer({ role: 'api', metricsPort: 0 })
    const portOf = (url: string | null) => Number(new URL(url ?? '').port)
    const at = async (port: number) => (await checkAddress(configWith({ port }), null))[0]
    expect(await at(await findFreePort())).toMatchObject({ outcome: 'well', found: expect.stringContaining('is free') })
    for (const {
      nodeUrls: [url = ''],
    } of [server, secure]) {
      expect(await at(portOf(url))).toMatchObject({ outcome: 'well', found: expect.stringContaining('Parley serves') })
    }
    expect(await at(portOf(stranger.app.metricsUrl))).toMatchObject({
      outcome: 'wrong',
      found: expect.stringContaining('is taken by another program'),
      advice: expect.stringContaining('PORT'),
    })
  })

  test('the port of metrics is known by its metrics, with a token or without', async () => {
    await using open = await startServer({ metricsPort: 0 })
    await using guarded = await startServer({ metricsPort: 0, metricsToken: 'a-token-for-prometheus' })
    const portOf = ({ app: { metricsUrl } }: TestServer) => Number(new URL(metricsUrl ?? '').port)
    const look = async (overrides: Partial<Config>) =>
      (await checkAddress(configWith({ port: await findFreePort(), ...overrides }), null)).find(
        ({ id }) => id === 'metrics-port',
      )
    const well = { outcome: 'well', found: expect.stringContaining('Parley serves') }
    expect(await look({ metricsPort: portOf(open) })).toMatchObject(well)
    const withToken = { metricsPort: portOf(guarded), metricsToken: 'a-token-for-prometheus' }
    expect(await look(withToken)).toMatchObject(well)
    expect(await look({ ...withToken, metricsToken: null })).toMatchObject({
      outcome: 'wrong',
      advice: expect.stringContaining('set METRICS_PORT to a free port'),
    })
    expect(await look({ ...withToken, metricsEnabled: false })).toBeUndefined()
    await expect(startServer({ metricsPort: portOf(open) })).rejects.toThrow('set METRICS_PORT to a free port')
  })

  test('a private address for media is worth knowing', async () => {
    const outcome = async (address: string) => outcomes(await checkAddress(configWith({ port: 0 }), address)).at(-1)
    expect(await outcome('192.168.1.5')).toBe('public-address note')
    expect(await outcome('8.8.8.8')).toBe('public-address well')
  })

  test('the public one is asked as people ask it', async () => {
    await using server = await startServer()
    expect(outcomes((await checkUrl(new URL(server.url))).findings)).toEqual(['public-url note'])
    const away = await checkUrl(new URL(`https://${await nowhere()}`))
    expect(away.findings).toMatchObject([{ outcome: 'wrong', found: expect.stringContaining('ECONNREFUSED') }])
    const unknown = await checkUrl(new URL('https://name.invalid'))
    expect(unknown.findings).toMatchObject([{ outcome: 'wrong', found: expect.stringContaining('leads nowhere') }])
  })
})

describe('npm start -- doctor', () => {
  const run = (args: readonly string[], env: Record<string, string>) =>
    new Promise<{ readonly code: number; readonly stdout: string }>((resolve) => {
      const all = { PATH: dirname(process.execPath), MEDIA: 'mesh', TURN: 'off', ...env }
      execFile(process.execPath, [MAIN, 'doctor', ...args], { env: all, cwd: tmpdir() }, (error, stdout) =>
        resolve({ code: Number(error?.code ?? 0), stdout }),
      )
    })

  test('says line by line what is wrong and what to do, and its exit code says so too', async () => {
    const { code, stdout } = await run([], { DATABASE_URL: `postgres://${await nowhere()}/parley`, PORT: '0' })
    expect(code).toBe(1)
    expect(stdout).toMatch(/^✓ Node: /m)
    expect(stdout).toMatch(/^✗ Database: .*ECONNREFUSED.*\n {4}See that the database runs/m)
    expect(stdout).toContain('1 thing is wrong')
  })

  test('--json: for programs; settings that can not be used are findings as well', async () => {
    const { code, stdout } = await run(['--json'], { NODE_ENV: 'production', PORT: 'x' })
    expect(code).toBe(1)
    const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: Finding[] }
    expect(ok).toBe(false)
    expect(findings.map(({ found }) => found).join('\n')).toMatch(/PORT must be[\s\S]*JWT_SECRET is missing/)
  })
})
