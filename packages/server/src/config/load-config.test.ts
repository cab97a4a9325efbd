import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { readCommandLine } from './command-line.ts'
import { ConfigError } from './config-error.ts'
import { helpText } from './describe-config.ts'
import { type Env, loadConfig, parseConfig } from './load-config.ts'
import { OPTIONS } from './options.ts'
import { redisAddressOf } from './redis-address.ts'
import { REFERENCE_FILES, REPOSITORY } from './reference-files.ts'

const strong = (): string => randomBytes(36).toString('base64')
const production = (env: Env = {}): Env => ({ NODE_ENV: 'production', TRUST_PROXY: '1', JWT_SECRET: strong(), ...env })

function problemsOf(env: Env): readonly string[] {
  try {
    parseConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('defaults', () => {
  test('development needs no configuration at all', () => {
    const { config, warnings } = parseConfig({})
    expect(config).toMatchObject({ environment: 'development', host: '127.0.0.1', port: 3010, jwtSecrets: [] })
    expect(warnings).toEqual([])
  })

  test('production listens on every address', () => {
    expect(parseConfig(production()).config.host).toBe('0.0.0.0')
  })

  test('a name set to nothing counts as not set', () => {
    expect(parseConfig({ PORT: '', HOST: '  ' }).config).toMatchObject({ port: 3010, host: '127.0.0.1' })
  })

  test('every default is a value that its own type reads back', () => {
    for (const option of Object.values(OPTIONS)) {
      if (typeof option.default === 'function' || option.default === null || option.defaultText !== undefined) continue
      const type = option.type as { parse(text: string): unknown; format(value: unknown): string }
      expect(type.parse(type.format(option.default)), option.env[0]).toEqual(option.default)
    }
  })
})

describe('mistakes', () => {
  test('all of them are told at once, each with what to write instead', () => {
    const problems = problemsOf({
      PORT: 'http',
      RATE_LIMITS: 'maybe',
      TRUST_PROXY: '10.0.0.0/99',
      CORS_ORIGINS: 'https://a.example/path',
      USE_HTTPS: 'true',
      ROOM_DURATIONS: '15,600',
    })
    expect(problems).toEqual(
      [
        expect.stringMatching(/^CORS_ORIGINS must be origins such as .*, but "https:\/\/a\.example\/path" is not\.$/),
        expect.stringMatching(/^TRUST_PROXY must be the number of proxies in front/),
        'PORT must be a whole number from 0 to 65535, but "http" is not.',
        'RATE_LIMITS must be on or off, but "maybe" is not.',
        'USE_HTTPS=true needs CERT_PATH: the path of a PEM file.',
        'USE_HTTPS=true needs KEY_PATH: the path of a PEM file.',
        'ROOM_DURATIONS offers 600 minutes, but ROOM_MAX_MINUTES is 240: raise the one or shorten the other.',
      ].sort((a, b) => order(problems, a) - order(problems, b)),
    )
    expect(problems).toHaveLength(7)
  })

  test.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '3e3'],
    ['PORT', '0x10'],
    ['MAX_IDLE_TIME', '30m'],
    ['METRICS_ENABLED', 'maybe'],
    ['NODE_ENV', 'staging'],
    ['CORS_ORIGINS', 'chat.example.org'],
    ['CORS_ORIGINS', ','],
    ['TRUST_PROXY', 'proxy.example.org'],
    ['ROOM_DURATIONS', '15;30'],
    ['LOG_LEVEL', 'loud'],
  ])('%s=%s is refused', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringContaining(`${name} must be`)])
  })

  test('a secret is never shown', () => {
    const text = problemsOf({ NODE_ENV: 'production', JWT_SECRET: 'hunter2hunter2', METRICS_TOKEN: 'letmein' }).join()
    expect(text).toContain('JWT_SECRET')
    expect(text).not.toContain('hunter2')
  })

  test('unreadable certificate files are named', () => {
    const problems = problemsOf({ USE_HTTPS: 'yes', CERT_PATH: '/nowhere/cert.pem', KEY_PATH: '/nowhere/key.pem' })
    expect(problems).toEqual([
      expect.stringContaining('/nowhere/cert.pem'),
      expect.stringContaining('/nowhere/key.pem'),
    ])
  })
})

/** So that the expectation above names every problem without fixing the order of the table. */
const order = (problems: readonly string[], wanted: unknown): number =>
  problems.findIndex((problem) =>
    typeof wanted === 'string'
      ? problem === wanted
      : (wanted as { asymmetricMatch(x: unknown): boolean }).asymmetricMatch(problem),
  )

