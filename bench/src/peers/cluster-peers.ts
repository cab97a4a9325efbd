import { startRedis } from '@parley/testkit/services'
import { bareSocketIoServer } from './bare-servers.ts'
import { type NodeServer, openNodeServer } from './node-server.ts'
import { openParley, parleyMessengerWire } from './parley.ts'
import type { Peer, PeerServer, PeerStart } from './peer.ts'
import { cpuMicrosOf, familyOf, processRunning } from './process-figures.ts'

type Env = Readonly<Record<string, string>>

/** A server that is several processes on a Redis of its own. What Redis uses is told apart from what they use. */
async function openOnRedis(open: (env: Env) => Promise<NodeServer>, workers: number): Promise<PeerServer> {
  await using opening = new AsyncDisposableStack()
  const redis = opening.use(await startRedis({ isDurable: false }))
  const redisPid = await processRunning('redis-server', redis.port)
  const server = opening.use(await open({ REDIS_URL: redis.url, WORKERS: String(workers) }))
  const opened = opening.move()
  return {
    port: server.port,
    async cpuMicros() {
      const all = await Promise.all((await familyOf(server.pid)).map((pid) => cpuMicrosOf(pid)))
      return all.reduce((sum, micros) => sum + micros, 0)
    },
    busCpuMicros: () => cpuMicrosOf(redisPid),
    memory: async () => null,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

const missing = (): string | null =>
  process.platform === 'linux' ? null : 'the time of its processes is read from /proc, which only Linux has'

const openParleyWorkers = (workers: number) => (start: PeerStart) =>
  openOnRedis((env) => openParley(start, env), workers)

/** Each product on one process without anything beside it, on one with Redis where that can be, and on two. */
export const CLUSTER_PEERS: readonly Peer[] = [
  { ...parleyMessengerWire, name: 'parley-one', label: 'Parley, one process' },
  { ...parleyMessengerWire, name: 'parley-redis', label: 'Parley, one on Redis', missing, open: openParleyWorkers(1) },
  { ...parleyMessengerWire, name: 'parley-two', label: 'Parley, two workers', missing, open: openParleyWorkers(2) },
  { ...bareSocketIoServer, name: 'socket-io-one', label: 'bare Socket.IO, one process' },
  {
    ...bareSocketIoServer,
    name: 'socket-io-two',
    label: 'bare Socket.IO, two workers',
    missing,
    open: (start) =>
      openOnRedis(
        (env) => openNodeServer(new URL('./socket-io-workers-server.ts', import.meta.url), start, { env }),
        2,
      ),
  },
]
