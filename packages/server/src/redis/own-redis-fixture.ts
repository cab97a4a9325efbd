import { startRedis, startRedisCluster } from '@parley/testkit/services'
import { Cluster, type Redis } from 'ioredis'
import { afterAll, beforeAll, describe } from 'vitest'
import { parseRedisUrl } from '../config/redis-address.ts'
import { openRedis, type RedisLink } from './open-redis.ts'
import { PATIENT } from './patient-fixture.ts'

const STARTERS = { 'one Redis': startRedis, 'a Redis Cluster': startRedisCluster }

/**
 * Runs the suite on a Redis and on a Cluster of this file's own: for what looks at everything that is there. Each call
 * of `empty` forgets everything and gives the one connection to it.
 */
export function describeOnOwnRedis(suite: (name: string, empty: () => Promise<RedisLink>) => void): void {
  for (const [name, start] of Object.entries(STARTERS)) {
    describe(`on ${name}`, () => {
      let link: RedisLink
      const opened = new AsyncDisposableStack()
      beforeAll(async () => {
        const server = opened.use(await start({ isDurable: false }))
        const address = parseRedisUrl(server.url)
        if (address === null) throw new Error(`${server.url} is no address`)
        link = opened.use(await openRedis(address, PATIENT))
      })
      afterAll(() => opened.disposeAsync())
      suite(name, async () => {
        await onEachServer(link, (server) => server.flushall())
        return link
      })
    })
  }
}

/** Every key that is there. */
export async function allKeys(link: RedisLink): Promise<readonly string[]> {
  return (await onEachServer(link, (server) => server.keys('*'))).flat()
}

const onEachServer = <T>(link: RedisLink, run: (server: Redis) => Promise<T>): Promise<T[]> =>
  link.ask((redis) => Promise.all((redis instanceof Cluster ? redis.nodes('master') : [redis]).map(run)))
