import { Cluster, Redis, type RedisOptions } from 'ioredis'
import type { RedisAddress } from '../config/redis-address.ts'
import { asDomainError, redisUnavailable } from './unavailable.ts'

type RedisClient = Redis | Cluster

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
  /** As it says itself, such as 7.0.15. */
  readonly version: string
  /** Whether channels can be spread over the servers of a Cluster as keys are (`SSUBSCRIBE`, Redis 7). */
  readonly hasShardedChannels: boolean
  /**
   * Runs commands. Rejects at once while Redis is away, and with `DomainError('UNAVAILABLE')` whenever it could not
   * answer: a write may then have happened or not. Nothing is sent a second time.
   */
  ask<T>(commands: (redis: RedisClient) => Promise<T>): Promise<T>
  /** For `RedisChannels` alone, which subscribes again after a cut. */
  readonly subscriber: RedisClient
  isUp(): boolean
  /** Rejects while Redis does not answer. */
  check(): Promise<void>
  /** Called whenever Redis is back after it was away. Returns what ends that. */
  onBack(listener: () => void): () => void
}

const ANSWER_TIMEOUT_MS = 2000
const START_TIMEOUT_MS = 10_000
const LONGEST_PAUSE_MS = 1000

/** Connects. Rejects with a sentence for whoever runs the server. */
export async function openRedis(address: RedisAddress, options: RedisLinkOptions): Promise<RedisLink> {
  const { report, answerTimeoutMs = ANSWER_TIMEOUT_MS, startTimeoutMs = START_TIMEOUT_MS } = options
  await using opening = new AsyncDisposableStack()
  const open = (where: RedisAddress): RedisClient => opening.adopt(connect(where, answerTimeoutMs, report), end)

  let kind = address.kind
  let commands = open(address)
  await whenReady(commands, startTimeoutMs)
  const info = await commands.info()
  if (address.kind === 'server' && /^cluster_enabled:1/m.test(info)) {
    kind = 'cluster'
    commands = open({ kind: 'cluster', urls: [address.url] })
    await whenReady(commands, startTimeoutMs)
  }
  const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'unknown'
  // A Cluster's client keeps connections of its own for what it listens to.
  const subscriber = kind === 'cluster' ? commands : open(address)
  await whenReady(subscriber, startTimeoutMs)

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

function connect(address: RedisAddress, answerTimeoutMs: number, report: (error: unknown) => void): RedisClient {
  const retryStrategy = (times: number): number => Math.min(LONGEST_PAUSE_MS, 25 * 2 ** Math.min(times, 10))
  const shared = {
    // What is asked while Redis is away is refused, and not kept for later.
    enableOfflineQueue: false,
    // Whether it was done is not known: nobody but the one who asked may ask again.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // Whoever listens subscribes again, and knows when that is done.
    autoResubscribe: false,
    // A frozen server keeps its connections: they are given up as soon as an answer is overdue.
    socketTimeout: answerTimeoutMs,
    commandTimeout: answerTimeoutMs,
    connectTimeout: answerTimeoutMs,
    protocol: 2,
    connectionName: 'parley',
  } as const satisfies RedisOptions
  const client = create(address, shared, retryStrategy)
  let isReported = false
  client.on('error', (error) => {
    if (!isReported) report(error)
    isReported = true
  })
  client.on('ready', () => {
    isReported = false
  })
  return client
}

function create(
  address: RedisAddress,
  shared: Pick<
    RedisOptions,
    'autoResendUnfulfilledCommands' | 'maxRetriesPerRequest' | 'socketTimeout' | 'commandTimeout'
  >,
  retryStrategy: (times: number) => number,
): RedisClient {
  switch (address.kind) {
    case 'server':
      return new Redis(address.url, { ...shared, retryStrategy })
    case 'sentinel': {
      const { sentinels, name, db, username, password } = address
      return new Redis({
        ...shared,
        sentinels: [...sentinels],
        name,
        db,
        ...(username !== null && { username }),
        ...(password !== null && { password }),
        retryStrategy,
        sentinelRetryStrategy: retryStrategy,
        failoverDetector: true,
      })
    }
    case 'cluster': {
      const cluster = new Cluster([...address.urls], {
        redisOptions: shared,
        enableOfflineQueue: false,
        shardedSubscribers: true,
        clusterRetryStrategy: retryStrategy,
        clusterNodeRetryStrategy: retryStrategy,
        // Whether the other node still did it is not known: nothing is sent a second time.
        retryDelayOnFailover: 0,
      })
      connectToAll(cluster)
      return cluster
    }
  }
}

async function whenReady(client: RedisClient, timeoutMs: number): Promise<void> {
  if (client.status !== 'ready') await firstReady(client, timeoutMs)
  if (client instanceof Cluster) await Promise.all(client.nodes('master').map((node) => whenReady(node, timeoutMs)))
}

async function firstReady(client: RedisClient, timeoutMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let last: unknown = null
  client.once('ready', resolve)
  client.on('error', (error) => {
    last = error
  })
  const timer = setTimeout(() => {
    const reason = last instanceof Error && last.message !== '' ? last.message : 'it does not answer'
    reject(new Error(reason, { cause: last }))
  }, timeoutMs)
  await promise.finally(() => clearTimeout(timer))
}

/** While a line is being made all but the first command on it are refused: each is made before it is needed. */
function connectToAll(cluster: Cluster): void {
  const connectToNew = (): void => {
    // Before it is ready the driver asks any of them for the state of the Cluster, which must not be refused.
    if (cluster.status !== 'ready') return
    for (const node of cluster.nodes()) if (node.status === 'wait') node.connect().catch(ignore)
  }
  cluster.on('ready', connectToNew)
  cluster.on('+node', connectToNew)
}

/** The driver tells of it elsewhere, and tries again. */
const ignore = (): void => undefined

async function end(client: RedisClient): Promise<void> {
  client.disconnect()
}
