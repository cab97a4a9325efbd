import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Clock, type CoreOptions, createCore, DEFAULT_CORE_OPTIONS } from '@parley/core'
import type { Logger } from 'pino'
import { createApiKeys } from './auth/api-keys.ts'
import { openAuthenticator } from './auth/open-authenticator.ts'
import { createPasswordHasher } from './auth/password-hasher.ts'
import { NODE_ID_LENGTH } from './bus/envelope.ts'
import { openBus } from './bus/open-bus.ts'
import type { Config } from './config/index.ts'
import { createClientOrigin } from './http/client-address.ts'
import { createHttpServer, createMetricsServer, type HttpServerOptions } from './http/create-http-server.ts'
import {
  listen,
  METRICS_SETTINGS,
  reachableUrls,
  stopAccepting,
  stopListening,
  trackConnections,
} from './http/listen.ts'
import type { OperationsOptions } from './http/operations-routes.ts'
import { createOriginPolicy, type OriginPolicy } from './http/origin-policy.ts'
import { createOpenPolls } from './http/rest/open-polls.ts'
import { REST_HANDLERS, SITE_HANDLERS } from './http/rest/rest-handlers.ts'
import { createIdSource } from './ids/id-source.ts'
import { createSystemClock } from './ids/system-clock.ts'
import { mediaMark } from './media/media-mark.ts'
import { type Media, openMedia } from './media/open-media.ts'
import { type OpenMediaPlane, openMediaPlane } from './media/open-media-plane.ts'
import { openSessionExchange } from './nodes/open-session-exchange.ts'
import { openBackend } from './open-backend.ts'
import { openNodes } from './open-nodes.ts'
import { createLogLevel } from './ops/log-level.ts'
import { openLoggers } from './ops/logger.ts'
import type { Metrics } from './ops/metrics.ts'
import type { MetricsSource } from './ops/metrics-source.ts'
import { observeBus } from './ops/observe-bus.ts'
import { observeCore } from './ops/observe-core.ts'
import { observeLimiter } from './ops/observe-limiter.ts'
import { observeStores } from './ops/observe-stores.ts'
import type { Output } from './ops/output.ts'
import { createFailureReport } from './ops/report-failures.ts'
import { createSecurityLog } from './ops/security-log.ts'
import { startSummaries } from './ops/summaries.ts'
import type { NodeRegistryOptions } from './redis/node-registry.ts'
import { createDispatcher } from './wire/dispatch.ts'
import { NO_WIRES } from './wire/no-wires.ts'
import type { AttachWires, WireStats, Wires } from './wire/wires.ts'
import type { WorkerLink } from './workers/worker-link.ts'

const WEB_DIRECTORY = fileURLToPath(new URL('../../web/dist', import.meta.url))
const ADMIN_DIRECTORY = fileURLToPath(new URL('../../web/admin/dist', import.meta.url))
/** How long answers that are under way may take when the server stops. */
const CLOSE_GRACE_MS = 2000

export interface AppOverrides {
  readonly clock?: Clock
  /** Instead of standard output. */
  readonly output?: Output
  /** The folder of the built web app. */
  readonly webDirectory?: string
  /** The folder of the operator's page, built. */
  readonly adminDirectory?: string
  /** Stops this process with grace; otherwise it sends itself SIGTERM. */
  readonly drain?: () => void
  /** Several processes serve the port, and this is one of them. */
  readonly worker?: WorkerLink
}

/** A running server. Disposing of it drains its connections, then closes everything. */
export interface App extends AsyncDisposable {
  /** The address for this machine. */
  readonly url: string
  /** All addresses, this machine's first. */
  readonly urls: readonly string[]
  /** The address of `/metrics`, when it has a port of its own. */
  readonly metricsUrl: string | null
  /** What it runs on, in a line. */
  readonly runsOn: string
  readonly logger: Logger
  /** Takes up a renewed certificate, and begins log files anew that were moved away. */
  reload(): void
  /** Logs everything from now on, or no more than the configuration says. */
  toggleDebug(): void
}

