import type { AppOverrides } from '@parley/server/app'
import type { Config, Env } from '@parley/server/config'
import { type SpawnedServer, spawnOneServer, startOneServer, type TestServer } from './one-server.ts'
import { isTestedOnTwoNodes } from './tested-deployment.ts'

export { SpawnError, type SpawnedServer, type TestServer } from './one-server.ts'

// Nginx, Redis and PostgreSQL are for those who use them.
const importTwoNodes = () => import('./two-nodes.ts')

/**
 * A whole server in this process, on a free port, with a secret and a data folder of its own, short waits when it
 * stops, and neither Janus nor coturn. In `npm run test:cluster` two of them behind one address, unless the test
 * brings a Redis, and so makes nodes itself.
 */
export async function startServer(overrides: Partial<Config> = {}, parts: AppOverrides = {}): Promise<TestServer> {
  if (!isTestedOnTwoNodes() || typeof overrides.redisUrl === 'string') return startOneServer(overrides, parts)
  return (await importTwoNodes()).startTwoNodes(overrides, parts)
}

/**
 * The real entry point as a process of its own, in an empty folder, with this environment alone; it starts neither
 * Janus nor coturn unless that says so. In `npm run test:cluster` two of them, as with `startServer`.
 */
export async function spawnServer(env: Env = {}): Promise<SpawnedServer> {
  if (!isTestedOnTwoNodes() || env.REDIS_URL !== undefined) return spawnOneServer(env)
  return (await importTwoNodes()).spawnTwoNodes(env)
}
