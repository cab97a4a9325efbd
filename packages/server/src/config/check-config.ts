import { accessSync, constants } from 'node:fs'
import type { Config } from './options.ts'
import { isSameRedis, redisAddressOf, sharesRedis } from './redis-address.ts'
import { weaknessOf } from './secret-strength.ts'

const MIN_METRICS_TOKEN_LENGTH = 20
const MIN_TURN_SECRET_LENGTH = 20
/** How issuer and audience of tokens begin that are signed here. */
const OWN_NAMES = 'urn:parley:'
const NEW_SECRET = 'Make one with: openssl rand -base64 48'

/** What no single option can see: settings that need each other, and what production does not accept. */
export function checkConfig(config: Config, problems: string[], warnings: string[]): void {
  checkSecrets(config, problems, warnings)
  checkSite(config, problems, warnings)
  checkRedis(config, problems)
  checkNode(config, problems, warnings)
  checkTls(config, problems)
  checkRooms(config, problems)
  checkMedia(config, problems, warnings)
  if (config.environment === 'production') checkProduction(config, problems, warnings)
  if (config.metricsPort !== null && config.metricsPort !== 0 && config.metricsPort === config.port) {
    problems.push('METRICS_PORT must differ from PORT; leave it out to serve /metrics on the same port.')
  }
}

function checkSecrets(config: Config, problems: string[], warnings: string[]): void {
  const isProduction = config.environment === 'production'
  if (isProduction && config.jwtSecrets.length === 0) {
    problems.push(`JWT_SECRET is missing, and production needs one. ${NEW_SECRET}`)
  }
  const adminWeakness = config.adminToken === null ? null : weaknessOf(config.adminToken)
  if (adminWeakness !== null) {
    const complaint = `ADMIN_TOKEN can be guessed: it ${adminWeakness}.`
    if (isProduction) problems.push(`${complaint} ${NEW_SECRET}`)
    else warnings.push(`${complaint} Production will refuse it. ${NEW_SECRET}`)
  }
  for (const [at, secret] of config.jwtSecrets.entries()) {
    const weakness = weaknessOf(secret)
    if (weakness === null) continue
    const which = config.jwtSecrets.length > 1 ? `JWT_SECRET (number ${at + 1})` : 'JWT_SECRET'
    if (isProduction) problems.push(`${which} can be guessed: it ${weakness}. ${NEW_SECRET}`)
    else warnings.push(`${which} can be guessed: it ${weakness}. Production will refuse it. ${NEW_SECRET}`)
  }
}

function checkSite(config: Config, problems: string[], warnings: string[]): void {
  const { jwtIssuer, jwtJwksUrl, tokenVerifyUrl, mainSiteUrl } = config
  const isProduction = config.environment === 'production'
  for (const [at, { key }] of config.apiKeys.entries()) {
    const weakness = weaknessOf(key)
    if (weakness === null) continue
    const which = config.apiKeys.length > 1 ? `API_KEY (number ${at + 1})` : 'API_KEY'
    if (isProduction) problems.push(`${which} can be guessed: it ${weakness}. ${NEW_SECRET}`)
    else warnings.push(`${which} can be guessed: it ${weakness}. Production will refuse it. ${NEW_SECRET}`)
  }
  if (jwtIssuer?.startsWith(OWN_NAMES)) {
    problems.push(`JWT_ISSUER may not begin with ${OWN_NAMES}: that is how this server marks its own tokens.`)
  }
  if (tokenVerifyUrl?.startsWith('/') && mainSiteUrl === null) {
    problems.push('TOKEN_VERIFY_URL is a path, so MAIN_SITE_URL is needed too: the site that it is on.')
  }
  if (isProduction && jwtJwksUrl !== null && isOpenToAll(jwtJwksUrl)) {
    warnings.push('JWT_JWKS_URL is not https: whoever can change what comes from there can sign tokens for anybody.')
  }
}

/** Over plain HTTP, and not to this machine. */
function isOpenToAll(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
}

/** What means every address of a machine is none at which another machine reaches it. */
const EVERY_ADDRESS = ['0.0.0.0', '::', '[::]']

function checkNode(config: Config, problems: string[], warnings: string[]): void {
  const { nodeHost, workers, databaseUrl } = config
  if (EVERY_ADDRESS.includes(nodeHost)) {
    problems.push(
      `NODE_HOST must be the address at which other nodes reach this one, such as 10.0.0.5, not ${nodeHost}.`,
    )
  }
  if (workers === 1) return
  if (!sharesRedis(config)) {
    problems.push(
      `WORKERS=${workers} needs REDIS_URL, through which the workers share what happens. Set it, or leave WORKERS out.`,
    )
  }
  if (databaseUrl === null || databaseUrl.startsWith('sqlite:')) {
    warnings.push(
      'WORKERS share one SQLite file, in which one of them writes at a time while the others wait. For many conversations that last, set DATABASE_URL to PostgreSQL or MariaDB.',
    )
  }
}

