import type { ApiKey } from '../auth/api-keys.ts'
import { apiKey } from './api-key-option.ts'
import { LIMIT_OPTIONS } from './limit-options.ts'
import { MEDIA_OPTIONS } from './media-options.ts'
import { NODE_OPTIONS } from './node-options.ts'
import { OPERATIONS_OPTIONS } from './operations-options.ts'
import { type Environment, type Option, option } from './option.ts'
import {
  anyText,
  databaseUrl,
  hostName,
  listOf,
  milliseconds,
  type OptionType,
  oneOf,
  redisUrl,
  webOrigin,
  webUrl,
  webUrlOrPath,
  wholeNumber,
  yesOrNo,
} from './option-types.ts'
import { trustedProxies } from './trusted-proxies.ts'

const DAY_MS = 86_400_000

export const OPTIONS = {
  environment: option<Environment>({
    env: ['NODE_ENV'],
    type: oneOf('development', 'production', 'test'),
    default: 'development',
    group: 'server',
    doc: 'In production weak settings are refused and logs are JSON.',
  }),
  host: option({
    env: ['HOST', 'WS_HOST'],
    type: anyText,
    default: (environment) => (environment === 'production' ? '0.0.0.0' : '127.0.0.1'),
    defaultText: '0.0.0.0 in production, else 127.0.0.1',
    group: 'server',
    doc: 'The address to listen on. 0.0.0.0 is every address of the machine.',
  }),
  port: option({
    env: ['PORT', 'WS_PORT'],
    type: wholeNumber(0, 65_535),
    default: 3010,
    group: 'server',
    doc: 'One port for the pages, REST and every socket. 0 takes a free one.',
  }),
  role: option({
    env: ['ROLE'],
    type: oneOf('all', 'api'),
    default: 'all',
    group: 'server',
    doc: "api serves REST and the poll of conversations alone, without sockets and pages: a second process on the same DATABASE_URL that keeps a site's chat going while no socket server runs. Also as --role api.",
  }),
  dataDir: option({
    env: ['DATA_DIR'],
    type: anyText,
    default: './data',
    group: 'server',
    doc: 'The folder for everything that the process itself writes.',
  }),
  ...NODE_OPTIONS,

  databaseUrl: option<string | null>({
    env: ['DATABASE_URL'],
    type: databaseUrl as OptionType<string | null>,
    default: null,
    defaultText: 'SQLite, in DATA_DIR',
    group: 'storage',
    doc: 'Where conversations that last are kept: SQLite, PostgreSQL or MariaDB. Several nodes need one of the last two.',
    secret: true,
  }),
  databasePoolSize: option({
    env: ['DATABASE_POOL_SIZE'],
    type: wholeNumber(2, 200),
    default: 10,
    group: 'storage',
    doc: 'Connections to PostgreSQL or MariaDB that this process may have open.',
  }),
  redisUrl: option<string | null>({
    env: ['REDIS_URL'],
    type: redisUrl as OptionType<string | null>,
    default: null,
    defaultText: 'memory',
    group: 'storage',
    doc: 'Where rooms, presence and limits are kept, and how nodes hear of each other: redis://user:password@host:6379/0, rediss:// with TLS, several with commas for a Cluster, or redis+sentinel://user:password@host:26379,host/name (rediss+sentinel:// with TLS, ?sentinelUsername=…&sentinelPassword=… where the Sentinels ask for a login).',
    secret: true,
  }),
  redisHost: option<string | null>({
    env: ['REDIS_HOST'],
    type: hostName as OptionType<string | null>,
    default: null,
    group: 'storage',
    doc: 'Instead of REDIS_URL: the machine that Redis runs on.',
  }),
  redisPort: option({
    env: ['REDIS_PORT'],
    type: wholeNumber(1, 65_535),
    default: 6379,
    group: 'storage',
    doc: 'With REDIS_HOST: the port.',
  }),
  redisPassword: option<string | null>({
    env: ['REDIS_PASSWORD'],
    type: anyText as OptionType<string | null>,
    default: null,
    group: 'storage',
    doc: 'With REDIS_HOST: the password.',
    secret: true,
  }),
  retentionDays: option<number | null>({
    env: ['RETENTION_DAYS'],
    type: wholeNumber(1, 36_500) as OptionType<number | null>,
    default: null,
    defaultText: 'for good',
    group: 'storage',
    doc: 'How many days messages of conversations that last are kept, unless a conversation says otherwise.',
  }),

  jwtSecrets: option<readonly string[]>({
    env: ['JWT_SECRET'],
    type: listOf(anyText, 'one or more secrets, comma-separated'),
    default: [],
    defaultText: 'made and kept in DATA_DIR in development; production needs one',
    group: 'security',
    doc: 'Signs the tokens of guests, and verifies (HS256) those that a site signs with it. At least 32 random characters; several, comma-separated, for rotation: the first signs, all verify.',
    secret: true,
  }),
  corsOrigins: option<readonly string[]>({
    env: ['CORS_ORIGINS', 'CORS_ORIGIN'],
    type: listOf(webOrigin, 'origins such as https://chat.example.org, without a path, comma-separated'),
    default: [],
    defaultText: 'only the pages of this server',
    group: 'security',
    doc: 'Other web origins whose pages may call REST and open sockets. * allows every origin, without cookies, and is refused in production.',
  }),
  trustProxy: option({
    env: ['TRUST_PROXY'],
    type: trustedProxies,
    default: { kind: 'none' },
    defaultText: 'none',
    group: 'security',
    doc: 'Whose X-Forwarded-For and X-Forwarded-Proto are believed: the number of proxies in front, or their addresses (10.0.0.7, 10.0.0.0/8, loopback, private). A number is right only where every request passes so many. Unset, none is believed, and everybody behind a proxy counts as one address.',
  }),

  jwtJwksUrl: option<string | null>({
    env: ['JWT_JWKS_URL'],
    type: webUrl as OptionType<string | null>,
    default: null,
    group: 'site',
    doc: "The keys (JWKS) of whoever signs the tokens of the site's users with RS256, ES256 or EdDSA. Beside JWT_SECRET, which goes on to be accepted.",
  }),
  jwtIssuer: option<string | null>({
    env: ['JWT_ISSUER'],
    type: anyText as OptionType<string | null>,
    default: null,
    group: 'site',
    doc: "What the iss of a site's token must be. Unset, it is not looked at.",
  }),
  jwtAudience: option<string | null>({
    env: ['JWT_AUDIENCE'],
    type: anyText as OptionType<string | null>,
    default: null,
    group: 'site',
    doc: "What the aud of a site's token must be, or hold. Unset, it is not looked at.",
  }),
  mainSiteUrl: option<string | null>({
    env: ['MAIN_SITE_URL'],
    type: webUrl as OptionType<string | null>,
    default: null,
    group: 'site',
    doc: 'The site beside which this server runs.',
  }),
  tokenVerifyUrl: option<string | null>({
    env: ['TOKEN_VERIFY_URL'],
    type: webUrlOrPath as OptionType<string | null>,
    default: null,
    group: 'site',
    doc: 'A path on MAIN_SITE_URL that is asked of every token as well, with Authorization: Bearer, by GET (by POST with {"token"} where that answers 404 or 405): 2xx is good, 401 and 403 are refused. Each socket that connects asks anew; REST takes an answer for five seconds. While the site can not be reached the token\'s own signature decides.',
  }),
  apiKeys: option<readonly ApiKey[]>({
    env: ['API_KEY'],
    type: listOf(apiKey, 'one or more keys, comma-separated, each as key or key=scope+scope'),
    default: [],
    defaultText: 'none, and no such calls',
    group: 'site',
    doc: "What the site's own servers send as X-Api-Key. Several, comma-separated, for rotation. A key alone may do everything; key=conversations+messages only what is named: conversations (make, read, change, delete them and their members), messages (read and send), users (delete, export), revoke (take tokens back). At least 32 random characters in production.",
    secret: true,
  }),

  useHttps: option({
    env: ['USE_HTTPS'],
    type: yesOrNo,
    default: false,
    group: 'tls',
    doc: 'Serve TLS directly, without a proxy in front. A renewed certificate is taken up within seconds, without a restart.',
  }),
  certPath: option<string | null>({
    env: ['CERT_PATH'],
    type: anyText as OptionType<string | null>,
    default: null,
    group: 'tls',
    doc: 'The certificate chain, in PEM.',
  }),
  keyPath: option<string | null>({
    env: ['KEY_PATH'],
    type: anyText as OptionType<string | null>,
    default: null,
    group: 'tls',
    doc: 'The private key, in PEM.',
  }),

  roomMaxParticipants: option({
    env: ['ROOM_MAX_PARTICIPANTS'],
    type: wholeNumber(2, 10_000),
    default: 100,
    group: 'rooms',
    doc: 'The most people that a room may ask for.',
  }),
  roomMaxMinutes: option({
    env: ['ROOM_MAX_MINUTES'],
    type: wholeNumber(1, 10_080),
    default: 240,
    group: 'rooms',
    doc: 'The longest life of a room in minutes, extensions included.',
  }),
  roomDurations: option<readonly number[]>({
    env: ['ROOM_DURATIONS'],
    type: listOf(wholeNumber(1, 10_080), 'lengths in minutes, comma-separated, such as 15,30,60'),
    default: [15, 30, 60, 120],
    group: 'rooms',
    doc: 'The lengths of life in minutes that a new room may choose from.',
  }),
  roomsPerAddress: option({
    env: ['ROOMS_PER_ADDRESS'],
    type: wholeNumber(1, 1_000_000),
    // A whole office may be behind one address.
    default: 1000,
    group: 'rooms',
    doc: 'Open rooms that one address may have made. RATE_LIMITS=off lifts it.',
  }),

  ...MEDIA_OPTIONS,

  socketIoPingIntervalMs: option({
    env: ['SOCKETIO_PING_INTERVAL'],
    type: milliseconds(1000, 300_000),
    default: 25_000,
    group: 'sockets',
    doc: 'How often a Socket.IO connection is probed, in ms.',
  }),
  socketIoPingTimeoutMs: option({
    env: ['SOCKETIO_PING_TIMEOUT'],
    type: milliseconds(1000, 300_000),
    default: 60_000,
    group: 'sockets',
    doc: 'How long the answer to that probe may take, in ms.',
  }),
  socketIoMaxBufferBytes: option({
    env: ['SOCKETIO_MAX_BUFFER_SIZE'],
    type: wholeNumber(1024, 104_857_600),
    default: 1_048_576,
    group: 'sockets',
    doc: 'The largest Socket.IO packet in bytes; a larger one ends the connection.',
  }),
  heartbeatIntervalMs: option({
    env: ['HEARTBEAT_INTERVAL'],
    type: milliseconds(1000, 300_000),
    default: 30_000,
    group: 'sockets',
    doc: 'How often a raw WebSocket is probed, in ms; one that misses a probe is closed.',
  }),
  maxIdleTimeMs: option({
    env: ['MAX_IDLE_TIME'],
    type: milliseconds(1000, 30 * DAY_MS),
    default: 1_800_000,
    group: 'sockets',
    doc: 'A Socket.IO connection whose client sends nothing for so long is closed, in ms. Probes do not count.',
  }),
  idleTimeoutMs: option({
    env: ['IDLE_TIMEOUT'],
    type: milliseconds(1000, 30 * DAY_MS),
    default: 300_000,
    group: 'sockets',
    doc: 'A raw WebSocket whose client sends nothing for so long is closed, in ms. Probes do not count.',
  }),

  ...LIMIT_OPTIONS,
  ...OPERATIONS_OPTIONS,
}

type OptionName = keyof typeof OPTIONS
type ValueOf<O> = O extends Option<infer T> ? T : never
/** The settings that one process runs with. */
export type Config = { readonly [K in OptionName]: ValueOf<(typeof OPTIONS)[K]> }
