import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
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
  const server = await startIn(folder, await findFreePort(), options)
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server.kill()
      await removeFolder(folder)
    },
  }
}

export interface RedisCluster extends AsyncDisposable {
  /** As `REDIS_URL` takes it. */
  readonly url: string
  readonly servers: readonly Omit<RedisServer, typeof Symbol.asyncDispose>[]
}

/** Three servers that share the keys between them. */
export async function startRedisCluster(options: RedisServerOptions = {}): Promise<RedisCluster> {
  await using opening = new AsyncDisposableStack()
  const folder = opening.adopt(await makeServerFolder('redis-cluster'), removeFolder)
  const settings = { 'cluster-enabled': 'yes', 'cluster-node-timeout': 2000, ...options.settings }
  const servers: Awaited<ReturnType<typeof startIn>>[] = []
  for (const name of ['one', 'two', 'three']) {
    const port = await findFreePort(CLUSTER_BUS_OFFSET)
    servers.push(await startIn(join(folder, name), port, { ...options, settings }))
  }
  opening.defer(async () => void (await Promise.all(servers.map((server) => server.kill()))))
  const cli = (port: number, ...args: (string | number)[]) =>
    run('redis-cli', ['-p', String(port), ...args.map(String)]).then(({ stdout }) => stdout)
  await Promise.all(
    servers.map(async ({ port }, at) => {
      const slot = (part: number) => Math.floor((SLOTS * part) / servers.length)
      await cli(port, 'cluster', 'addslotsrange', slot(at), slot(at + 1) - 1)
      await cli(port, 'cluster', 'set-config-epoch', at + 1)
    }),
  )
  const isWhole = async ({ port }: { readonly port: number }) =>
    /cluster_state:ok.*cluster_slots_ok:16384.*cluster_known_nodes:3/s.test(await cli(port, 'cluster', 'info'))
  for (let tries = 0; !(await Promise.all(servers.map(isWhole))).every(Boolean); tries += 1) {
    // On a busy machine an introduction may be forgotten: redis-cli, which makes it once, would wait for good.
    const [first, ...others] = tries % TRIES_PER_MEETING === 0 ? servers : []
    for (const { port } of others) await cli(first?.port ?? 0, 'cluster', 'meet', '127.0.0.1', port)
  }
  const opened = opening.move()
  return {
    url: servers.map(({ url }) => url).join(','),
    servers,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

async function startIn(folder: string, port: number, { isDurable = true, settings = {} }: RedisServerOptions) {
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
