import { startCluster } from '@parley/testkit/cluster'
import { findFreePort, startNginx, startRedis } from '@parley/testkit/services'
import { BENCH_SECRET } from '../load/guest-token.ts'
import type { ReturningKind } from '../load/returning/returning-load-process.ts'
import { type NodeServer, openNodeServer } from './node-server.ts'

/** Several servers behind the nginx of `deploy/`. */
interface DeployedCluster extends AsyncDisposable {
  /** The proxy's, by TLS. */
  readonly port: number
  /** One server's own. */
  readonly restPort: number
  readonly nodes: readonly {
    /** As an operator does it, by SIGTERM; resolves when it has ended. */
    stop(): Promise<unknown>
    /** Resolves when it is ready. */
    start(): Promise<unknown>
  }[]
}

export interface DeployPeer {
  readonly kind: ReturningKind
  readonly label: string
  open(nodes: number): Promise<DeployedCluster>
}

const portOf = (url: string | undefined): number => Number(new URL(url ?? '').port)

/** Parley on Redis and PostgreSQL. */
async function openParleyCluster(count: number): Promise<DeployedCluster> {
  const env = { JWT_SECRET: BENCH_SECRET, ROOM_MAX_PARTICIPANTS: '10000' }
  const cluster = await startCluster({ nodes: count, env })
  return {
    port: portOf(cluster.url),
    restPort: portOf(cluster.nodes[0]?.url),
    nodes: cluster.nodes,
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  }
}

/** Socket.IO on Redis, with the adapter that recovers connections across servers, behind the same nginx. */
async function openSocketIoCluster(count: number): Promise<DeployedCluster> {
  await using opening = new AsyncDisposableStack()
  const redis = opening.use(await startRedis())
  const ports: number[] = []
  while (ports.length < count) ports.push(await findFreePort())
  const nodes = ports.map((port) => {
    let server: NodeServer | null = null
    const stop = async (): Promise<void> => {
      await server?.[Symbol.asyncDispose]()
      server = null
    }
    opening.defer(stop)
    return {
      stop,
      async start() {
        const script = new URL('./socket-io-rooms-server.ts', import.meta.url)
        server = await openNodeServer(script, { profileDir: null }, { port, env: { REDIS_URL: redis.url } })
      },
    }
  })
  for (const node of nodes) await node.start()
  const nginx = opening.use(await startNginx(ports.map((port) => `127.0.0.1:${port}`)))
  const opened = opening.move()
  return {
    port: portOf(nginx.url),
    restPort: ports[0] ?? 0,
    nodes,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

export const DEPLOY_PEERS: readonly DeployPeer[] = [
  { kind: 'parley-messenger', label: 'Parley, messenger wire', open: openParleyCluster },
  { kind: 'parley-rooms', label: 'Parley, rooms wire', open: openParleyCluster },
  { kind: 'socket-io', label: 'Socket.IO, Redis streams adapter', open: openSocketIoCluster },
]
