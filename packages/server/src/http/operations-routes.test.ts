import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { rooms, site } from '@parley/protocol'
import { startServer, type TestServer } from '@parley/testkit'
import Fastify from 'fastify'
import { serializerCompiler } from 'fastify-type-provider-zod'
import { describe, expect, test } from 'vitest'
import type { NodeInfo } from '../redis/node-info.ts'
import { NO_WIRES } from '../wire/no-wires.ts'
import { type OperationsOptions, registerHealth } from './operations-routes.ts'

const STATS = { ...NO_WIRES.stats(), connections: { active: 3, total: 9, peak: 5 }, users: 2 }

describe('/health', () => {
  test('says how the server is and what it carries', async () => {
    await using server = await startServer()
    await fetch(`${server.url}/api/create-room`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'Tea', hostName: 'Ann', duration: 15 }),
    })
    const askedAt = Date.now()
    const answer = await fetch(`${server.url}/health`)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const health = rooms.healthAnswer.strict().parse(await answer.json())
    expect(health).toMatchObject({ status: 'ok', auth: 'jwt', rooms: 1, participants: 1 })
    expect(health.connections).toEqual({ active: 0, total: 0, peak: 0 })
    expect(health.timestamp).toBeGreaterThanOrEqual(askedAt)
    expect(health.timestamp).toBeLessThanOrEqual(Date.now())
  })

  test('says that rooms are in memory where there is no Redis', async () => {
    await using server = await startServer()
    const health = rooms.healthAnswer.parse(await (await fetch(`${server.url}/health`)).json())
    expect(health).toMatchObject({ storage: 'memory', redis: 'disabled' })
  })

  const refuse = () => Promise.reject(new Error('refused'))

  function appWith(checks: OperationsOptions['checks'], overrides: Partial<OperationsOptions> = {}) {
    const app = Fastify()
    app.setSerializerCompiler(serializerCompiler)
    registerHealth(app, {
      wires: () => STATS,
      conversations: async () => ({ conversations: 9, members: 20 }),
      rooms: async () => ({ conversations: 1, members: 2 }),
      mediaServers: () => [],
      busStats: () => null,
      checks,
      media: 'janus',
      services: [{ name: 'janus', state: () => 'down', restarts: () => 2 }],
      waitingPolls: () => 0,
      storage: 'memory',
      database: 'memory',
      now: () => 5,
      isReady: () => true,
      ...overrides,
    })
    return app
  }

  test('tells of a part that it can do without, and goes on taking work', async () => {
    const app = appWith([{ name: 'janus', check: refuse, isOptional: true }])
    const health = await app.inject('/health')
    expect(health.statusCode).toBe(503)
    expect(health.json()).toMatchObject({ status: 'degraded', failing: ['janus'], services: { janus: 'down' } })
    expect((await app.inject('/readyz')).statusCode).toBe(200)
    await app.close()
  })

  test('names what is down, and then takes no work', async () => {
    const app = appWith([
      { name: 'good', check: async () => 1 },
      { name: 'bad', check: refuse },
    ])
    const health = await app.inject('/health')
    expect(health.statusCode).toBe(503)
    expect(health.json()).toMatchObject({
      status: 'degraded',
      failing: ['bad'],
      connections: STATS.connections,
      rooms: 1,
      participants: 2,
    })
    expect((await app.inject('/readyz')).statusCode).toBe(503)
    expect((await app.inject('/healthz')).statusCode).toBe(200)
    await app.close()
  })

  test('does not wait for what hangs, and answers without a count that can not be had', async () => {
    const never = () => new Promise<never>(() => undefined)
    const app = appWith([{ name: 'database', check: never }], { rooms: refuse })
    const health = await app.inject('/health')
    expect(health.json()).toMatchObject({ failing: ['database'], rooms: 0, participants: 0 })
    await app.close()
  })

  const nodeOf = (id: string, connections: number): NodeInfo => ({
    ...{ id, internalUrl: null, version: '1', startedAt: 0, isDraining: false, databaseId: '', secrets: [] },
    ...{ connections, conversations: 0, totalConnections: 20, peakConnections: 10, users: 4 },
  })

  test('counts those on all nodes, and those here while the others can not be asked for', async () => {
    const app = appWith([], { nodes: { id: 'own', nodes: async () => [nodeOf('own', 1), nodeOf('other', 7)] } })
    expect((await app.inject('/health')).json()).toMatchObject({ connections: { active: 10, total: 29, peak: 15 } })
    expect((await app.inject('/status')).json()).toMatchObject({ connectedClients: 10, uniqueUsers: 6 })
    await app.close()
    const alone = appWith([], { nodes: { id: 'own', nodes: refuse } })
    expect((await alone.inject('/health')).json()).toMatchObject({ connections: STATS.connections })
    await alone.close()
  })

  test('a server that drains says so, and that it still answers', async () => {
    const app = appWith([], { isReady: () => false })
    expect(await app.inject('/healthz')).toMatchObject({ statusCode: 503, body: 'not serving' })
    expect((await app.inject('/readyz')).statusCode).toBe(503)
    expect((await app.inject('/health')).statusCode).toBe(200)
    expect((await app.inject('/status')).json()).toMatchObject({ connectedClients: 3, uniqueUsers: 2 })
    await app.close()
  })
})

