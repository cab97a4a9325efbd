import { randomBytes } from 'node:crypto'
import { startServer, type TestServer } from '@parley/testkit'
import { openPostgres, type RedisServer, startRedis } from '@parley/testkit/services'
import { signSiteToken } from '@parley/testkit/sign-site-token'

type Overrides = NonNullable<Parameters<typeof startServer>[0]>

interface AnyRedis extends AsyncDisposable {
  readonly url: string
}

/** Two nodes on one Redis and one PostgreSQL: one Parley. */
export interface TwoNodes<R extends AnyRedis = RedisServer> extends AsyncDisposable {
  readonly redis: R
  readonly one: TestServer
  readonly other: TestServer
  /** One more, which the caller ends. */
  startNode(overrides?: Overrides): Promise<TestServer>
  /** A token for somebody with an account at the site. */
  token(userId: string): string
}

export const startTwoNodes = (overrides: Overrides = {}): Promise<TwoNodes> =>
  startTwoNodesOn(() => startRedis({ isDurable: false }), overrides)

/**
 * The same on a Redis of another kind. One that is durable writes to the disk before each answer: where the disk has
 * much else to do, a node may take it for away. That is for those who start it again.
 */
export async function startTwoNodesOn<R extends AnyRedis>(
  start: () => Promise<R>,
  overrides: Overrides = {},
): Promise<TwoNodes<R>> {
  await using starting = new AsyncDisposableStack()
  const [redis, database] = await Promise.all([start(), openPostgres()])
  starting.use(database)
  starting.use(redis)
  const secret = randomBytes(36).toString('base64')
  const startNode: TwoNodes['startNode'] = (own = {}) =>
    startServer({
      redisUrl: redis.url,
      databaseUrl: database.url,
      jwtSecrets: [secret],
      rateLimits: 'off',
      ...overrides,
      ...own,
    })
  const one = starting.use(await startNode())
  const other = starting.use(await startNode())
  const started = starting.move()
  return {
    redis,
    one,
    other,
    startNode,
    token: (userId) => signSiteToken(secret, userId),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
}
