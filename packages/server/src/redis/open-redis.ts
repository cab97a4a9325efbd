import { Cluster } from 'ioredis'
import type { RedisAddress } from '../config/redis-address.ts'
import { connectRedis, type RedisClient, type RedisConnection } from './connect-redis.ts'
import { asDomainError, redisUnavailable } from './unavailable.ts'

export interface RedisLinkOptions {
  /** After so long without an answer Redis counts as away. */
  readonly answerTimeoutMs?: number
  /** How long it may take to be there at first. */
  readonly startTimeoutMs?: number
  /** Told why it went away, once each time. */
  readonly report: (error: unknown) => void
}

/** The connection to Redis that all of a node's adapters share, and the one on which it listens. */
export interface RedisLink extends AsyncDisposable {
  readonly kind: RedisAddress['kind']
  /** The version that it says it is, such as 7.0.15. */
  readonly version: string
  /** Whether channels can be spread over the servers of a Cluster as keys are (`SSUBSCRIBE`, Redis 7). */
  readonly hasShardedChannels: boolean
  /**
   * Runs commands. Rejects at once while Redis is away, and with `DomainError('UNAVAILABLE')` whenever it could not
   * answer: a write may then have happened or not. Nothing is sent a second time.
   */
  ask<T>(commands: (redis: RedisClient) => Promise<T>): Promise<T>
  /** A connection for `RedisChannels` alone, which subscribes again after a cut. */
  readonly subscriber: RedisClient
  isUp(): boolean
  /** Rejects while Redis does not answer. */
  check(): Promise<void>
  /** Called whenever Redis is back after it was away. Returns what ends that. */
  onBack(listener: () => void): () => void
}

const ANSWER_TIMEOUT_MS = 2000
const START_TIMEOUT_MS = 10_000

/** Connects. Rejects with a sentence for whoever runs the server. */
export async function openRedis(address: RedisAddress, options: RedisLinkOptions): Promise<RedisLink> {
  const { report, answerTimeoutMs = ANSWER_TIMEOUT_MS, startTimeoutMs = START_TIMEOUT_MS } = options
  await using opening = new AsyncDisposableStack()
  const open = (where: RedisAddress): RedisConnection => opening.use(connectRedis(where, answerTimeoutMs, report))

  let kind = address.kind
  let connection = open(address)
  await whenReady(connection, startTimeoutMs)
  const info = await connection.client.info()
  if (address.kind === 'server' && /^cluster_enabled:1/m.test(info)) {
    kind = 'cluster'
    connection = open({ kind: 'cluster', urls: [address.url] })
    await whenReady(connection, startTimeoutMs)
  }
  const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'unknown'
  // A Cluster's client keeps connections of its own for what it listens to.
  const listening = kind === 'cluster' ? connection : open(address)
  await whenReady(listening, startTimeoutMs)
  const commands = connection.client
  const subscriber = listening.client

  const backListeners = new Set<() => void>()
  commands.on('ready', () => {
    for (const listener of backListeners) listener()
  })
  const isUp = (): boolean => commands.status === 'ready'
  async function ask<T>(run: (redis: RedisClient) => Promise<T>): Promise<T> {
    if (!isUp()) throw redisUnavailable()
    try {
      return await run(commands)
    } catch (error) {
      throw asDomainError(error)
    }
  }
  const opened = opening.move()
  return {
    kind,
    version,
    hasShardedChannels: Number.parseInt(version, 10) >= 7,
    ask,
    subscriber,
    isUp,
    check: () => ask(async (redis) => void (await redis.ping())),
    onBack(listener) {
      const own = () => listener()
      backListeners.add(own)
      return () => void backListeners.delete(own)
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

async function whenReady({ client, reason }: RedisConnection, timeoutMs: number): Promise<void> {
  await firstReady(client, reason, timeoutMs)
  if (!(client instanceof Cluster)) return
  await Promise.all(client.nodes('master').map((node) => firstReady(node, reason, timeoutMs)))
}

async function firstReady(client: RedisClient, reason: () => string, timeoutMs: number): Promise<void> {
  if (client.status === 'ready') return
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  client.once('ready', resolve)
  const timer = setTimeout(() => reject(new Error(reason())), timeoutMs)
  await promise.finally(() => clearTimeout(timer))
}
