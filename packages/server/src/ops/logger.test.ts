import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openLoggers } from './logger.ts'
import { redact } from './redact.ts'

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1LTEifQ.c2lnbmF0dXJl-of_it'

function capture(environment: 'production' | 'development', logDir: string | null = null) {
  const written: string[] = []
  const output = { write: (line: string | Uint8Array) => written.push(String(line)) > 0 }
  const files = { logDir, logMaxMegabytes: 50, logDaily: false, logFilesKept: 10 }
  return { ...openLoggers({ environment, logLevel: 'info', ...files }, output), text: () => written.join('') }
}

describe('no token is ever written', () => {
  test.each(['production', 'development'] as const)('%s, wherever it stands', (environment) => {
    const { logger, text } = capture(environment)
    logger.info({ url: `/ws?token=${TOKEN}&x=1`, headers: { authorization: `Bearer ${TOKEN}` } }, `got ${TOKEN}`)
    logger.error({ err: new Error(`bad token ${TOKEN}`) }, 'failed')
    logger.info({ protocol: `parley.v1, bearer.${TOKEN}`, url: '/ws?token=not-even-a-jwt' }, 'handshake')
    expect(text()).toContain('[token]')
    expect(text()).not.toContain('eyJ')
    expect(text()).not.toContain('c2lnbmF0dXJl')
    expect(text()).not.toContain('not-even-a-jwt')
  })

  test('the rest of a line stays', () => {
    expect(redact(`GET /ws?token=${TOKEN}&room=abc 101`)).toBe('GET /ws?token=[token]&room=abc 101')
  })
})

describe('lines', () => {
  test('are JSON in production', () => {
    const { logger, text } = capture('production')
    logger.warn({ room: 'abc' }, 'words')
    expect(JSON.parse(text())).toMatchObject({
      level: 40,
      msg: 'words',
      room: 'abc',
      time: expect.stringMatching(/^\d{4}-/),
    })
  })

  test('are for reading in development, each on one line whatever it holds', () => {
    const { logger, text } = capture('development')
    logger.info({ name: 'A\nB\u001b[2J' }, 'joined\r')
    expect(text()).toMatch(/^\d\d:\d\d:\d\d info {2}joined\ufffd name=A\ufffdB\ufffd\[2J\n$/)
  })
})

test('the level can be changed while it runs, and security events are always written', () => {
  const { logger, security, setLevel, toggleDebug, text } = capture('production')
  logger.debug('one')
  expect(toggleDebug()).toBe('debug')
  logger.debug('two')
  expect(toggleDebug()).toBe('info')
  logger.debug('three')
  setLevel('error')
  logger.warn('four')
  security.warn('five')
  const written = text()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).msg)
  expect(written).toEqual(['two', 'five'])
})

test('LOG_DIR: everything in combined, errors in error, security events in security', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'parley-log-'))
  try {
    const { logger, security, close, text } = capture('production', directory)
    logger.info('plain')
    logger.error('broken')
    security.warn({ type: 'token-refused', token: TOKEN }, 'token refused')
    close()
    const read = async (name: string) =>
      (await readFile(join(directory, `${name}.log`), 'utf8'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).msg)
    expect(await read('combined')).toEqual(['plain', 'broken', 'token refused'])
    expect(await read('error')).toEqual(['broken'])
    expect(await read('security')).toEqual(['token refused'])
    expect(await readFile(join(directory, 'security.log'), 'utf8')).toContain('"stream":"security"')
    expect(await readFile(join(directory, 'combined.log'), 'utf8')).not.toContain('eyJ')
    expect(text().trim().split('\n')).toHaveLength(3)
  } finally {
    await rm(directory, { recursive: true })
  }
})
