import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis'
import type { RedisAddress } from '../config/redis-address.ts'
import { quietDriver } from './quiet-driver.ts'

export type RedisClient = Redis | Cluster

quietDriver()

const LONGEST_PAUSE_MS = 1000
/** A server of a Cluster that took over is found so soon, though nobody told of it. */
const SLOTS_REFRESH_MS = 5000

export interface RedisConnection extends Disposable {
  readonly client: RedisClient
  /** Why it is not there, in words, as far as that is known. */
  reason(): string
}

/** Begins to connect, and connects again whenever the line breaks, until it is disposed of. */
export function connectRedis(
  address: RedisAddress,
  answerTimeoutMs: number,
  report: (error: unknown) => void,
): RedisConnection {
  const client = create(address, answerTimeoutMs)
  let isClosed = false
  let isReported = false
  let last = ''
  client.on('error', (error) => {
    // Why, is told of each of them by itself.
    if (!/^(All sentinels are unreachable|Failed to refresh slots cache)/.test(error.message)) last = error.message
    if (!isReported) report(error)
    isReported = true
  })
  client.on('ready', () => {
    isReported = false
  })
  client.on('sentinelError', (error: Error) => {
    const isUnknown = address.kind === 'sentinel' && /invalid reply: null|No such master/.test(error.message)
    last = isUnknown ? `no Sentinel knows a master that is called ${address.name}` : error.message
  })
  client.on('node error', (error: Error) => {
    last = error.message
  })
  client.on('end', () => {
    // The driver gives up where it is told of another master just while it asks for one.
    if (!isClosed) setTimeout(() => isClosed || client.connect().catch(ignore), LONGEST_PAUSE_MS).unref()
  })
  return {
    client,
    reason: () => last || 'it does not answer',
    [Symbol.dispose]() {
      isClosed = true
      client.disconnect()
    },
  }
}

const retryStrategy = (times: number): number => Math.min(LONGEST_PAUSE_MS, 25 * 2 ** Math.min(times, 10))

function create(address: RedisAddress, answerTimeoutMs: number): RedisClient {
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
    // It is a replica by now, and its connections were left to it.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    protocol: 2,
    connectionName: 'parley',
  } as const satisfies RedisOptions
  switch (address.kind) {
    case 'server':
      return new Redis(address.url, { ...shared, retryStrategy })
    case 'sentinel': {
      const { sentinels, name, db, isTls, username, password, sentinelLogin } = address
      return new Redis({
        ...shared,
        sentinels: [...sentinels],
        name,
        db,
        ...(username !== null && { username }),
        ...(password !== null && { password }),
        ...(sentinelLogin.username !== null && { sentinelUsername: sentinelLogin.username }),
        ...(sentinelLogin.password !== null && { sentinelPassword: sentinelLogin.password }),
        ...(isTls && { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true }),
        retryStrategy,
        sentinelRetryStrategy: retryStrategy,
        // A Sentinel that is frozen, as its machine may be, is passed over.
        sentinelCommandTimeout: answerTimeoutMs,
        failoverDetector: true,
      })
    }
    case 'cluster': {
      const cluster = new Cluster([...address.urls], {
        ...clusterSecurity(address.urls),
        redisOptions: { ...shared, ...loginOf(address.urls) },
        enableOfflineQueue: false,
        shardedSubscribers: true,
        slotsRefreshInterval: SLOTS_REFRESH_MS,
        clusterRetryStrategy: retryStrategy,
        clusterNodeRetryStrategy: retryStrategy,
        // Whether the other node still did it is not known: nothing is sent a second time.
        retryDelayOnFailover: 0,
        // Refused, and at once: whoever asked may ask again.
        retryDelayOnClusterDown: 0,
      })
      connectToAll(cluster)
      return cluster
    }
  }
}

/** Servers that a Cluster tells of are logged in to as those that were named. */
function loginOf([first = '']: readonly string[]): Pick<RedisOptions, 'username' | 'password' | 'tls'> {
  const { protocol, username, password } = new URL(first)
  return {
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' && { tls: {} }),
  }
}

/** Certificates are for names: those are left to be resolved where the line is made. */
function clusterSecurity([first = '']: readonly string[]): ClusterOptions {
  return new URL(first).protocol === 'rediss:' ? { dnsLookup: (name, done) => done(null, name) } : {}
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
  // Nobody tells that a master is gone, and what it had is refused until another is known.
  cluster.on('node error', () => {
    if (cluster.status === 'ready') cluster.refreshSlotsCache()
  })
}

/** The driver tells of it elsewhere, and tries again. */
const ignore = (): void => undefined
