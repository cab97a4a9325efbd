interface Login {
  readonly username: string | null
  readonly password: string | null
}

interface HostAndPort {
  readonly host: string
  readonly port: number
}

/** Where Redis is. */
export type RedisAddress =
  /** One server, or one node of a Cluster that tells of the others. */
  | { readonly kind: 'server'; readonly url: string }
  | { readonly kind: 'cluster'; readonly urls: readonly string[] }
  | ({
      readonly kind: 'sentinel'
      readonly sentinels: readonly HostAndPort[]
      /** What the Sentinels call the server. */
      readonly name: string
      readonly db: number
    } & Login)

const SENTINEL_PORT = 26_379
const SENTINELS = /^redis\+sentinel:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/@]+)\/([\w.-]+)(?:\/(\d{1,3}))?$/

/**
 * `redis://`, `rediss://`, several of them for a Cluster, or `redis+sentinel://user:password@host:26379,host/name/0`.
 * `null` for what is none of these.
 */
export function parseRedisUrl(text: string): RedisAddress | null {
  if (text.startsWith('redis+sentinel:')) return parseSentinels(text)
  const urls = text.split(',').map((url) => url.trim())
  if (!urls.every(isRedisUrl)) return null
  const [first, second] = urls
  if (first === undefined) return null
  return second === undefined ? { kind: 'server', url: first } : { kind: 'cluster', urls }
}

/** The settings that say where it is. */
export interface RedisSettings {
  readonly redisUrl: string | null
  readonly redisHost: string | null
  readonly redisPort: number
  readonly redisPassword: string | null
}

/** Where Redis is by `REDIS_URL`, or by `REDIS_HOST` and what belongs to it; `null` without either. */
export function redisAddressOf(settings: RedisSettings): RedisAddress | null {
  const { redisUrl, redisHost, redisPort, redisPassword } = settings
  if (redisUrl !== null) return parseRedisUrl(redisUrl)
  if (redisHost === null) return null
  const login = redisPassword === null ? '' : `:${encodeURIComponent(redisPassword)}@`
  const host = redisHost.includes(':') ? `[${redisHost}]` : redisHost
  return { kind: 'server', url: `redis://${login}${host}:${redisPort}` }
}

/** Whether several nodes may share what happens. */
export const sharesRedis = ({ redisUrl, redisHost }: Pick<RedisSettings, 'redisUrl' | 'redisHost'>): boolean =>
  redisUrl !== null || redisHost !== null

function isRedisUrl(text: string): boolean {
  const url = URL.parse(text)
  return (url?.protocol === 'redis:' || url?.protocol === 'rediss:') && url.hostname !== ''
}

function parseSentinels(text: string): RedisAddress | null {
  const [, username = '', password = '', hosts = '', name = '', db = '0'] = SENTINELS.exec(text) ?? []
  const sentinels = hosts.split(',').map(hostAndPort)
  if (name === '' || !sentinels.every((sentinel) => sentinel !== null)) return null
  return {
    kind: 'sentinel',
    sentinels,
    name,
    db: Number(db),
    username: username === '' ? null : decodeURIComponent(username),
    password: password === '' ? null : decodeURIComponent(password),
  }
}

function hostAndPort(text: string): HostAndPort | null {
  const url = URL.parse(`redis://${text.trim()}`)
  if (url === null || url.hostname === '' || url.pathname !== '') return null
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? SENTINEL_PORT : Number(url.port),
  }
}
