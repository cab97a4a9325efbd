import { ROOM_DURATIONS } from '@parley/protocol/constants'
import type { ApiKey } from '../auth/api-keys.ts'
import { apiKey } from './api-key-option.ts'
import {
  anyText,
  databaseUrl,
  listOf,
  milliseconds,
  type OptionType,
  oneOf,
  splitList,
  stunUrl,
  webOrigin,
  webUrl,
  webUrlOrPath,
  wholeNumber,
  yesOrNo,
} from './option-types.ts'
import { trustedProxies } from './trusted-proxies.ts'

export type Environment = 'development' | 'production' | 'test'

export const OPTION_GROUPS = {
  server: 'Server',
  storage: 'What is kept',
  security: 'Secrets and origins',
  site: 'A site that has users',
  tls: 'TLS',
  rooms: 'Rooms',
  calls: 'Calls',
  sockets: 'Sockets',
  limits: 'Limits',
  operations: 'Logs and metrics',
} as const

/** One setting: everything that validation, the reference page, `.env.example` and `--help` say about it. */
export interface Option<T> {
  /** The first name is the canonical one; the others mean exactly the same. */
  readonly env: readonly [string, ...string[]]
  readonly type: OptionType<T>
  readonly default: T | ((environment: Environment) => T)
  /** What the default is, where its value does not say it. */
  readonly defaultText?: string
  readonly group: keyof typeof OPTION_GROUPS
  readonly doc: string
  /** Its value is never shown. */
  readonly secret?: true
}

