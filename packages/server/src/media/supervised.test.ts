import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { type SpawnedServer, spawnServer, startServer } from '@parley/testkit'
import { findFreePort, startJanus } from '@parley/testkit/services'
import { expect, test } from 'vitest'

interface Process {
  readonly pid: number
  readonly parent: number
  readonly state: string
  readonly command: string
}

function running(): readonly Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        const [, command = '', state = '', parent = ''] = /\((.*)\) (\S) (\d+)/.exec(stat) ?? []
        return [{ pid: Number(name), parent: Number(parent), state, command }]
      } catch {
        return []
      }
    })
}

/** The server's own Janus and coturn, by name. */
function childrenOf({ pid }: SpawnedServer): ReadonlyMap<string, number> {
  const ours = running().filter(({ parent, state }) => parent === pid && state !== 'Z')
  return new Map(ours.map((child) => [child.command, child.pid]))
}

const isAlive = (pid: number): boolean => running().some((one) => one.pid === pid && one.state !== 'Z')

async function healthOf(server: SpawnedServer) {
  const answer = await fetch(`${server.url}/health`)
  return {
    status: answer.status,
    body: (await answer.json()) as { services: Record<string, string>; failing?: string[] },
  }
}

const start = async (env: Record<string, string> = {}): Promise<SpawnedServer> =>
  spawnServer({ MEDIA: 'auto', TURN: 'auto', TURN_PORT: String(await findFreePort()), ...env })

test('a start without settings has Janus and coturn, and stops them with itself', async () => {
  await using server = await start()
  await expect
    .poll(() => server.output())
    .toMatch(/media Janus, started here on [\d.]+ · TURN coturn, started here on [\d.]+:\d+/)
  expect(await healthOf(server)).toMatchObject({
    status: 200,
    body: { status: 'ok', media: 'janus', services: { janus: 'up', coturn: 'up' } },
  })
  const login = await fetch(`${server.url}/api/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"name":"Ann"}',
  })
  const { token } = (await login.json()) as { token: string }
  const credentials = await fetch(`${server.url}/turn-credentials`, { headers: { Authorization: `Bearer ${token}` } })
  expect([credentials.status, await credentials.json()]).toMatchObject([501, { code: 'TURN_NOT_CONFIGURED' }])
  const children = childrenOf(server)
  expect([...children.keys()].sort()).toEqual(['janus', 'turnserver'])
  for (const pid of children.values()) expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('DATA_DIR')
  expect(await server.stop()).toBe(0)
  for (const pid of children.values()) expect(isAlive(pid)).toBe(false)
})

test('nothing of it is left when the server is killed', async () => {
  await using server = await start()
  const pids = [...childrenOf(server).values()]
  expect(pids).toHaveLength(2)
  await server.stop('SIGKILL')
  await expect.poll(() => pids.filter(isAlive)).toEqual([])
})

test('a Janus that is killed comes back, and /health tells of it meanwhile', async () => {
  await using server = await start({ MEDIA: 'janus', TURN: 'off' })
  const first = childrenOf(server).get('janus')
  // Killed as often as it comes back: the waits grow until one is long enough to be looked at.
  await expect
    .poll(async () => {
      const janus = childrenOf(server).get('janus')
      if (janus !== undefined) process.kill(janus, 'SIGKILL')
      return healthOf(server)
    })
    .toMatchObject({ status: 503, body: { status: 'degraded', failing: ['janus'], services: { janus: 'down' } } })
  expect(server.output()).toContain('Janus is down: it was ended by SIGKILL')
  expect((await fetch(`${server.url}/readyz`)).status).toBe(503)

  await expect.poll(() => healthOf(server)).toMatchObject({ status: 200 })
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  expect(childrenOf(server).get('janus')).not.toBe(first)
  expect(server.output()).toContain('Janus is back')
  expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(
    /parley_service_restarts_total\{service="janus"\} [1-9]/,
  )
})

test('a coturn whose port is taken is waited for, and done without meanwhile', async () => {
  await using server = await start({ MEDIA: 'mesh' })
  await expect.poll(() => server.output()).toContain('TURN coturn, started here on')
  const [, address = '', port = ''] = /TURN coturn, started here on ([\d.]+):(\d+)/.exec(server.output()) ?? []
  const other = createServer()
  // Killed as often as it comes back before its port is ours.
  await expect
    .poll(() => {
      const coturn = childrenOf(server).get('turnserver')
      if (coturn !== undefined) process.kill(coturn, 'SIGKILL')
      return listens(other, address, Number(port))
    })
    .toBe(true)
  await expect.poll(() => server.output()).toContain(`port ${port} on ${address} is taken`)
  expect(await healthOf(server)).toMatchObject({ status: 503, body: { failing: ['coturn'] } })
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
  other.close()
  await expect.poll(() => healthOf(server)).toMatchObject({ status: 200 })
})

test('Janus elsewhere is watched, and where none answers that is told', async () => {
  await using janus = await startJanus()
  await using server = await startServer({
    janusUrls: [janus.server.url, 'ws+unix:/nowhere/api:/'],
    media: 'auto',
  })
  expect(server.app.runsOn).toContain('media Janus, 1 of 2 up')
  const health = async () => (await fetch(`${server.url}/health`)).json()
  expect(await health()).toMatchObject({
    status: 'ok',
    media: 'janus',
    services: { 'janus-1': 'up', 'janus-2': 'down' },
  })
  await janus.kill()
  await expect.poll(health).toMatchObject({ status: 'degraded', failing: ['janus'] })
})

async function listens(server: Server, host: string, port: number): Promise<boolean> {
  try {
    server.listen(port, host)
    await once(server, 'listening')
    return true
  } catch {
    return false
  }
}
