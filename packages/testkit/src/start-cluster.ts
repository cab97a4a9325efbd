import { randomBytes } from 'node:crypto'
import type { Env } from '@parley/server/config'
import { type CuttableLine, openCuttableLine } from './cuttable-line.ts'
import type { DatabaseServer } from './services/database-server.ts'
import { type JanusProcess, startJanus } from './services/janus.ts'
import { type NginxProcess, startNginx } from './services/nginx.ts'
import { startPostgres } from './services/postgres.ts'
import { type RedisServer, startRedis } from './services/redis.ts'
import { findFreePort, freeze } from './services/server-process.ts'
import { SpawnError, type SpawnedServer, spawnServer } from './start-server.ts'

/** One of the servers of a cluster: a process that is started, ended and frozen at will, always at the same address. */
export interface ClusterNode {
  readonly name: string
  /** Its own, past the proxy. */
  readonly url: string
  /** Between this node and what it stands on. */
  readonly lines: { readonly database: CuttableLine; readonly redis: CuttableLine }
  /** `null` while it does not run. */
  readonly pid: number | null
  /** Resolves when it is ready. Harmless when it runs. */
  start(): Promise<void>
  /** As an operator does it, by SIGTERM: resolves with its exit code. Harmless when it does not run. */
  stop(): Promise<number | null>
  kill(): Promise<void>
  /** Connections stand, and nothing is answered from when this resolves. */
  pause(): Promise<void>
  resume(): void
  /** All that it wrote, in all of its lives, those that ended before it was ready among them. */
  output(): string
}

/** A media server of a cluster, and the line between it and all nodes: they know it by one address. */
export interface ClusterJanus {
  readonly janus: JanusProcess
  readonly line: CuttableLine
}

export interface Cluster extends AsyncDisposable {
  /** The proxy's: https, with `TEST_CERTIFICATE`. */
  readonly url: string
  readonly secret: string
  readonly nodes: readonly ClusterNode[]
  readonly nginx: NginxProcess
  readonly database: DatabaseServer
  readonly redis: RedisServer
  readonly januses: readonly ClusterJanus[]
}

interface ClusterOptions {
  readonly nodes: number
  /** Media servers; 0 when absent: browsers send to each other. */
  readonly januses?: number
  /** Settings of every node, beside those that make them a cluster. */
  readonly env?: Env
}

/**
 * Servers as processes of their own, behind the nginx of `deploy/`, on a Redis and a PostgreSQL that nobody else uses.
 * No limits. All of it ends with this process at the latest.
 */
export async function startCluster({
  nodes: count,
  januses: janusCount = 0,
  env = {},
}: ClusterOptions): Promise<Cluster> {
  await using opening = new AsyncDisposableStack()
  const database = opening.use(await startPostgres())
  const redis = opening.use(await startRedis())
  const databaseUrl = await database.freshDatabase()
  const secret = randomBytes(36).toString('base64')
  const januses = await startJanuses(janusCount, opening)
  const settings = {
    JWT_SECRET: secret,
    RATE_LIMITS: 'off',
    TRUST_PROXY: 'loopback',
    // Clients of a test have one address.
    MAX_CONNECTIONS_PER_ADDRESS: '100000',
    ROOMS_PER_ADDRESS: '100000',
    ...mediaSettings(januses),
    ...env,
  }
  const nodes: ClusterNode[] = []
  for (let number = 1; number <= count; number += 1) {
    const lines = {
      database: opening.use(await openCuttableLine(Number(new URL(databaseUrl).port))),
      redis: opening.use(await openCuttableLine(redis.port)),
    }
    const node = createNode(`node-${number}`, await findFreePort(), lines, {
      ...settings,
      DATABASE_URL: at(databaseUrl, lines.database),
      REDIS_URL: at(redis.url, lines.redis),
    })
    opening.defer(() => node.kill())
    nodes.push(node)
  }
  // The first one makes the tables, whoever else would.
  for (const node of nodes) await node.start()
  const nginx = opening.use(await startNginx(nodes.map(({ url }) => new URL(url).host)))
  const opened = opening.move()
  return {
    url: nginx.url,
    secret,
    nodes,
    nginx,
    database,
    redis,
    januses,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

async function startJanuses(count: number, opening: AsyncDisposableStack): Promise<readonly ClusterJanus[]> {
  const januses: ClusterJanus[] = []
  for (let number = 1; number <= count; number += 1) {
    const janus = opening.use(await startJanus(januses[0]?.janus.server))
    januses.push({ janus, line: opening.use(await openCuttableLine(socketOf(janus))) })
  }
  return januses
}

/** `ws+unix:PATH:/`. */
const socketOf = ({ server }: JanusProcess): string => server.url.split(':')[1] as string

function mediaSettings(januses: readonly ClusterJanus[]): Env {
  const [first] = januses
  if (first === undefined) return {}
  return {
    MEDIA: 'janus',
    JANUS_URLS: januses.map(({ line }) => `ws://127.0.0.1:${line.port}`).join(','),
    JANUS_API_SECRET: first.janus.server.apiSecret ?? '',
    JANUS_ADMIN_KEY: first.janus.server.adminKey ?? '',
  }
}

function at(url: string, { port }: CuttableLine): string {
  const moved = new URL(url)
  moved.port = String(port)
  return moved.href
}

function createNode(name: string, port: number, lines: ClusterNode['lines'], env: Env): ClusterNode {
  let server: SpawnedServer | null = null
  let starting: Promise<SpawnedServer> | null = null
  let before = ''
  const output = (): string => before + (server?.output() ?? '')

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const ending = server
    if (ending === null) return null
    const code = await ending.stop(signal)
    before = output()
    server = null
    return code
  }
  return {
    name,
    url: `http://127.0.0.1:${port}`,
    lines,
    get pid() {
      return server?.pid ?? null
    },
    async start() {
      if (server !== null) return
      starting ??= spawnServer({ ...env, PORT: String(port) })
      try {
        server = await starting
      } catch (error) {
        if (error instanceof SpawnError) before += error.output
        throw error
      } finally {
        starting = null
      }
    },
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
    pause: () => freeze(server === null ? [] : [server.pid]),
    resume() {
      if (server !== null) process.kill(server.pid, 'SIGCONT')
    },
    output,
  }
}