const option = <T>(declared: Option<T>): Option<T> => declared
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
  shutdownTimeoutMs: option({
    env: ['SHUTDOWN_TIMEOUT'],
    type: milliseconds(0, 600_000),
    default: 10_000,
    group: 'server',
    doc: 'How long a stopping server waits for its connections to go, in ms. A second signal ends it at once.',
  }),

  databaseUrl: option<string | null>({
    env: ['DATABASE_URL'],
    type: databaseUrl as OptionType<string | null>,
    default: null,
    defaultText: 'SQLite, in DATA_DIR',
    group: 'storage',
    doc: 'Where conversations that last are kept: SQLite, PostgreSQL or MariaDB. Rooms are kept in memory.',
    secret: true,
  }),
  databasePoolSize: option({
    env: ['DATABASE_POOL_SIZE'],
    type: wholeNumber(2, 200),
    default: 10,
    group: 'storage',
    doc: 'Connections to PostgreSQL or MariaDB that this process may have open.',
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
    doc: 'A path on MAIN_SITE_URL that is asked of every token as well, with Authorization: Bearer, by GET (by POST with {"token"} where that answers 404 or 405): 2xx is good, 401 and 403 are refused. While the site can not be reached the token\'s own signature decides.',
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
    doc: 'Serve TLS directly, without a proxy in front.',
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
    default: ROOM_DURATIONS,
    group: 'rooms',
    doc: 'The lengths of life in minutes that a new room may choose from.',
  }),
  roomsPerAddress: option({
    env: ['ROOMS_PER_ADDRESS'],
    type: wholeNumber(1, 1_000_000),
    default: 20,
    group: 'rooms',
    doc: 'Open rooms that one address may have made.',
  }),

  stunUrls: option<readonly string[]>({
    env: ['STUN_URLS'],
    type: listOf(stunUrl, 'addresses such as stun:stun.example.org:3478, comma-separated'),
    default: [],
    defaultText: 'none: calls connect on one network only',
    group: 'calls',
    doc: 'STUN servers that callers are told of.',
  }),

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

  rateLimits: option({
    env: ['RATE_LIMITS'],
    type: oneOf('on', 'off'),
    default: 'on',
    group: 'limits',
    doc: 'off lifts every rate limit: for benchmarks on a closed machine only. Production refuses it.',
  }),
  rateLimitHttpMax: option({
    env: ['RATE_LIMIT_HTTP_MAX'],
    type: wholeNumber(1, 1_000_000),
    default: 100,
    group: 'limits',
    doc: 'REST calls per address and window, for callers without a token.',
  }),
  rateLimitHttpWindowMs: option({
    env: ['RATE_LIMIT_HTTP_WINDOW'],
    type: milliseconds(1000, DAY_MS),
    default: 900_000,
    group: 'limits',
    doc: 'That window, in ms; also that of the logins.',
  }),
  rateLimitUserMax: option({
    env: ['RATE_LIMIT_USER_MAX'],
    type: wholeNumber(1, 1_000_000),
    default: 600,
    group: 'limits',
    doc: 'REST calls per user in the same window, for callers with a token.',
  }),
  rateLimitLoginMax: option({
    env: ['RATE_LIMIT_LOGIN_MAX'],
    type: wholeNumber(1, 1_000_000),
    default: 20,
    group: 'limits',
    doc: 'Logins per address in the same window.',
  }),
  rateLimitLoginFailedMax: option({
    env: ['RATE_LIMIT_LOGIN_FAILED_MAX'],
    type: wholeNumber(1, 1_000_000),
    default: 5,
    group: 'limits',
    doc: 'Failed logins per address in the same window, and as many wrong room passwords.',
  }),
  rateLimitMessagesMax: option<number | null>({
    env: ['RATE_LIMIT_MESSAGES_MAX'],
    type: wholeNumber(1, 1_000_000) as OptionType<number | null>,
    default: null,
    defaultText: '5 on the rooms wire, 30 on the others',
    group: 'limits',
    doc: 'Messages per sender and window. Set, it holds on every wire.',
  }),
  rateLimitMessagesWindowMs: option<number | null>({
    env: ['RATE_LIMIT_MESSAGES_WINDOW'],
    type: milliseconds(100, DAY_MS) as OptionType<number | null>,
    default: null,
    defaultText: '10000 on the rooms wire, 60000 on the others',
    group: 'limits',
    doc: 'That window, in ms. Set, it holds on every wire.',
  }),
  rateLimitTypingMax: option({
    env: ['RATE_LIMIT_TYPING_MAX'],
    type: wholeNumber(1, 1_000_000),
    default: 10,
    group: 'limits',
    doc: 'Typing events per user and window.',
  }),
  rateLimitTypingWindowMs: option({
    env: ['RATE_LIMIT_TYPING_WINDOW'],
    type: milliseconds(100, DAY_MS),
    default: 10_000,
    group: 'limits',
    doc: 'That window, in ms.',
  }),
  rateLimitReactionsMax: option({
    env: ['RATE_LIMIT_REACTIONS_MAX'],
    type: wholeNumber(1, 1_000_000),
    default: 50,
    group: 'limits',
    doc: 'Reactions added per user and window, and as many removed.',
  }),
  rateLimitReactionsWindowMs: option({
    env: ['RATE_LIMIT_REACTIONS_WINDOW'],
    type: milliseconds(100, DAY_MS),
    default: 60_000,
    group: 'limits',
    doc: 'That window, in ms.',
  }),
  rateLimitDeliveredMax: option({
    env: ['RATE_LIMIT_DELIVERED_MAX'],
    type: wholeNumber(1, 1_000_000),
    default: 100,
    group: 'limits',
    doc: 'Messages marked as delivered per user and window.',
  }),
  rateLimitDeliveredWindowMs: option({
    env: ['RATE_LIMIT_DELIVERED_WINDOW'],
    type: milliseconds(100, DAY_MS),
    default: 60_000,
    group: 'limits',
    doc: 'That window, in ms.',
  }),
  rateLimitReadMax: option({
    env: ['RATE_LIMIT_READ_MAX'],
    type: wholeNumber(1, 1_000_000),
    default: 100,
    group: 'limits',
    doc: 'Messages marked as read per user and window.',
  }),
  rateLimitReadWindowMs: option({
    env: ['RATE_LIMIT_READ_WINDOW'],
    type: milliseconds(100, DAY_MS),
    default: 60_000,
    group: 'limits',
    doc: 'That window, in ms.',
  }),
  rateLimitPresenceMax: option({
    env: ['RATE_LIMIT_PRESENCE_MAX'],
    type: wholeNumber(1, 1_000_000),
    default: 20,
    group: 'limits',
    doc: 'Changes of status per user and window.',
  }),
  rateLimitPresenceWindowMs: option({
    env: ['RATE_LIMIT_PRESENCE_WINDOW'],
    type: milliseconds(100, DAY_MS),
    default: 60_000,
    group: 'limits',
    doc: 'That window, in ms.',
  }),
  rateLimitCallMax: option({
    env: ['RATE_LIMIT_CALL_MAX'],
    type: wholeNumber(1, 1_000_000),
    default: 5,
    group: 'limits',
    doc: 'Calls started per user and window.',
  }),
  rateLimitCallWindowMs: option({
    env: ['RATE_LIMIT_CALL_WINDOW'],
    type: milliseconds(100, DAY_MS),
    default: 60_000,
    group: 'limits',
    doc: 'That window, in ms.',
  }),
  rateLimitSignalMax: option({
    env: ['RATE_LIMIT_SIGNAL_MAX'],
    type: wholeNumber(1, 1_000_000),
    default: 300,
    group: 'limits',
    doc: 'Candidates and the like that a caller sends per window.',
  }),
  rateLimitSignalWindowMs: option({
    env: ['RATE_LIMIT_SIGNAL_WINDOW'],
    type: milliseconds(100, DAY_MS),
    default: 10_000,
    group: 'limits',
    doc: 'That window, in ms.',
  }),
  rateLimitEventsMax: option({
    env: ['RATE_LIMIT_EVENTS_MAX'],
    type: wholeNumber(1, 1_000_000),
    default: 120,
    group: 'limits',
    doc: 'All other events per user and kind in a window.',
  }),
  rateLimitEventsWindowMs: option({
    env: ['RATE_LIMIT_EVENTS_WINDOW'],
    type: milliseconds(100, DAY_MS),
    default: 60_000,
    group: 'limits',
    doc: 'That window, in ms.',
  }),
  rateLimitPollMax: option({
    env: ['RATE_LIMIT_POLL_MAX'],
    type: wholeNumber(1, 1_000_000),
    default: 120,
    group: 'limits',
    doc: 'Polls per user and window; they are not counted as REST calls.',
  }),
  rateLimitPollWindowMs: option({
    env: ['RATE_LIMIT_POLL_WINDOW'],
    type: milliseconds(100, DAY_MS),
    default: 60_000,
    group: 'limits',
    doc: 'That window, in ms.',
  }),
  rateLimitMaxConnections: option({
    env: ['RATE_LIMIT_MAX_CONNECTIONS'],
    type: wholeNumber(1, 1_000_000),
    default: 5,
    group: 'limits',
    doc: 'Failed socket handshakes per address and window.',
  }),
  rateLimitConnectionWindowMs: option({
    env: ['RATE_LIMIT_CONNECTION_WINDOW'],
    type: milliseconds(1000, DAY_MS),
    default: 60_000,
    group: 'limits',
    doc: 'That window, in ms.',
  }),
  maxConnectionsPerAddress: option({
    env: ['MAX_CONNECTIONS_PER_ADDRESS'],
    type: wholeNumber(1, 1_000_000),
    default: 200,
    group: 'limits',
    doc: 'Sockets that one address may have open; of all kinds of connections four times as many.',
  }),

  logLevel: option({
    env: ['LOG_LEVEL'],
    type: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    default: 'info',
    group: 'operations',
    doc: 'The least important lines that are written.',
  }),
  logDir: option<string | null>({
    env: ['LOG_DIR'],
    type: anyText as OptionType<string | null>,
    default: null,
    group: 'operations',
    doc: 'A folder for combined.log, error.log and security.log, beside the lines on standard output.',
  }),
  metricsEnabled: option({
    env: ['METRICS_ENABLED'],
    type: yesOrNo,
    default: true,
    group: 'operations',
    doc: 'Serve /metrics for Prometheus: to this machine alone unless one of the next two is set.',
  }),
  metricsPort: option<number | null>({
    env: ['METRICS_PORT'],
    type: wholeNumber(0, 65_535) as OptionType<number | null>,
    default: null,
    group: 'operations',
    doc: 'A port of their own for /metrics, on HOST, for whoever reaches it; the main port then does not serve them. 0 takes a free one.',
  }),
  metricsToken: option<string | null>({
    env: ['METRICS_TOKEN'],
    type: anyText as OptionType<string | null>,
    default: null,
    group: 'operations',
    doc: 'Whoever asks for /metrics must send it as Authorization: Bearer. At least 20 characters in production.',
    secret: true,
  }),
}

type OptionName = keyof typeof OPTIONS
type ValueOf<O> = O extends Option<infer T> ? T : never
/** The settings that one process runs with. */
export type Config = { readonly [K in OptionName]: ValueOf<(typeof OPTIONS)[K]> }

/** Names that other releases or other servers of this kind know. Set here they would be a silent surprise. */
export const UNUSED_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  (
    [
      [
        'REDIS_URL, REDIS_HOST, REDIS_PORT, REDIS_PASSWORD',
        'rooms are kept in memory and are gone when the process ends, and processes speak through the database alone',
      ],
      ['WORKERS', 'one process runs'],
      [
        'TURN_SECRET, TURN_HOST, TURN_REALM, TURN_TTL, TURN_PUBLIC, MEDIA, JANUS_URLS, JANUS_API_SECRET',
        'there is no relay and no media server yet',
      ],
    ] as const
  ).flatMap(([names, instead]) => splitList(names).map((name) => [name, instead])),
)
