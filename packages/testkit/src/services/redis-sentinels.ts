import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type RedisServer, startRedisIn } from './redis.ts'
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
/** What the Sentinels call what they watch. */
const NAME = 'parley'
const SENTINELS = 3
const QUORUM = 2
/** In the election of who sees to it nobody may win; it is held again after twice as long. */
const FAILOVER_TIMEOUT_MS = 2000

type Server = Omit<RedisServer, typeof Symbol.asyncDispose>

/** A master and its replica, and those who make a master of the replica when the master is gone. */
export interface WatchedRedis extends AsyncDisposable {
  /** As `REDIS_URL` takes it. */
  readonly url: string
  /** In the beginning the first is the master, and the second has all that it has. */
  readonly servers: readonly [Server, Server]
  readonly sentinels: readonly ServerProcess[]
  /** What redis-cli says, asked to do this by one of the servers. */
  cli(server: Server, ...args: readonly string[]): Promise<string>
  /** The server that all Sentinels name as the master, if they agree. */
  master(): Promise<Server | null>
  /** Makes a replica of what was the master, as Sentinels do in their own time, or is one, and resolves when it has all that there is now. */
  follow(former: Server): Promise<void>
}

export interface WatchedRedisOptions {
  /** The password of the servers. Without spaces, because it is written into their configuration. */
  readonly password?: string
  /** The password of the Sentinels. Without spaces, because it is written into their configuration. */
  readonly sentinelPassword?: string
  /** `false`: a server forgets everything when it ends. */
  readonly isDurable?: boolean
  /** So long without an answer, and a server counts as gone. */
  readonly downAfterMs?: number
}

export async function startWatchedRedis(options: WatchedRedisOptions = {}): Promise<WatchedRedis> {
  const { password, sentinelPassword, isDurable = true, downAfterMs = 1000 } = options
  await using opening = new AsyncDisposableStack()
  const folder = opening.adopt(await makeServerFolder('redis-sentinel'), removeFolder)
  const login = { ...(password !== undefined && { requirepass: password, masterauth: password }) }
  const settings = { ...login, 'repl-diskless-sync-delay': 0 }
  const start = async (name: string, more: Readonly<Record<string, string>> = {}): Promise<Server> => {
    const options = { isDurable, settings: { ...settings, ...more } }
    const server = await startRedisIn(join(folder, name), await findFreePort(), options)
    opening.defer(() => server.kill())
    return server
  }
  const one = await start('one')
  const other = await start('other', { replicaof: `127.0.0.1 ${one.port}` })
  const servers = [one, other] as const

  const cli = async (port: number, secret: string | undefined, args: readonly string[]): Promise<string> => {
    const env = { ...process.env, ...(secret !== undefined && { REDISCLI_AUTH: secret }) }
    return (await run('redis-cli', ['-p', String(port), ...args], { env })).stdout.trim()
  }
  const replicationOf = ({ port }: Server): Promise<string> => cli(port, password, ['info', 'replication'])
  /** Resolves when the replica has all that its master has now. */
  async function whenCopied(replica: Server, master: Server): Promise<void> {
    const due = Number(/master_repl_offset:(\d+)/.exec(await replicationOf(master))?.[1])
    for (;;) {
      const told = await replicationOf(replica)
      const copied = Number(/slave_repl_offset:(\d+)/.exec(told)?.[1] ?? Number.NaN)
      if (/role:slave.*master_link_status:up/s.test(told) && copied >= due) return
      await pause(10)
    }
  }
  await whenCopied(other, one)

  // They know each other from the start, as after a restart: to meet takes them some seconds.
  const known: { readonly id: string; readonly port: number }[] = []
  for (let number = 0; number < SENTINELS; number += 1) {
    known.push({ id: randomBytes(20).toString('hex'), port: await findFreePort() })
  }
  const sentinels = await Promise.all(
    known.map(async (self) => {
      const file = join(folder, `sentinel-${self.port}.conf`)
      const lines = [
        `bind 127.0.0.1`,
        `port ${self.port}`,
        `dir ${folder}`,
        ...(sentinelPassword === undefined
          ? []
          : [`requirepass ${sentinelPassword}`, `sentinel sentinel-pass ${sentinelPassword}`]),
        `sentinel myid ${self.id}`,
        `sentinel monitor ${NAME} 127.0.0.1 ${one.port} ${QUORUM}`,
        `sentinel down-after-milliseconds ${NAME} ${downAfterMs}`,
        `sentinel failover-timeout ${NAME} ${FAILOVER_TIMEOUT_MS}`,
        ...(password === undefined ? [] : [`sentinel auth-pass ${NAME} ${password}`]),
        `sentinel known-replica ${NAME} 127.0.0.1 ${other.port}`,
        ...known
          .filter(({ id }) => id !== self.id)
          .map(({ id, port }) => `sentinel known-sentinel ${NAME} 127.0.0.1 ${port} ${id}`),
      ]
      await writeFile(file, `${lines.join('\n')}\n`)
      // They write down what they find out.
      if (isRoot()) await chown(file, NOBODY, NOBODY)
      const sentinel = createServerProcess({
        command: '/usr/bin/redis-server',
        args: [file, '--sentinel'],
        ready: /\+monitor master/,
        stopSignal: 'SIGTERM',
      })
      await sentinel.start()
      opening.defer(() => sentinel.kill())
      return sentinel
    }),
  )
  const opened = opening.move()
  const hosts = known.map(({ port }) => `127.0.0.1:${port}`).join(',')
  const secrets = password === undefined ? '' : `:${encodeURIComponent(password)}@`
  const query = sentinelPassword === undefined ? '' : `?sentinelPassword=${encodeURIComponent(sentinelPassword)}`
  return {
    url: `redis+sentinel://${secrets}${hosts}/${NAME}${query}`,
    servers,
    sentinels,
    cli: ({ port }, ...args) => cli(port, password, args),
    async master() {
      const named = await Promise.all(
        known.map(({ port }) => cli(port, sentinelPassword, ['sentinel', 'get-master-addr-by-name', NAME])),
      )
      const [first] = named
      if (named.some((each) => each !== first)) return null
      return servers.find(({ port }) => first?.endsWith(`\n${port}`)) ?? null
    },
    async follow(former) {
      const master = servers.find((server) => server !== former) as Server
      await cli(former.port, password, ['replicaof', '127.0.0.1', String(master.port)])
      await whenCopied(former, master)
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}
