import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startMariadb } from './mariadb.ts'
import { startPostgres } from './postgres.ts'
import { startRedis, startRedisCluster } from './redis.ts'

/** Under this name the tests' processes find where to ask. */
const ADDRESS = 'PARLEY_TEST_SERVERS'
const STARTERS = {
  // Nobody kills one that others use.
  postgres: () => startPostgres({ isDurable: false }),
  mariadb: () => startMariadb({ isDurable: false }),
  redis: () => startRedis({ isDurable: false }),
  'redis-cluster': () => startRedisCluster({ isDurable: false }),
} satisfies Record<string, () => Promise<Started>>

interface Started extends AsyncDisposable {
  readonly url: string
}

export type SharedServer = keyof typeof STARTERS

/**
 * Vitest's global setup: one server of a kind for all test files, started when the first of them asks
 * for it, over HTTP on the loopback interface. Returns what ends them.
 */
export async function setup(): Promise<() => Promise<void>> {
  const started = new Map<SharedServer, Promise<Started>>()
  const desk = createServer((request, response) => {
    const kind = request.url?.slice(1) as SharedServer
    const server = started.get(kind) ?? STARTERS[kind]()
    started.set(kind, server)
    server.then(
      ({ url }) => response.end(url),
      (error: unknown) => response.writeHead(500).end(String(error)),
    )
  })
  desk.listen(0, '127.0.0.1')
  await once(desk, 'listening')
  process.env[ADDRESS] = `http://127.0.0.1:${(desk.address() as AddressInfo).port}`
  return async () => {
    desk.close()
    const servers = await Promise.allSettled(started.values())
    await Promise.all(
      servers.map((server) => (server.status === 'fulfilled' ? server.value[Symbol.asyncDispose]() : undefined)),
    )
  }
}

/** Where the server is that all tests of this run share. */
export async function sharedServerUrl(kind: SharedServer): Promise<string> {
  const desk = process.env[ADDRESS]
  if (desk === undefined) throw new Error(`no shared ${kind}: the tests run without vitest's global setup`)
  const response = await fetch(`${desk}/${kind}`)
  const answer = await response.text()
  if (!response.ok) throw new Error(answer)
  return answer
}