describe('aliases', () => {
  test('mean exactly the same', () => {
    const { config } = parseConfig({ WS_PORT: '4000', WS_HOST: '::1', CORS_ORIGIN: 'https://a.example' })
    expect(config).toMatchObject({ port: 4000, host: '::1', corsOrigins: ['https://a.example'] })
  })

  test('may be set beside the canonical name when they agree', () => {
    expect(parseConfig({ PORT: '4000', WS_PORT: ' 4000' }).config.port).toBe(4000)
  })

  test('that differ from the canonical name are an error', () => {
    expect(problemsOf({ PORT: '4000', WS_PORT: '4001' })).toEqual([
      'PORT=4000 and WS_PORT=4001 mean the same setting but differ: keep one of them.',
    ])
  })
})

describe('production', () => {
  test.each(['*', 'socket.io*', 'express,engine', 'engine:ws'])('refuses DEBUG=%s, which logs tokens', (DEBUG) => {
    expect(problemsOf(production({ DEBUG }))).toEqual([expect.stringMatching(/^DEBUG=.* tokens and messages/)])
    expect(parseConfig({ DEBUG }).warnings).toHaveLength(1)
  })

  test.each(['express', 'true', '-socket.io*', undefined])('does not mind DEBUG=%s', (DEBUG) => {
    expect(problemsOf(production({ DEBUG }))).toEqual([])
  })

  test('refuses a token for metrics that can be guessed, and says when their port is open to all', () => {
    expect(problemsOf(production({ METRICS_TOKEN: 'prometheus' }))).toEqual([
      expect.stringMatching(/^METRICS_TOKEN can be guessed/),
    ])
    const { warnings } = parseConfig(production({ METRICS_PORT: '9100' }))
    expect(warnings).toEqual([expect.stringContaining('METRICS_PORT answers whoever reaches it')])
    expect(parseConfig(production({ METRICS_PORT: '9100', METRICS_TOKEN: strong() })).warnings).toEqual([])
  })

  test("refuses an operator's token that can be guessed, and warns of it elsewhere", () => {
    expect(problemsOf(production({ ADMIN_TOKEN: 'only-twenty-characters' }))).toEqual([
      expect.stringMatching(/^ADMIN_TOKEN can be guessed: it has 22 characters, and needs at least 32/),
    ])
    expect(problemsOf(production({ ADMIN_TOKEN: strong() }))).toEqual([])
    expect(parseConfig({ ADMIN_TOKEN: 'letmein' }).warnings).toEqual([expect.stringMatching(/^ADMIN_TOKEN can be/)])
  })

  test('starts with a real secret', () => {
    expect(problemsOf(production())).toEqual([])
  })

  test('refuses to start without a secret', () => {
    expect(problemsOf(production({ JWT_SECRET: undefined }))).toEqual([expect.stringMatching(/^JWT_SECRET is missing/)])
  })

  test.each([
    ['too short', 'Jq3x9Tz7'],
    ['31 characters', randomBytes(32).toString('base64url').slice(0, 31)],
    ['one character', 'a'.repeat(40)],
    ['few characters', 'abcabcddabbcaddcbbacddabcabcabdd'],
    ['a repetition', 'k3Jx9-Qw7z'.repeat(4)],
    ['a sequence', 'abcdefghijklmnopqrstuvwxyz012345'],
    ['a known default', 'your-super-secret-jwt-key-change-in-production'],
    ['a known default', 'change-me-please-change-me-please-1234'],
    ['one of several', `${randomBytes(36).toString('base64url')},your-secret-key-at-least-32-characters-long`],
  ])('refuses a secret that is %s', (_why, secret) => {
    expect(problemsOf(production({ JWT_SECRET: secret }))).toEqual([
      expect.stringMatching(/^JWT_SECRET.* can be guessed/),
    ])
  })

  test('takes random secrets of every usual make', () => {
    for (let round = 0; round < 500; round += 1) {
      for (const encoding of ['hex', 'base64', 'base64url'] as const) {
        const secret = randomBytes(24).toString(encoding)
        expect(problemsOf(production({ JWT_SECRET: secret })), secret).toEqual([])
      }
    }
  })

  test('refuses every origin at once, and no limits', () => {
    expect(problemsOf(production({ CORS_ORIGINS: '*', RATE_LIMITS: 'off' }))).toEqual([
      expect.stringMatching(/^CORS_ORIGINS=\* is refused/),
      expect.stringMatching(/^RATE_LIMITS=off is refused/),
    ])
  })

  test('says so when there is no TLS', () => {
    expect(parseConfig(production({ TRUST_PROXY: undefined })).warnings).toEqual([expect.stringContaining('no TLS')])
  })
})

