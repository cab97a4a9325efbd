import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerOptions } from 'node:http'
import { createServer as createTlsServer, Server as TlsServer } from 'node:https'
import cookie from '@fastify/cookie'
import fastify, { type FastifyInstance } from 'fastify'
import { serializerCompiler } from 'fastify-type-provider-zod'
import type { Logger } from 'pino'
import type { Config } from '../config/index.ts'
import type { Metrics } from '../ops/metrics.ts'
import { type AdminOptions, registerAdmin } from './admin/register-admin.ts'
import { registerAdminPage } from './admin/register-admin-page.ts'
import { registerApiReference, registerSocketReference } from './api-reference.ts'
import { type CorsOptions, registerCors } from './cors.ts'
import { createErrorHandler } from './handle-error.ts'
import { limitConnections } from './limit-connections.ts'
import { type OperationsOptions, registerHealth, registerMetrics } from './operations-routes.ts'
import { ProblemError } from './problem.ts'
import { refuseBrokenRequest } from './refuse-broken-request.ts'
import { type RestOptions, registerRest } from './rest/register-rest.ts'
import { registerSecurityHeaders } from './security-headers.ts'
import { serveSdk } from './serve-sdk.ts'
import { registerStaticPages } from './static-pages.ts'
import { followTlsFiles, readTlsPair, type TlsPaths } from './tls-files.ts'

const MAX_BODY_BYTES = 65_536
/** An id of 128 characters, each of them escaped. */
const MAX_PARAMETER_LENGTH = 1536
/** A header that comes in drops ends here: it holds a connection for nothing. */
const HEADERS_TIMEOUT_MS = 20_000
const REQUEST_TIMEOUT_MS = 60_000
const KEEP_ALIVE_MS = 72_000
const TLS_HANDSHAKE_TIMEOUT_MS = 20_000
const TIMEOUTS: ServerOptions = {
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  keepAliveTimeout: KEEP_ALIVE_MS,
}
/** A connection on which nothing moves for so long ends: its client does not read what it asked for. */
const STALLED_MS = 120_000
/** For each socket that an address may have open, so many connections: browsers keep several beside it. */
const CONNECTIONS_PER_SOCKET = 4
/** A page of the longest messages is a tenth of it. */
const MAX_UNREAD_BYTES = 64 * 1024 * 1024

export interface HttpServerOptions extends RestOptions, CorsOptions, OperationsOptions {
  readonly config: Pick<
    Config,
    | 'useHttps'
    | 'certPath'
    | 'keyPath'
    | 'metricsEnabled'
    | 'metricsToken'
    | 'metricsPort'
    | 'trustProxy'
    | 'maxConnectionsPerAddress'
    | 'socketIoPingIntervalMs'
    | 'roomDurations'
    | 'roomMaxParticipants'
  >
  /** `null`: none are kept. */
  readonly metrics: Metrics | null
  readonly logger: Logger
  /** What the operator sees and does; `null`: there is no such page and no such call. */
  readonly admin: Omit<AdminOptions, 'dispatcher' | 'limiter' | 'rateLimits' | 'client' | 'security'> | null
  /** The folder of the operator's page, built; `null`: there is none. */
  readonly adminDirectory: string | null
  /** The folder of the built web app; `null`: there are no pages. */
  readonly webDirectory: string | null
}

export interface HttpServer {
  readonly app: FastifyInstance
  /** A server that does not listen yet; its request listener is set. */
  readonly server: Server
}

/** Serving TLS, it takes up a renewed certificate until it is closed. */
export interface PublicHttpServer extends HttpServer {
  /** Looks for one now. */
  reloadCertificate(): void
}

/** Pages, REST and what operators ask, on one server. */
export async function createHttpServer(options: HttpServerOptions): Promise<PublicHttpServer> {
  const { config, metrics } = options
  const app = createFastify(options, (listener) => createNodeServer(config, listener))
  if (options.rateLimits) {
    limitConnections(app.server, {
      ...options,
      max: config.maxConnectionsPerAddress * CONNECTIONS_PER_SOCKET,
      maxUnreadBytes: MAX_UNREAD_BYTES,
    })
  }
  observeRequests(app, options)
  sendElsewhere(app, options)
  if (config.trustProxy.kind === 'none') warnOfUnnamedProxy(app, options.logger)
  await registerSecurityHeaders(app, options.client)
  registerCors(app, options)
  await app.register(cookie)
  await registerApiReference(app)
  if (options.webDirectory !== null) registerSocketReference(app)
  await app.register((scope, _options, done) => {
    registerRest(scope, options)
    done()
  })
  const { admin } = options
  // Else REST would ask for a token first.
  if (admin === null) app.all('/api/admin/*', { schema: { hide: true } }, refuseUnknownAddress)
  else {
    await app.register((scope, _options, done) => {
      registerAdmin(scope, { ...options, ...admin })
      done()
    })
  }
  registerHealth(app, options)
  if (metrics !== null && config.metricsEnabled && config.metricsPort === null) registerMetrics(app, metrics, config)
  await serveSdk(app)
  if (admin !== null && options.adminDirectory !== null) await registerAdminPage(app, options.adminDirectory)
  if (options.webDirectory !== null) await registerStaticPages(app, options.webDirectory, options.client, config)
  else app.setNotFoundHandler(refuseUnknownAddress)
  await app.ready()
  return { app, server: app.server, reloadCertificate: followCertificate(app.server, options) }
}

