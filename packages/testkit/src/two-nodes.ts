import { randomBytes } from 'node:crypto'
import type { AppOverrides } from '@parley/server/app'
import { type Config, type Env, parseConfig } from '@parley/server/config'
import { type SpawnedServer, spawnOneServer, startOneServer, type TestServer, testConfig } from './one-server.ts'
import { openGround } from './open-ground.ts'
import { startJanus } from './services/janus.ts'
import { startNginx } from './services/nginx.ts'

const NODES = ['one', 'other'] as const
/** Nginx alone stands before the nodes. Which proxies a test trusts is nginx's to know. */
const BEHIND_NGINX: Env = { TRUST_PROXY: 'loopback' }

/**
 * What `startServer` gives, as two nodes in this process, on one Redis and one PostgreSQL, behind the nginx of
 * `deploy/`. A database file becomes a PostgreSQL database, the same for everybody who names it; a Janus of its own
 * becomes one for both.
 */
export async function startTwoNodes(overrides: Partial<Config> = {}, parts: AppOverrides = {}): Promise<TestServer> {
  await using starting = new AsyncDisposableStack()
  const asked = { ...testConfig(), ...overrides }
  const ground = starting.use(await openGround({ databaseUrl: asked.databaseUrl, dataDir: overrides.dataDir ?? null }))
  const config: Partial<Config> = {
    ...asked,
    databaseUrl: ground.databaseUrl,
    redisUrl: ground.redisUrl,
    ...(asked.media === 'janus' && asked.janusUrls.length === 0 && (await startSharedJanus(starting))),
    trustProxy: parseConfig(BEHIND_NGINX).config.trustProxy,
    port: 0,
  }
  const nodes: TestServer[] = []
  // One after the other: the first makes the tables.
  for (const _ of NODES) nodes.push(starting.use(await startOneServer(config, parts)))
  const [first] = nodes as [TestServer]
  const nginx = starting.use(
    await startNginx(nodes.map(hostOf), {
      openPort: asked.port,
      believesForwarded: asked.trustProxy.kind !== 'none',
    }),
  )
  const started = starting.move()
  return {
    url: nginx.openUrl,
    nodeUrls: nodes.map(({ url }) => url),
    app: first.app,
    config: first.config,
    log: () => nodes.map(({ log }) => log()).join(''),
    async [Symbol.asyncDispose]() {
      // At the same time, and before nginx.
      await Promise.all(nodes.map((node) => node[Symbol.asyncDispose]()))
      await started.disposeAsync()
    },
  }
}

async function startSharedJanus(starting: AsyncDisposableStack): Promise<Partial<Config>> {
  const { server } = starting.use(await startJanus())
  return { janusUrls: [server.url], janusApiSecret: server.apiSecret, janusAdminKey: server.adminKey }
}

/** What `spawnServer` gives, as two processes; otherwise like `startTwoNodes`. */
export async function spawnTwoNodes(asked: Env = {}): Promise<SpawnedServer> {
  await using starting = new AsyncDisposableStack()
  const { PORT: port = '0', DATA_DIR: dataDir = null, DATABASE_URL: databaseUrl = null, TRUST_PROXY, ...others } = asked
  const ground = starting.use(await openGround({ databaseUrl, dataDir }))
  const env: Env = {
    JWT_SECRET: randomBytes(36).toString('base64'),
    ...others,
    ...BEHIND_NGINX,
    DATABASE_URL: ground.databaseUrl,
    REDIS_URL: ground.redisUrl,
  }
  const nodes: SpawnedServer[] = []
  for (const _ of NODES) nodes.push(starting.use(await spawnOneServer(env)))
  const [first] = nodes as [SpawnedServer]
  const nginx = starting.use(
    await startNginx(nodes.map(hostOf), {
      openPort: Number(port),
      believesForwarded: TRUST_PROXY !== undefined,
    }),
  )
  const started = starting.move()
  const stop: SpawnedServer['stop'] = async (signal) => {
    const codes = await Promise.all(nodes.map((node) => node.stop(signal)))
    await started.disposeAsync()
    return codes.find((code) => code !== 0) ?? 0
  }
  return {
    url: nginx.openUrl,
    nodeUrls: nodes.map(({ url }) => url),
    pid: first.pid,
    pids: nodes.map(({ pid }) => pid),
    directory: first.directory,
    output: () => nodes.map(({ output }) => output()).join(''),
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  }
}

const hostOf = ({ url }: { readonly url: string }): string => new URL(url).host