test('/status says how many are connected', async () => {
  await using server = await startServer()
  const answer = await fetch(`${server.url}/status`)
  expect(site.statusAnswer.strict().parse(await answer.json())).toMatchObject({ connectedClients: 0, uniqueUsers: 0 })
})

test('/healthz and /readyz answer', async () => {
  await using server = await startServer()
  const alive = await fetch(`${server.url}/healthz`)
  expect([alive.status, await alive.text()]).toEqual([200, 'ok'])
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
})

describe('/metrics', () => {
  /** They are of one node, and nobody else passes them on. */
  const nodeOf = ({ nodeUrls: [url = ''] }: TestServer): string => url

  test('tells this machine, with help for every metric', async () => {
    await using server = await startServer()
    await fetch(`${nodeOf(server)}/api/rooms/000000000000`)
    await fetch(`${nodeOf(server)}/api/rooms/000000000001`)
    await fetch(`${nodeOf(server)}/api/refresh`, { method: 'POST', headers: { Authorization: 'Bearer x' } })
    const answer = await fetch(`${nodeOf(server)}/metrics`)
    expect(answer.headers.get('content-type')).toContain('text/plain')
    const text = await answer.text()
    for (const [, name] of text.matchAll(/^# TYPE (\S+)/gm))
      expect(text).toMatch(new RegExp(`^# HELP ${name} \\S`, 'm'))
    for (const name of [
      'connections',
      'conversations',
      'members',
      'deliveries_total',
      'dropped_total',
      'queued_bytes',
    ]) {
      expect(text).toMatch(new RegExp(`^parley_${name}(\\{[^}]*\\})? \\d+$`, 'm'))
    }
    expect(text).toContain('parley_security_events_total{type="token-refused"} 1')
    expect(text).toContain('process_cpu_seconds_total')
  })

  test('are JSON for whoever asks for that', async () => {
    await using server = await startServer()
    const answer = await fetch(`${nodeOf(server)}/metrics`, { headers: { Accept: 'application/json' } })
    expect(answer.headers.get('content-type')).toContain('application/json')
    const metrics = (await answer.json()) as { name: string; help: string; type: string; values: object[] }[]
    expect(metrics.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['parley_connections', 'parley_message_send_seconds', 'parley_polls_waiting']),
    )
    const prometheus = 'application/openmetrics-text;q=0.8,text/plain;q=0.5,*/*;q=0.1'
    const text = await fetch(`${nodeOf(server)}/metrics`, { headers: { Accept: prometheus } })
    expect(text.headers.get('content-type')).toContain('text/plain')
  })

  test('labels routes by their pattern, so that there are never more of them', async () => {
    await using server = await startServer()
    for (const path of ['/api/rooms/000000000000', '/api/rooms/000000000001', '/a', '/b', '/r/x', '/api/x', '/api/y']) {
      await fetch(nodeOf(server) + path)
    }
    const text = await (await fetch(`${nodeOf(server)}/metrics`)).text()
    const routes = new Set(
      [...text.matchAll(/parley_http_request_seconds_count\{[^}]*route="([^"]+)"/g)].map(([, route]) => route),
    )
    for (const route of routes) expect(['/api/rooms/:roomId', '/api/*', '/*', 'none', '/']).toContain(route)
  })

  test('does not exist for what a proxy passes on, unless the token comes with it', async () => {
    await using server = await startServer()
    for (const header of ['X-Forwarded-For', 'Forwarded', 'X-Real-IP', 'Via']) {
      expect((await fetch(`${nodeOf(server)}/metrics`, { headers: { [header]: '203.0.113.1' } })).status).toBe(404)
    }
    const { port } = new URL(nodeOf(server))
    for (const name of ['127.0.0.1', 'localhost', 'LOCALHOST']) expect(await askedAs(`${name}:${port}`)).toBe(200)
    for (const name of ['chat.example.org', `127.0.0.1.evil.example:${port}`]) expect(await askedAs(name)).toBe(404)
    async function askedAs(host: string): Promise<number | undefined> {
      const asked = get(`${nodeOf(server)}/metrics`, { headers: { host } })
      const [answer] = (await once(asked, 'response')) as [IncomingMessage]
      answer.resume()
      return answer.statusCode
    }
    await using guarded = await startServer({ metricsToken: 'a-token-for-prometheus' })
    expect((await fetch(`${nodeOf(guarded)}/metrics`)).status).toBe(404)
    const bring = (token: string) =>
      fetch(`${nodeOf(guarded)}/metrics`, { headers: { Authorization: `Bearer ${token}` } })
    expect((await bring('a-token-for-prometheuz')).status).toBe(404)
    expect((await bring('a-token-for-prometheus')).status).toBe(200)
  })

  test('may have a port of their own', async () => {
    await using server = await startServer({ metricsPort: 0 })
    expect((await fetch(`${nodeOf(server)}/metrics`)).status).toBe(404)
    const url = server.app.metricsUrl ?? ''
    expect((await fetch(url)).status).toBe(200)
    expect((await fetch(url, { headers: { 'X-Forwarded-For': '203.0.113.1' } })).status).toBe(200)
    await using guarded = await startServer({ metricsPort: 0, metricsToken: 'a-token-for-prometheus' })
    expect((await fetch(guarded.app.metricsUrl ?? '')).status).toBe(404)
  })

  test('may be switched off', async () => {
    await using server = await startServer({ metricsEnabled: false })
    expect((await fetch(`${nodeOf(server)}/metrics`)).status).toBe(404)
  })
})