function checkRedis(config: Config, problems: string[]): void {
  if (config.redisUrl === null || config.redisHost === null) return
  if (isSameRedis(redisAddressOf(config), redisAddressOf({ ...config, redisUrl: null }))) return
  problems.push(
    'REDIS_URL and REDIS_HOST, with REDIS_PORT and REDIS_PASSWORD, mean the same setting but differ: keep one of them.',
  )
}

function checkTls(config: Config, problems: string[]): void {
  if (!config.useHttps) return
  for (const [name, path] of [
    ['CERT_PATH', config.certPath],
    ['KEY_PATH', config.keyPath],
  ] as const) {
    if (path === null) problems.push(`USE_HTTPS=true needs ${name}: the path of a PEM file.`)
    else if (!isReadable(path)) problems.push(`${name} must be a file that this process may read, but ${path} is not.`)
  }
}

function checkMedia(config: Config, problems: string[], warnings: string[]): void {
  if (config.recording && sharesRedis(config)) {
    warnings.push(
      'RECORDING=true records nothing where Redis is shared: a node does not know what people on others say.',
    )
  }
  const { turnSecret, turnHost, turnTls, turnPort, turnTlsPort, certPath, keyPath, rtpPorts, turnRelayPorts } = config
  if (config.mediaIp?.startsWith('127.')) {
    problems.push('MEDIA_IP must be an address that browsers reach: Janus does not use loopback.')
  }
  const isElsewhere = turnSecret !== null && turnHost !== null
  if (turnTls && !isElsewhere) {
    for (const [name, path] of [
      ['CERT_PATH', certPath],
      ['KEY_PATH', keyPath],
    ] as const) {
      if (path === null) {
        problems.push(`TURN_TLS=true needs ${name}, or TURN_HOST and TURN_SECRET of a relay that runs elsewhere.`)
      } else if (!isReadable(path)) {
        problems.push(`${name} must be a file that this process may read, but ${path} is not.`)
      }
    }
  }
  if (turnTls && turnPort === turnTlsPort) problems.push('TURN_TLS_PORT must differ from TURN_PORT.')
  if (overlap(rtpPorts, turnRelayPorts)) {
    problems.push('RTP_PORTS and TURN_RELAY_PORTS share ports: give each a range of its own.')
  }
  if (turnSecret !== null && turnSecret.length < MIN_TURN_SECRET_LENGTH) {
    warnings.push(
      `TURN_SECRET can be guessed: it has ${turnSecret.length} characters. Whoever guesses it can use the relay. ${NEW_SECRET}`,
    )
  }
  if (config.media === 'mesh' && config.janusUrls.length > 0) {
    warnings.push('JANUS_URLS is set, but MEDIA=mesh does without a media server: leave out one of them.')
  }
  if (config.turnPublic) {
    warnings.push('TURN_PUBLIC gives credentials for the relay to anybody who asks, and with them its bandwidth.')
  }
}

const overlap = ([a, b]: readonly [number, number], [c, d]: readonly [number, number]): boolean => a <= d && c <= b

function checkRooms(config: Config, problems: string[]): void {
  const tooLong = config.roomDurations.filter((minutes) => minutes > config.roomMaxMinutes)
  if (tooLong.length > 0) {
    problems.push(
      `ROOM_DURATIONS offers ${tooLong.join(' and ')} minutes, but ROOM_MAX_MINUTES is ${config.roomMaxMinutes}: raise the one or shorten the other.`,
    )
  }
}

function checkProduction(config: Config, problems: string[], warnings: string[]): void {
  if (config.corsOrigins.includes('*')) {
    problems.push('CORS_ORIGINS=* is refused in production: name the origins, such as https://chat.example.org.')
  }
  if (config.rateLimits === 'off') {
    problems.push(
      'RATE_LIMITS=off is refused in production: leave it out, and raise single limits where they are too low.',
    )
  }
  if (config.metricsToken !== null && config.metricsToken.length < MIN_METRICS_TOKEN_LENGTH) {
    problems.push(
      `METRICS_TOKEN can be guessed: it has ${config.metricsToken.length} characters, and needs at least ${MIN_METRICS_TOKEN_LENGTH}. ${NEW_SECRET}`,
    )
  }
  if (config.metricsPort !== null && config.metricsToken === null) {
    warnings.push('METRICS_PORT answers whoever reaches it: set METRICS_TOKEN, or let nobody else reach that port.')
  }
  if (!config.useHttps && config.trustProxy.kind === 'none') {
    warnings.push(
      'There is no TLS: what people write can be read on the way. Set USE_HTTPS, CERT_PATH and KEY_PATH, or put a proxy with TLS in front and name it in TRUST_PROXY.',
    )
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK)
    return true
  } catch {
    return false
  }
}
