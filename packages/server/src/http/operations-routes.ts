import { timingSafeEqual } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { rooms, site } from '@parley/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Config } from '../config/index.ts'
import { answerOf, failingChecks } from '../ops/health.ts'
import type { Metrics } from '../ops/metrics.ts'
import type { MetricsSource } from '../ops/metrics-source.ts'
import type { NodeInfo } from '../redis/node-info.ts'
import type { NodeRegistry } from '../redis/node-registry.ts'
import type { WireStats } from '../wire/wires.ts'
import { ProblemError } from './problem.ts'

export interface OperationsOptions extends MetricsSource {
  /** Where rooms are kept, and conversations that last. */
  readonly storage: 'memory' | 'redis'
  readonly database: string
  /** What carries voice and video. */
  readonly media: 'janus' | 'mesh' | 'off'
  readonly now: () => number
  /** All of this Parley; without them this is the only one. */
  readonly nodes?: Pick<NodeRegistry, 'id' | 'nodes'>
}

const LOOPBACK_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i
const FORWARDED = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via']

const healthResponse = (description: string) => ({
  description,
  content: { 'application/json': { schema: rooms.healthAnswer } },
})

/** What operators and their machines ask: how it is, whether it lives, whether it takes work. */
export function registerHealth(app: FastifyInstance, options: OperationsOptions): void {
  const schema = {
    operationId: 'health',
    tags: ['Operations'],
    summary: 'How the server is, and how much it does',
    response: {
      200: healthResponse('All is well'),
      503: healthResponse('Something that the server needs is down; `failing` names it'),
    },
  }
  app.get('/health', { schema }, async (_request, reply) => {
    // Each is told also while the other can't be.
    const [failing, counted, { connections }] = await Promise.all([
      failingChecks(options.checks),
      answerOf(() => options.rooms()),
      countConnected(options),
    ])
    const counts = counted?.value ?? { conversations: 0, members: 0 }
    return reply
      .status(failing.length === 0 ? 200 : 503)
      .header('Cache-Control', 'no-store')
      .send({
        status: failing.length === 0 ? 'ok' : 'degraded',
        timestamp: options.now(),
        auth: 'jwt',
        storage: options.storage,
        database: options.database,
        redis: redisState(options, failing),
        media: options.media,
        services: Object.fromEntries(options.services.map((service) => [service.name, service.state()])),
        rooms: counts.conversations,
        participants: counts.members,
        uptime: uptimeS(),
        connections,
        ...(failing.length > 0 && { failing }),
      })
  })

  const statusSchema = {
    operationId: 'status',
    tags: ['Operations'],
    summary: 'How many are connected',
    response: { 200: { description: 'Now', content: { 'application/json': { schema: site.statusAnswer } } } },
  }
  app.get('/status', { schema: statusSchema }, async (_request, reply) => {
    const { connections, users } = await countConnected(options)
    return reply
      .header('Cache-Control', 'no-store')
      .send({ connectedClients: connections.active, uniqueUsers: users, uptime: uptimeS() })
  })

  const probe = { schema: { hide: true }, logLevel: 'silent' } as const
  app.get('/healthz', probe, async (_request, reply) => {
    const isServing = options.isReady()
    return reply
      .status(isServing ? 200 : 503)
      .type('text/plain')
      .send(isServing ? 'ok' : 'not serving')
  })
  app.get('/readyz', probe, async (_request, reply) => {
    const required = options.checks.filter((check) => check.isOptional !== true)
    const isReady = options.isReady() && (await failingChecks(required)).length === 0
    return reply
      .status(isReady ? 200 : 503)
      .type('text/plain')
      .send(isReady ? 'ready' : 'not ready')
  })
}

/** How many are connected to all nodes, as these said within the last seconds; to this one alone while the others can't be asked for. */
async function countConnected({ wires, nodes }: OperationsOptions): Promise<Pick<WireStats, 'connections' | 'users'>> {
  const { connections, users } = wires()
  const known = nodes === undefined ? null : await answerOf(() => nodes.nodes())
  const others = known?.value.filter(({ id }) => id !== nodes?.id) ?? []
  const sum = (own: number, of: (node: NodeInfo) => number | undefined): number =>
    others.reduce((total, node) => total + (of(node) ?? 0), own)
  return {
    connections: {
      active: sum(connections.active, (node) => node.connections),
      total: sum(connections.total, (node) => node.totalConnections),
      peak: sum(connections.peak, (node) => node.peakConnections),
    },
    // Somebody who is on two nodes is counted on each.
    users: sum(users, (node) => node.users),
  }
}

function redisState(
  { storage }: OperationsOptions,
  failing: readonly string[],
): 'connected' | 'disconnected' | 'disabled' {
  if (storage === 'memory') return 'disabled'
  return failing.includes('redis') ? 'disconnected' : 'connected'
}

const uptimeS = (): number => Math.round(process.uptime())

/**
 * `/metrics`, for those who bring the token. When there is none: for this machine, or for whoever reaches
 * the port that it has for itself.
 */
export function registerMetrics(
  app: FastifyInstance,
  metrics: Metrics,
  { metricsToken, metricsPort }: Pick<Config, 'metricsToken' | 'metricsPort'>,
): void {
  app.get('/metrics', { schema: { hide: true }, logLevel: 'silent' }, async (request, reply) => {
    const mayRead =
      metricsToken === null ? metricsPort !== null || isFromThisMachine(request) : hasToken(request, metricsToken)
    // Who may not read them need not know of them.
    if (!mayRead) throw new ProblemError('UNKNOWN_EVENT', 'There is nothing at this address.', 404)
    reply.header('Cache-Control', 'no-store').header('Vary', 'Accept, Origin')
    if (prefersJson(request)) return reply.send(await metrics.json())
    return reply.type(metrics.contentType).send(await metrics.text())
  })
}

/** Prometheus asks for text, and for anything else when it must. */
function prefersJson({ headers }: FastifyRequest): boolean {
  const accepted = headers.accept ?? ''
  return accepted.includes('application/json') && !accepted.includes('text/plain')
}

/**
 * Directly, and by a name of this machine: what a proxy here passes on comes from elsewhere, and so does
 * what a page asks whose name was made to lead here.
 */
function isFromThisMachine({ raw, headers }: FastifyRequest): boolean {
  const address = (raw.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  const isLoopback = address === '::1' || (isIPv4(address) && address.startsWith('127.'))
  return (
    isLoopback && LOOPBACK_HOST.test(headers.host ?? '') && FORWARDED.every((header) => headers[header] === undefined)
  )
}

function hasToken({ headers }: FastifyRequest, token: string): boolean {
  const given = Buffer.from(headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