describe('where Redis is', () => {
  const here = { REDIS_HOST: '127.0.0.1' }
  const differs = 'REDIS_URL and REDIS_HOST, with REDIS_PORT and REDIS_PASSWORD, mean the same setting but differ'

  test('is said by REDIS_HOST too, with its port and password', () => {
    const { config } = parseConfig({ ...here, REDIS_PORT: '6380', REDIS_PASSWORD: 'p@ss' })
    expect(redisAddressOf(config)).toEqual({ kind: 'server', url: 'redis://:p%40ss@127.0.0.1:6380' })
    expect(redisAddressOf(parseConfig(here).config)).toEqual({ kind: 'server', url: 'redis://127.0.0.1:6379' })
  })

  test.each([
    ['redis://127.0.0.1', here],
    ['redis://127.0.0.1:6379/', here],
    ['redis://127.0.0.1:6379/0', { ...here, REDIS_PORT: '6379' }],
    ['redis://REDIS.example:6380', { REDIS_HOST: 'redis.example', REDIS_PORT: '6380' }],
    ['redis://:p%40ss@127.0.0.1', { ...here, REDIS_PASSWORD: 'p@ss' }],
    ['redis://default:p%40ss@127.0.0.1', { ...here, REDIS_PASSWORD: 'p@ss' }],
    ['redis://:100%@127.0.0.1', { ...here, REDIS_PASSWORD: '100%' }],
    ['redis://[fd00::2]', { REDIS_HOST: 'fd00::2' }],
  ])('may be said twice alike: %s', (url, alias) => {
    const { config, warnings } = parseConfig({ REDIS_URL: url, ...alias })
    expect([redisAddressOf(config), warnings]).toEqual([{ kind: 'server', url }, []])
  })

  test.each([
    ['redis://127.0.0.2', here],
    ['redis://127.0.0.1:6380', here],
    ['redis://127.0.0.1', { ...here, REDIS_PORT: '6380' }],
    ['redis://127.0.0.1/1', here],
    ['rediss://127.0.0.1', here],
    ['redis://ann:secret@127.0.0.1', { ...here, REDIS_PASSWORD: 'secret' }],
    ['redis://:secret@127.0.0.1', { ...here, REDIS_PASSWORD: 'another' }],
    ['redis://:secret@127.0.0.1', here],
    ['redis://127.0.0.1,redis://127.0.0.2', here],
    ['redis+sentinel://127.0.0.1/parley', here],
  ])('may not be said in two ways that differ: %s', (url, alias) => {
    expect(() => parseConfig({ REDIS_URL: url, ...alias })).toThrow(differs)
  })
})

describe('nodes and workers', () => {
  test('auto is one worker for each core that the process may use', () => {
    const { config } = parseConfig({ WORKERS: 'auto', REDIS_URL: 'redis://127.0.0.1' })
    expect(config.workers).toBe(availableParallelism())
  })

  test('several workers need Redis', () => {
    expect(() => parseConfig({ WORKERS: '2' })).toThrow('WORKERS=2 needs REDIS_URL')
    expect(() => parseConfig({ WORKERS: '0' })).toThrow('WORKERS must be a whole number from 1 to 256, or auto')
  })

  test('an address that is none for others is refused', () => {
    expect(() => parseConfig({ NODE_HOST: '0.0.0.0' })).toThrow('NODE_HOST must be the address')
  })
})

describe('warnings', () => {
  test('in development a weak secret is one', () => {
    expect(parseConfig({ JWT_SECRET: 'short' }).warnings).toEqual([expect.stringContaining('has 5 characters')])
  })

  test('recording beside Redis is one', () => {
    const { warnings } = parseConfig({ RECORDING: 'on', REDIS_URL: 'redis://127.0.0.1' })
    expect(warnings).toEqual([expect.stringContaining('RECORDING=true records nothing')])
    expect(parseConfig({ RECORDING: 'on' }).warnings).toEqual([])
  })

  test('workers on one SQLite file are, and none on a database server', () => {
    const several = { WORKERS: '2', REDIS_URL: 'redis://127.0.0.1' }
    expect(parseConfig(several).warnings).toEqual([expect.stringMatching(/^WORKERS share one SQLite file/)])
    expect(parseConfig({ ...several, DATABASE_URL: 'postgres://parley@127.0.0.1/parley' }).warnings).toEqual([])
  })

  test('unknown PARLEY_ names are told, with the name that was meant', () => {
    expect(parseConfig({ PARLEY_PORT: '1', PARLEY_X: '1' }).warnings).toEqual([
      'PARLEY_PORT is set, but there is no such setting: write PORT instead.',
      'PARLEY_X is set, but there is no such setting: --help lists the names that there are.',
    ])
  })
})

