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
      /** The Sentinels and the servers are spoken to by TLS. */
      readonly isTls: boolean
      /** The login at the Sentinels themselves. */
      readonly sentinelLogin: Login
    } & Login)

const SENTINEL_PORT = 26_379
const SENTINELS =
  /^redis(s?)\+sentinel:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/@]+)\/([\w.-]+)(?:\/(\d{1,3}))?(?:\?(.*))?$/
/** How the Sentinels are logged in to, in what follows the question mark. */
const SENTINEL_LOGIN: ReadonlySet<string> = new Set(['sentinelUsername', 'sentinelPassword'])

/**
 * Reads a `REDIS_URL`; `null` for what is none.
 *
 * - One server: `redis://`, or `rediss://` with TLS.
 * - A Cluster: several of them, with commas.
 * - Sentinels: `redis+sentinel://user:password@host:26379,host/name/0`, or `rediss+sentinel://` with TLS, and with
 *   `?sentinelPassword=` where the Sentinels have a password of their own.
 */
export function parseRedisUrl(text: string): RedisAddress | null {
  if (/^rediss?\+sentinel:/.test(text)) return parseSentinels(text)
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

/** Whether both are the same server, spoken to in the same way, however they are written. */
export function isSameRedis(one: RedisAddress | null, other: RedisAddress | null): boolean {
  return one?.kind === 'server' && other?.kind === 'server' && plainUrl(one.url) === plainUrl(other.url)
}

/** The address without what goes without saying. */
function plainUrl(text: string): string {
  const { protocol, username, password, hostname, port, pathname, search } = new URL(text)
  const user = username === 'default' ? '' : asTyped(username)
  const db = pathname.replace(/^\/0?$/, '')
  return JSON.stringify([protocol, user, asTyped(password), hostname.toLowerCase(), port || '6379', db, search])
}

/** A login may have a percent sign that stands for itself. */
function asTyped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Whether several nodes may share what happens. */
export const sharesRedis = ({ redisUrl, redisHost }: Pick<RedisSettings, 'redisUrl' | 'redisHost'>): boolean =>
  redisUrl !== null || redisHost !== null

function isRedisUrl(text: string): boolean {
  const url = URL.parse(text)
  return (url?.protocol === 'redis:' || url?.protocol === 'rediss:') && url.hostname !== ''
}

function parseSentinels(text: string): RedisAddress | null {
  const [, tls, username = '', password = '', hosts = '', name = '', db = '0', query = ''] = SENTINELS.exec(text) ?? []
  const sentinels = hosts.split(',').map(hostAndPort)
  if (name === '' || !sentinels.every((sentinel) => sentinel !== null)) return null
  const parameters = new URLSearchParams(query)
  if (![...parameters.keys()].every((parameter) => SENTINEL_LOGIN.has(parameter))) return null
  return {
    kind: 'sentinel',
    sentinels,
    name,
    db: Number(db),
    isTls: tls === 's',
    username: decoded(username),
    password: decoded(password),
    sentinelLogin: { username: parameters.get('sentinelUsername'), password: parameters.get('sentinelPassword') },
  }
}

const decoded = (text: string): string | null => (text === '' ? null : decodeURIComponent(text))

function hostAndPort(text: string): HostAndPort | null {
  const url = URL.parse(`redis://${text.trim()}`)
  if (url === null || url.hostname === '' || url.pathname !== '') return null
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? SENTINEL_PORT : Number(url.port),
  }
}
