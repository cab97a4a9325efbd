import type { Clock, RateLimiter } from '@parley/core'
import type { Logger } from 'pino'
import { type Config, redisAddressOf } from './config/index.ts'
import { StartError } from './http/listen.ts'
import { limitsFrom } from './limits/limits-from-config.ts'
import { createMemoryRateLimiter, createUnlimitedRateLimiter } from './limits/memory-rate-limiter.ts'
import { createRedisRateLimiter } from './limits/redis-rate-limiter.ts'
import type { HealthCheck } from './ops/health.ts'
import { openRedis, type RedisLink } from './redis/open-redis.ts'
import { createRedisChannels, type RedisChannels } from './redis/redis-channels.ts'
import { openStores, type Stores } from './storage/open-stores.ts'

/** What a node keeps its state in, and shares with the others. */
export interface Backend extends AsyncDisposable {
  /** `null`: rooms are in the memory of this process. */
  readonly redis: { readonly link: RedisLink; readonly channels: RedisChannels } | null
  readonly stores: Stores
  readonly limiter: RateLimiter
  readonly checks: readonly HealthCheck[]
}

interface BackendParts {
  readonly clock: Clock
  readonly logger: Logger
  /** Told of failures in work that nobody waits for. */
  readonly report: (error: unknown) => void
}

/** Opens Redis, where one is configured, and the database. Throws `StartError` when one of them can't be had. */
export async function openBackend(config: Config, { clock, logger, report }: BackendParts): Promise<Backend> {
  await using opening = new AsyncDisposableStack()
  const link = await openConfiguredRedis(config, logger)
  const redis =
    link === null ? null : { link: opening.use(link), channels: opening.use(createRedisChannels(link, report)) }
  const stores = opening.use(await openDatabase(config, link, report))
  const limiter = createLimiter(config, link, clock)
  const opened = opening.move()
  return {
    redis,
    stores,
    limiter,
    checks: [
      ...(redis === null ? [] : [{ name: 'redis', check: redis.link.check }]),
      { name: 'database', check: () => stores.check() },
    ],
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

function createLimiter(config: Config, redis: RedisLink | null, clock: Clock): RateLimiter {
  const limits = limitsFrom(config)
  if (config.rateLimits === 'off') return createUnlimitedRateLimiter(limits)
  const own = createMemoryRateLimiter(limits, { now: () => clock.now() })
  return redis === null ? own : createRedisRateLimiter(redis, limits, { meanwhile: own })
}

async function openConfiguredRedis(config: Config, logger: Logger): Promise<RedisLink | null> {
  const address = redisAddressOf(config)
  if (address === null) return null
  let isOpen = false
  try {
    const link = await openRedis(address, {
      report(err) {
        if (!isOpen) return
        const reason = err instanceof Error ? err.message : String(err)
        logger.warn({ reason }, 'Redis does not answer; rooms wait until it is back')
      },
    })
    isOpen = true
    link.onBack(() => logger.info('Redis answers again'))
    return link
  } catch (error) {
    throw unusable('Redis', config.redisUrl === null ? 'REDIS_HOST' : 'REDIS_URL', error)
  }
}

async function openDatabase(config: Config, redis: RedisLink | null, report: (error: unknown) => void) {
  const { databaseUrl, dataDir, databasePoolSize } = config
  try {
    return await openStores({ databaseUrl, dataDir, database: { poolSize: databasePoolSize }, redis, report })
  } catch (error) {
    throw unusable('The database', 'DATABASE_URL', error)
  }
}

/** For the person who starts the server to put right. */
function unusable(what: string, setting: string, error: unknown): StartError {
  const reason = error instanceof Error && error.message !== '' ? error.message : 'it does not answer'
  return new StartError(`${what} can not be used: ${reason}. ${setting} says which one it is.`, { cause: error })
}