describe('media', () => {
  test('servers and ports are read', () => {
    const { config } = parseConfig({
      JANUS_URLS: 'ws://10.0.0.5:8188, ws+unix:/run/janus/api:/',
      TURN_HOST: 'turn.example.org',
      RTP_PORTS: '30000-30999',
      STUN_URLS: 'stun:stun.example.org:3478',
    })
    expect(config).toMatchObject({
      media: 'auto',
      janusUrls: ['ws://10.0.0.5:8188', 'ws+unix:/run/janus/api:/'],
      turnHost: 'turn.example.org',
      rtpPorts: [30_000, 30_999],
      turnTtlS: 3600,
      turnPublic: false,
    })
  })

  test.each([
    { JANUS_URLS: 'http://10.0.0.5' },
    { TURN_HOST: 'https://turn.example.org' },
    { RTP_PORTS: '30999-30000' },
    { RTP_PORTS: '80-90' },
    { MEDIA_IP: 'media.example.org' },
    { MEDIA_IP: '127.0.0.1' },
    { RTP_PORTS: '21500-22000' },
    { TURN_TLS: 'true', CERT_PATH: '/nowhere.pem', KEY_PATH: '/nowhere.pem', TURN_TLS_PORT: '3478' },
  ])('%o is refused', (env) => {
    expect(problemsOf(env)).not.toEqual([])
  })

  test('TLS for a relay that is started here needs a certificate; elsewhere it has its own', () => {
    expect(problemsOf({ TURN_TLS: 'true' })).toEqual([
      expect.stringContaining('TURN_TLS=true needs CERT_PATH'),
      expect.stringContaining('TURN_TLS=true needs KEY_PATH'),
    ])
    const elsewhere = { TURN_TLS: 'true', TURN_HOST: 'turn.example.org', TURN_SECRET: 'a secret of twenty letters' }
    expect(parseConfig(elsewhere).config.turnTls).toBe(true)
  })

  test('a short secret, and credentials for everybody, are warned of', () => {
    expect(parseConfig({ TURN_SECRET: 'short', TURN_PUBLIC: 'true' }).warnings).toEqual([
      expect.stringContaining('TURN_SECRET can be guessed'),
      expect.stringContaining('TURN_PUBLIC gives'),
    ])
  })
})

describe('a site that has users', () => {
  test('every key is one alone, or one with scopes', () => {
    const { apiKeys } = parseConfig({ API_KEY: 'abc==, def=messages+users ,g+/h=revoke,i==conversations' }).config
    expect(apiKeys).toEqual([
      { key: 'abc==', scopes: ['conversations', 'messages', 'users', 'revoke'] },
      { key: 'def', scopes: ['messages', 'users'] },
      { key: 'g+/h', scopes: ['revoke'] },
      { key: 'i=', scopes: ['conversations'] },
    ])
  })

  test.each(['key=everything', 'key=messages+mesages', 'key=', 'two words', ',', '=messages'])(
    'API_KEY=%s is refused, and not shown',
    (value) => {
      const problems = problemsOf({ API_KEY: value })
      // What ends in an equals sign is a key in Base64.
      if (value === 'key=') expect(problems).toEqual([])
      else expect(problems).toEqual([expect.stringMatching(/^API_KEY must be .*, but what is set is not\.$/)])
    },
  )

  test('production refuses keys that can be guessed', () => {
    expect(problemsOf(production({ API_KEY: `${strong()},hunter2` }))).toEqual([
      expect.stringMatching(/^API_KEY \(number 2\) can be guessed/),
    ])
    expect(problemsOf(production({ API_KEY: `${strong()},${strong()}=messages` }))).toEqual([])
    expect(parseConfig({ API_KEY: 'hunter2' }).warnings).toEqual([expect.stringContaining('API_KEY can be guessed')])
  })

  test.each([
    ['sqlite:./chat.db', true],
    ['postgres://u:p@h:5432/d', true],
    ['postgresql://u@h/d', true],
    ['mysql://u:p@h/d?ssl=true', true],
    ['mariadb://h/d', true],
    ['mongodb://h/d', false],
    ['h:5432/d', false],
    ['sqlite:', false],
  ])('DATABASE_URL=%s: %s', (value, isGood) => {
    const problems = problemsOf({ DATABASE_URL: value })
    expect(problems).toEqual(isGood ? [] : [expect.stringMatching(/^DATABASE_URL must be/)])
  })

  test('a database is never shown: its password is in its name', () => {
    expect(problemsOf({ DATABASE_URL: 'mongodb://u:hunter2@h/d' }).join()).not.toContain('hunter2')
  })

  test('a path to ask at needs the site that it is on', () => {
    expect(problemsOf({ TOKEN_VERIFY_URL: '/api/me' })).toEqual([expect.stringContaining('MAIN_SITE_URL is needed')])
    expect(problemsOf({ TOKEN_VERIFY_URL: '/api/me', MAIN_SITE_URL: 'https://www.example.org' })).toEqual([])
    expect(problemsOf({ TOKEN_VERIFY_URL: 'https://www.example.org/api/me' })).toEqual([])
  })

  test('no issuer bears the name of our own tokens', () => {
    expect(problemsOf({ JWT_ISSUER: 'urn:parley:guest' })).toEqual([expect.stringContaining('JWT_ISSUER')])
  })

  test('keys that come in the clear from another machine are warned of', () => {
    const warnings = (url: string) => parseConfig(production({ JWT_JWKS_URL: url })).warnings
    expect(warnings('http://id.example.org/keys')).toEqual([expect.stringContaining('JWT_JWKS_URL is not https')])
    expect(warnings('https://id.example.org/keys')).toEqual([])
    expect(warnings('http://127.0.0.1:3000/keys')).toEqual([])
  })
})