function followCertificate(server: Server, { config, logger }: HttpServerOptions): () => void {
  const paths = tlsPaths(config)
  if (paths === null || !(server instanceof TlsServer)) return () => undefined
  const reloads = followTlsFiles(server, paths, logger)
  server.once('close', () => reloads[Symbol.dispose]())
  return reloads.reload
}

function refuseUnknownAddress(): never {
  throw new ProblemError('UNKNOWN_EVENT', 'There is nothing at this address.', 404)
}

/** A server for `/metrics` alone. */
export async function createMetricsServer(options: HttpServerOptions, metrics: Metrics): Promise<HttpServer> {
  const app = createFastify(options, (listener) => createServer(TIMEOUTS, listener))
  registerMetrics(app, metrics, options.config)
  await app.ready()
  return { app, server: app.server }
}

function createFastify(options: HttpServerOptions, createNode: (listener: RequestListener) => Server): FastifyInstance {
  const app = fastify({
    serverFactory: (listener) => createNode(listener as RequestListener),
    bodyLimit: MAX_BODY_BYTES,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    requestIdHeader: false,
    clientErrorHandler: refuseBrokenRequest,
    genReqId: () => randomBytes(9).toString('base64url'),
    frameworkErrors: (error, request, reply) => {
      createErrorHandler(options.dispatcher)(error, request, reply)
    },
  })
  // Input is parsed by the pipeline that all wires share.
  app.setValidatorCompiler(() => (value) => ({ value }))
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(createErrorHandler(options.dispatcher))
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_request: unknown, body: string) =>
    parseJson(body),
  )
  return app
}

function parseJson(body: string): unknown {
  if (body === '') return undefined
  try {
    return JSON.parse(body)
  } catch {
    throw new ProblemError('VALIDATION_FAILED', 'The body is not valid JSON.')
  }
}

function createNodeServer(config: HttpServerOptions['config'], listener: RequestListener): Server {
  const paths = tlsPaths(config)
  const server =
    paths === null
      ? createServer(TIMEOUTS, listener)
      : createTlsServer({ ...TIMEOUTS, handshakeTimeout: TLS_HANDSHAKE_TIMEOUT_MS, ...readTlsPair(paths) }, listener)
  // A long poll is still until the next probe.
  server.setTimeout(Math.max(STALLED_MS, config.socketIoPingIntervalMs * 2))
  return server
}

const tlsPaths = ({ useHttps, certPath, keyPath }: HttpServerOptions['config']): TlsPaths | null =>
  !useHttps || certPath === null || keyPath === null ? null : { certPath, keyPath }

/** Measures every answer, and logs it at debug level: method, path without its query or a room's id, status, time. */
function observeRequests(app: FastifyInstance, { logger, metrics }: HttpServerOptions): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    metrics?.observeRequest(request.method, route, reply.statusCode, reply.elapsedTime / 1000)
    logger.debug(
      {
        method: request.method,
        path: route.includes(':') ? route : pathOf(request.raw),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        requestId: request.id,
      },
      'request',
    )
  })
}

/** Once this server goes down, connections that are kept between requests end with the next answer: what comes then goes to another node. */
function sendElsewhere(app: FastifyInstance, { isReady }: Pick<HttpServerOptions, 'isReady'>): void {
  app.addHook('onSend', async (_request, reply) => {
    if (!isReady()) reply.header('Connection', 'close')
  })
}

/** Says once what otherwise shows only as limits that everybody shares. */
function warnOfUnnamedProxy(app: FastifyInstance, logger: Logger): void {
  let isTold = false
  app.addHook('onRequest', async ({ headers }) => {
    if (isTold || headers['x-forwarded-for'] === undefined) return
    isTold = true
    logger.warn(
      'Requests come with X-Forwarded-For, but TRUST_PROXY is not set, so everybody behind that proxy counts as one address. If the proxy is yours, name it in TRUST_PROXY.',
    )
  })
}

const pathOf = ({ url }: IncomingMessage): string => (url ?? '').replace(/\?.*$/s, '').replace(/^\/r\/.*/s, '/r/…')