/** The whole server on this configuration, listening. Concrete adapters are named here and in the `open-….ts` that it calls. */
export async function openApp(config: Config, overrides: AppOverrides = {}): Promise<App> {
  await using opened = new AsyncDisposableStack()
  const worker = overrides.worker ?? null
  const loggers = openLoggers(logConfigOf(config, worker), overrides.output, Date.now, worker?.number)
  opened.defer(loggers.close)
  const { logger } = loggers
  const report = createFailureReport(logger)

  const servesSockets = config.role === 'all'
  const clock = overrides.clock ?? createSystemClock()
  const ids = createIdSource(() => clock.now())
  const nodeId = randomBytes(NODE_ID_LENGTH / 2).toString('hex')
  const backend = opened.use(await openBackend(config, { clock, logger, report }))
  const { redis } = backend
  const storage: OperationsOptions['storage'] = redis === null ? 'memory' : 'redis'
  const media = opened.use(
    await openMedia(config, { clock, logger, isServed: servesSockets, shared: worker?.media ?? null }),
  )
  const isMeasured = config.metricsEnabled || config.adminToken !== null
  const metrics = isMeasured ? (await import('./ops/metrics.ts')).createMetrics(worker) : null
  const stores = metrics === null ? backend.stores : observeStores(backend.stores, metrics)
  const limiter = metrics === null ? backend.limiter : observeLimiter(backend.limiter, metrics)
  const { bus: ownBus, stats: busStats } = opened.use(
    await openBus({
      channels: redis?.channels ?? null,
      nodeId,
      stores,
      servesSockets,
      now: () => clock.now(),
      warn: (details, message) => logger.warn(details, message),
    }),
  )
  const bus = metrics === null ? ownBus : observeBus(ownBus, metrics)
  const { authenticator, revocations, secrets, fingerprints } = opened.use(
    await openAuthenticator(config, { store: stores.revocations, bus, clock, logger }),
  )
  let wires: Wires = NO_WIRES
  const nodes = opened.use(
    await openNodes(redis, {
      id: nodeId,
      databaseId: stores.databaseId,
      secrets: fingerprints,
      counts: () => countsOf(wires.stats()),
      media: servesSockets ? mediaMark(config, media.kind) : null,
      report,
    }),
  )
  const mediaPlane = opened.use(await openMediaPlane(media, config, { clock, logger, redis: redis?.link ?? null }))
  const plainCore = createCore(
    { ...stores, media: mediaPlane.plane, bus, limiter, clock, ids, passwords: createPasswordHasher(), report },
    coreOptionsOf(config, mediaPlane),
  )
  opened.defer(() => plainCore.close())
  const core = metrics === null ? plainCore : observeCore(plainCore, metrics)

  const drain = overrides.drain ?? (() => void process.kill(process.pid, 'SIGTERM'))
  nodes.onCommand(({ type }) => {
    if (type === 'drain') drain()
  })
  const client = createClientOrigin(config.trustProxy)
  const origins = createOriginPolicy(config.corsOrigins, client)
  const security = createSecurityLog({
    logger: loggers.security,
    count: (type) => metrics?.countSecurity(type),
    now: () => clock.now(),
  })
  const polls = createOpenPolls(authenticator)
  let isReady = false
  const source: MetricsSource = {
    services: media.services,
    checks: [...backend.checks, ...media.checks],
    wires: () => wires.stats(),
    conversations: () => core.count(),
    rooms: () => stores.countRooms(),
    waitingPolls: () => polls.waiting,
    isReady: () => isReady,
    mediaServers: () => mediaPlane.servers(),
    busStats: () => busStats?.() ?? null,
  }
  metrics?.readFrom(source)
  const kept = { storage, database: stores.databaseName.toLowerCase() }
  const { adminToken } = config
  const admin = metrics === null || adminToken === null ? null : await openAdmin(metrics, adminToken)
  const httpOptions = httpOptionsOf(config, overrides, {
    ...source,
    ...kept,
    core,
    authenticator,
    revocations,
    polls,
    recordings: mediaPlane.recordings,
    admin,
    ids,
    limiter,
    client,
    origins,
    security,
    metrics,
    logger,
    nodes,
    media,
    clock,
  })
  const http = await createHttpServer(httpOptions)
  opened.defer(() => http.app.close())
  const cutConnections = trackConnections(http.server)
  opened.defer(() => stopListening(http.server, CLOSE_GRACE_MS, cutConnections))

  const exchange =
    redis === null || !servesSockets
      ? null
      : opened.use(
          openSessionExchange({ nodes, secrets, host: config.nodeHost, port: nodePortOf(config, worker), logger }),
        )
  if (servesSockets) wires = await attachSockets()
  opened.defer(() => wires.close())
  const internalUrl = (await exchange?.listen(wires)) ?? null
  opened.defer(startSummaries(logger, source))

  const metricsUrl =
    !config.metricsEnabled || config.metricsPort === null ? null : await openMetrics(config.metricsPort)
  const port = await listen(http.server, config.host, config.port)
  const urls = reachableUrls(config.host, port, config.useHttps ? 'https' : 'http')
  await nodes.announce({ internalUrl })
  isReady = true
  opened.defer(() => wires.drain(config.shutdownTimeoutMs))
  opened.defer(async () => {
    isReady = false
    // Without Redis it is told by its lease alone.
    await nodes.announce({ isDraining: true }).catch(() => undefined)
    await setTimeout(config.shutdownDelayMs)
    polls.close()
    // Where there are others, it is they who answer from now on, also for the sessions that are still here.
    if (exchange !== null) stopAccepting(http.server)
  })

  async function attachSockets(): Promise<Wires> {
    const { attachWires } = await import('./wire/attach-wires.ts')
    return attachWires({
      server: http.server,
      core,
      conversations: stores.conversations,
      bus,
      authenticator,
      limiter,
      clock,
      logger,
      security,
      observer: metrics ?? undefined,
      ...(exchange !== null && { forwarder: exchange.forwarder }),
      originAllowed: origins.allows,
      clientAddress: client.address,
      iceServers: async (userId) => media.turn.iceServersFor(userId),
      iceTtlS: media.turn.ttlS,
      config: wiresConfigOf(config, nodeId, origins),
    })
  }

  async function openAdmin(measured: Metrics, token: string): Promise<HttpServerOptions['admin']> {
    const { openLoadHistory } = await import('./ops/load-history.ts')
    const history = opened.use(openLoadHistory({ metrics: measured, source, now: () => clock.now(), report }))
    return {
      adminToken: token,
      core,
      revocations,
      nodes,
      history,
      metrics: measured,
      source,
      people: () => wires.people(),
      logLevel: createLogLevel(logger),
      ...kept,
      media: media.kind,
      now: () => clock.now(),
    }
  }

  async function openMetrics(wanted: number): Promise<string> {
    if (metrics === null) throw new Error('There are no metrics to serve')
    const own = await createMetricsServer(httpOptions, metrics)
    opened.defer(() => stopListening(own.server, 0))
    const taken = await listen(own.server, config.host, wanted, METRICS_SETTINGS)
    return `${reachableUrls(config.host, taken, 'http')[0]}/metrics`
  }

  const place = storage === 'memory' ? 'memory' : 'Redis'
  const closing = opened.move()
  return {
    url: urls[0],
    urls,
    metricsUrl,
    runsOn: `rooms in ${place} · conversations in ${stores.databaseName} · bus ${place} · ${media.summary}`,
    logger,
    reload() {
      loggers.reopenFiles()
      http.reloadCertificate()
    },
    toggleDebug: () => logger.info(`LOG_LEVEL is ${loggers.toggleDebug()} now`),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

function coreOptionsOf(
  config: Config,
  { allowsRecording }: Pick<OpenMediaPlane, 'allowsRecording'>,
): Partial<CoreOptions> {
  return {
    roomMaxMinutes: config.roomMaxMinutes,
    roomMaxParticipants: config.roomMaxParticipants,
    roomDurationsMinutes: config.roomDurations,
    roomsPerAddress: config.rateLimits === 'off' ? Number.MAX_SAFE_INTEGER : config.roomsPerAddress,
    retentionDays: config.retentionDays,
    allowsRecording,
    runsTimers: config.role === 'all',
  }
}

type MadeOfParts =
  | 'config'
  | 'apiKeys'
  | 'handlers'
  | 'adminDirectory'
  | 'webDirectory'
  | 'rateLimits'
  | 'dispatcher'
  | 'media'
  | 'turn'
  | 'now'

interface HttpParts extends Omit<HttpServerOptions, MadeOfParts> {
  readonly media: Media
  readonly clock: Clock
}

/** The parts as the HTTP server takes them, and what it serves as the configuration says. */
function httpOptionsOf(config: Config, overrides: AppOverrides, parts: HttpParts): HttpServerOptions {
  const { media, clock, ...others } = parts
  const { limiter, logger, metrics } = others
  const servesSockets = config.role === 'all'
  const rateLimits = config.rateLimits === 'on'
  return {
    ...others,
    config,
    apiKeys: createApiKeys(config.apiKeys),
    handlers: servesSockets ? REST_HANDLERS : SITE_HANDLERS,
    adminDirectory: servesSockets ? (overrides.adminDirectory ?? ADMIN_DIRECTORY) : null,
    webDirectory: servesSockets ? (overrides.webDirectory ?? WEB_DIRECTORY) : null,
    rateLimits,
    dispatcher: createDispatcher({ limiter, clock, logger, rateLimits, observer: metrics ?? undefined }),
    media: media.kind,
    turn: {
      isPublic: config.turnPublic,
      // A secret of its own serves the calls of this server alone; they learn of the relay on their wire.
      credentialsFor: config.turnSecret === null ? () => null : media.turn.credentialsFor,
    },
    now: () => clock.now(),
  }
}

function wiresConfigOf(
  config: Config,
  nodeId: string,
  { withCredentials }: Pick<OriginPolicy, 'withCredentials'>,
): AttachWires['config'] {
  return {
    serverId: nodeId,
    pingIntervalMs: config.socketIoPingIntervalMs,
    pingTimeoutMs: config.socketIoPingTimeoutMs,
    maxBufferBytes: config.socketIoMaxBufferBytes,
    heartbeatIntervalMs: config.heartbeatIntervalMs,
    maxIdleMs: config.maxIdleTimeMs,
    idleTimeoutMs: config.idleTimeoutMs,
    maxConnectionsPerAddress: config.maxConnectionsPerAddress,
    presenceLeaseMs: DEFAULT_CORE_OPTIONS.presenceLeaseMs,
    corsCredentials: withCredentials,
    awayAfterMs: DEFAULT_CORE_OPTIONS.awayAfterMs,
    rateLimits: config.rateLimits === 'on',
  }
}

/** What other nodes are told of how much this one does. */
function countsOf({ connections, users, topics }: WireStats): ReturnType<NodeRegistryOptions['counts']> {
  const { active, total, peak } = connections
  return { connections: active, totalConnections: total, peakConnections: peak, users, conversations: topics }
}

/** Each worker has log files of its own: no two of them may put the same file aside. */
function logConfigOf(config: Config, worker: WorkerLink | null): Config {
  if (worker === null || config.logDir === null) return config
  return { ...config, logDir: join(config.logDir, `worker-${worker.number}`) }
}

/** Each worker has a port of its own for other nodes. */
function nodePortOf({ nodePort }: Config, worker: WorkerLink | null): number {
  return nodePort === 0 || worker === null ? nodePort : nodePort + worker.number - 1
}
