import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { SpawnError, spawnServer } from '@parley/testkit'
import { startRedis } from '@parley/testkit/services'
import { describe, expect, test } from 'vitest'

const SECRET = 'zqk3F7xv1mTn8Wc5Rj2Lh9Yd4Bs6Gp0Ae-uiOX'
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

async function failure(env: Record<string, string>): Promise<SpawnError> {
  const error = await spawnServer(env).then(
    async (server) => {
      await server.stop()
      throw new Error(`It started:\n${server.output()}`)
    },
    (reason: unknown) => reason,
  )
  if (error instanceof SpawnError) return error
  throw error
}

describe('a start', () => {
  test('in development needs nothing, makes a secret and says so', async () => {
    await using server = await spawnServer()
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect((await fetch(`${server.url}/health`)).status).toBe(200)
    expect(server.output()).toContain('JWT_SECRET is not set: made one and kept it in')
    expect(server.output()).toContain('rooms in memory · conversations in SQLite · bus memory')
    expect((await stat(join(server.directory, 'data/jwt-secret'))).mode & 0o777).toBe(0o600)
  })

  test('in production writes JSON', async () => {
    await using server = await spawnServer({ NODE_ENV: 'production', HOST: '127.0.0.1', JWT_SECRET: SECRET })
    for (const line of server.output().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg')
  })

  test('in production without a secret fails, and says what to do', async () => {
    const { exitCode, output } = await failure({ NODE_ENV: 'production' })
    expect(exitCode).toBe(1)
    expect(output).toContain('JWT_SECRET is missing')
    expect(output).toContain('openssl rand')
    expect(output).not.toMatch(/^\s+at /m)
  })

  test('with several mistakes tells them all', async () => {
    const { exitCode, output } = await failure({ PORT: 'x', HOST: '127.0.0.1', WS_HOST: '::1', LOG_LEVEL: 'loud' })
    expect(exitCode).toBe(1)
    expect(output.trim().split('\n')).toHaveLength(4)
  })

  test('whose Redis takes nothing from it fails, in a sentence', async () => {
    await using redis = await startRedis({ isDurable: false, settings: { 'min-replicas-to-write': 1 } })
    const { exitCode, output } = await failure({
      REDIS_URL: redis.url,
      DATABASE_URL: 'sqlite::memory:',
      JWT_SECRET: SECRET,
    })
    expect(exitCode).toBe(1)
    expect(output).toMatch(/^What Parley stands on went away while it started: /m)
    expect(output).not.toMatch(/^\s+at /m)
  })

  test('on a taken port says so and what to do', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const { exitCode, output } = await failure({ PORT: String(port) })
    other.close()
    expect(exitCode).toBe(1)
    expect(output).toContain(`Port ${port} on 127.0.0.1 is taken`)
    expect(output).toContain('PORT=')
  })
})

test('--help lists the settings and starts nothing', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, '--help'])
  expect(stdout).toContain('Usage: npm start')
  expect(stdout).toContain('JWT_SECRET')
})

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  test('ends it with exit code 0', async () => {
    const server = await spawnServer()
    expect((await fetch(`${server.url}/health`)).status).toBe(200)
    expect(await server.stop(signal)).toBe(0)
    await expect(fetch(server.url)).rejects.toThrow()
  })
})

test('a Ctrl-C that arrives twice, from the terminal and from npm, is one', async () => {
  const server = await spawnServer()
  process.kill(server.pid, 'SIGINT')
  expect(await server.stop('SIGINT')).toBe(0)
})

test('SIGHUP begins log files anew and SIGUSR2 logs more, and neither ends it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-log-'))
  await using server = await spawnServer({ LOG_DIR: folder })
  const log = () => readFile(join(folder, 'combined.log'), 'utf8').catch(() => null)
  await rename(join(folder, 'combined.log'), join(folder, 'moved'))
  process.kill(server.pid, 'SIGHUP')
  // Two signals that come together may be taken in either order.
  await expect.poll(log).not.toBeNull()
  process.kill(server.pid, 'SIGUSR2')
  await expect.poll(log).toContain('LOG_LEVEL is debug now')
  await fetch(`${server.url}/health`)
  await expect.poll(log).toContain('"path":"/health"')
  process.kill(server.pid, 'SIGUSR2')
  await expect.poll(log).toContain('LOG_LEVEL is info now')
  await rm(folder, { recursive: true })
})

test('no token is ever in its output', async () => {
  const server = await spawnServer({ LOG_LEVEL: 'trace' })
  const login = await fetch(`${server.url}/api/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"name":"Ann"}',
  })
  const { token } = (await login.json()) as { token: string }
  const tampered = `${token.slice(0, -6)}AAAAAA`
  for (const given of [token, tampered]) {
    await fetch(`${server.url}/api/refresh`, { method: 'POST', headers: { Authorization: `Bearer ${given}` } })
    await fetch(`${server.url}/ws?token=${given}`)
    await fetch(`${server.url}/socket.io/?EIO=4&transport=polling&token=${given}`)
    await fetch(`${server.url}/${given}`)
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws?token=${given}`)
    await new Promise((resolve) => {
      socket.onopen = resolve
      socket.onerror = resolve
    })
    socket.close()
  }
  expect(await server.stop()).toBe(0)
  expect(server.output()).toContain('token-refused')
  expect(server.output()).not.toMatch(/eyJ[\w-]+\.eyJ/)
  expect(server.output()).not.toContain(token.split('.')[2])
})