describe('the command line', () => {
  test('wins over the environment', () => {
    const { help, settings } = readCommandLine(['serve', '--role', 'api'])
    expect(help).toBe(false)
    expect(loadConfig(settings, { ROLE: 'all' }, tmpdir()).config.role).toBe('api')
  })

  test('asks for help', () => {
    expect(readCommandLine(['-h'])).toMatchObject({ command: 'serve', help: true, installMedia: false, settings: {} })
    expect(readCommandLine(['--install-media'])).toMatchObject({ help: false, installMedia: true, settings: {} })
  })

  test('asks for the doctor', () => {
    const asked = readCommandLine(['doctor', '--json', '--url', 'https://chat.example.org'])
    expect(asked).toMatchObject({ command: 'doctor', json: true, url: new URL('https://chat.example.org') })
    expect(readCommandLine(['doctor'])).toMatchObject({ command: 'doctor', json: false, url: null })
  })

  test.each([
    ['--rolle', 'api'],
    ['start'],
    ['serve', 'doctor'],
    ['--role'],
    ['--json'],
    ['doctor', '--url', 'chat.example.org'],
    ['doctor', '--install-media'],
  ])('refuses %s', (...args) => {
    expect(() => readCommandLine(args)).toThrow(ConfigError)
  })
})

describe('the .env file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'parley-config-'))
  afterEach(() => rmSync(join(directory, '.env'), { force: true }))

  test('is read, and the environment wins', () => {
    writeFileSync(join(directory, '.env'), 'PORT=4000\nHOST=::1\n# LOG_LEVEL=silent\n')
    expect(loadConfig({}, { PORT: '4001' }, directory).config).toMatchObject({
      port: 4001,
      host: '::1',
      logLevel: 'info',
    })
  })

  test('may be absent', () => {
    expect(loadConfig({}, {}, directory).config.port).toBe(3010)
  })

  test('may be the example as it is', () => {
    writeFileSync(join(directory, '.env'), readFileSync(join(REPOSITORY, '.env.example')))
    expect(loadConfig({}, {}, directory)).toEqual(parseConfig({}))
  })

  test('may be the example with every line uncommented', () => {
    const lines = readFileSync(join(REPOSITORY, '.env.example'), 'utf8').replace(/^#(?=[A-Z_]+=)/gm, '')
    writeFileSync(join(directory, '.env'), lines)
    expect(loadConfig({}, {}, directory).config).toEqual(parseConfig({}).config)
  })
})

describe('what is generated from the table', () => {
  test.each(REFERENCE_FILES)(
    '$path is up to date (node packages/server/src/config/write-reference.ts)',
    ({ path, content }) => {
      expect(readFileSync(join(REPOSITORY, path), 'utf8')).toBe(content())
    },
  )

  test('--help names every option', () => {
    const help = helpText()
    for (const { env } of Object.values(OPTIONS)) for (const name of env) expect(help).toContain(name)
  })
})
