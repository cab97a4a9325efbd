import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import {
  createServerProcess,
  findFreePort,
  isRoot,
  makeServerFolder,
  NOBODY,
  removeFolder,
  type ServerProcess,
} from './server-process.ts'

const run = promisify(execFile)
const REDIS = '/usr/bin/redis-server'
const CLUSTER_BUS_OFFSET = 10_000
const SLOTS = 16_384
const TRIES_PER_MEETING = 40
/** Whoever asks without a pause takes the machine from those who are to meet. */
const LOOK_MS = 50

export const hasRedis = (): boolean => existsSync(REDIS)

/** A real Redis. What it was told is on disk before it answers, so that it may be killed and started again. */
export interface RedisServer extends ServerProcess, AsyncDisposable {
  /** As `REDIS_URL` takes it. */
  readonly url: string
  readonly port: number
}

export interface RedisServerOptions {
  /** `false`: it forgets everything when it ends. */
  readonly isDurable?: boolean
  /** More lines of its configuration, as names and values. */
  readonly settings?: Readonly<Record<string, string | number>>
}

/** One server on a free port of the loopback interface. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = await makeServerFolder('redis')
  const server = await startRedisIn(folder, await findFreePort(), options)
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server.kill()
      await removeFolder(folder)
    },
  }
}

type ClusterServer = Omit<RedisServer, typeof Symbol.asyncDispose>

export interface RedisCluster extends AsyncDisposable {
  /** As `REDIS_URL` takes it. */
  readonly url: string
  /** The masters, in the beginning. */
  readonly servers: readonly ClusterServer[]
  /** One of each master, in the same order, with all that it has; none unless asked for. */
  readonly replicas: readonly ClusterServer[]
}

export interface RedisClusterOptions extends RedisServerOptions {
  readonly hasReplicas?: boolean
}

/** Three servers that share the keys between them. */
export async function startRedisCluster(options: RedisClusterOptions = {}): Promise<RedisCluster> {
  const { hasReplicas = false, ...serverOptions } = options
  await using opening = new AsyncDisposableStack()
  const folder = opening.adopt(await makeServerFolder('redis-cluster'), removeFolder)
  const settings = { 'cluster-enabled': 'yes', 'cluster-node-timeout': 2000, ...options.settings }
  const start = async (name: string): Promise<ClusterServer> => {
    const port = await findFreePort(CLUSTER_BUS_OFFSET)
    const server = await startRedisIn(join(folder, name), port, { ...serverOptions, settings })
    opening.defer(() => server.kill())
    return server
  }
  const servers: ClusterServer[] = []
  for (const name of ['one', 'two', 'three']) servers.push(await start(name))
  const replicas: ClusterServer[] = []
  for (const name of hasReplicas ? ['four', 'five', 'six'] : []) replicas.push(await start(name))
  const all = [...servers, ...replicas]
  const cli = (port: number, ...args: (string | number)[]) =>
    run('redis-cli', ['-p', String(port), ...args.map(String)]).then(({ stdout }) => stdout)
  await Promise.all(
    servers.map(async ({ port }, at) => {
      const slot = (part: number) => Math.floor((SLOTS * part) / servers.length)
      await cli(port, 'cluster', 'addslotsrange', slot(at), slot(at + 1) - 1)
      await cli(port, 'cluster', 'set-config-epoch', at + 1)
    }),
  )
  const isWhole = async ({ port }: ClusterServer) => {
    const info = await cli(port, 'cluster', 'info')
    return /cluster_state:ok.*cluster_slots_ok:16384/s.test(info) && info.includes(`cluster_known_nodes:${all.length}`)
  }
  for (let tries = 0; !(await Promise.all(all.map(isWhole))).every(Boolean); tries += 1) {
    // On a busy machine an introduction may be forgotten: redis-cli, which makes it once, would wait for good.
    const [first, ...others] = tries % TRIES_PER_MEETING === 0 ? all : []
    for (const { port } of others) await cli(first?.port ?? 0, 'cluster', 'meet', '127.0.0.1', port)
    await pause(LOOK_MS)
  }
  await Promise.all(
    replicas.map(async ({ port }, at) => {
      const id = (await cli(servers[at]?.port ?? 0, 'cluster', 'myid')).trim()
      await cli(port, 'cluster', 'replicate', id)
      while (!(await cli(port, 'info', 'replication')).includes('master_link_status:up')) await pause(LOOK_MS)
    }),
  )
  const opened = opening.move()
  return {
    url: servers.map(({ url }) => url).join(','),
    servers,
    replicas,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** As `startRedis`, in a folder that is the caller's to remove. */
export async function startRedisIn(
  folder: string,
  port: number,
  { isDurable = true, settings = {} }: RedisServerOptions,
): Promise<Omit<RedisServer, typeof Symbol.asyncDispose>> {
  await mkdir(folder, { recursive: true })
  if (isRoot()) await chown(folder, NOBODY, NOBODY)
  const all = {
    bind: '127.0.0.1',
    port,
    dir: folder,
    save: '',
    appendonly: isDurable ? 'yes' : 'no',
    appendfsync: 'always',
    ...settings,
  }
  const server = createServerProcess({
    command: REDIS,
    args: Object.entries(all).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ready: /Ready to accept connections/,
    stopSignal: 'SIGTERM',
  })
  await server.start()
  return { ...server, port, url: `redis://127.0.0.1:${port}` }
}
