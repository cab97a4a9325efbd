import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { parseConfig } from '@parley/server/config'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const DEPLOYED = join(ROOT, 'deploy/systemd')
const SERVICES = ['parley.service', 'parley@.service']
const MAX_EXPOSURE = 1.5
/** What comes after the connections are gone: answers under way, Janus, coturn, stores. */
const AFTER_DRAIN_S = 30

const read = (name: string): string => readFileSync(join(DEPLOYED, name), 'utf8')

/** The units, as they are but for where Parley is. */
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-units-'))
  for (const name of readdirSync(DEPLOYED).filter((file) => /\.(service|target)$/.test(file))) {
    writeFileSync(join(folder, name), read(name).replaceAll('/opt/parley', ROOT))
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

function analyze(...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync('systemd-analyze', args, { encoding: 'utf8' })
  if (error !== undefined) throw error
  expect(`${stderr}${status}`).toBe('0')
  return stdout
}

test('systemd understands every unit', () => {
  const units = [...SERVICES, 'parley.target']
  analyze('verify', '--man=no', ...units.map((name) => join(folder, name)))
})

describe.each(SERVICES)('%s', (name) => {
  const setting = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(read(name))?.[1] ?? ''

  test('gives away little of the machine', () => {
    const rating = analyze('security', '--offline=yes', '--no-pager', join(folder, name))
    const exposure = Number(/exposure level[^:]*: ([\d.]+)/.exec(rating)?.[1])
    expect(exposure).toBeLessThanOrEqual(MAX_EXPOSURE)
  })

  test('waits for as long as the server takes to stop', () => {
    const { config } = parseConfig({})
    expect(Number(setting('TimeoutStopSec')) * 1000).toBeGreaterThanOrEqual(
      config.shutdownTimeoutMs + AFTER_DRAIN_S * 1000,
    )
    expect(setting('KillMode')).toBe('mixed')
  })
})

test('one node and several differ in name, port, folders and who starts them alone', () => {
  const lines = (name: string): string[] =>
    read(name)
      .split('\n')
      .filter((line) => !/^#|^PartOf=|^WantedBy=/.test(line))
      .map((line) => line.replace(/ on port %i|PORT=%i |-%i/g, ''))
  expect(lines('parley@.service')).toEqual(lines('parley.service'))
})

test('the settings are accepted without a word, once there is a secret', () => {
  const secret = 'zqk3F7xv1mTn8Wc5Rj2Lh9Yd4Bs6Gp0Ae-uiOX'
  const { warnings } = parseConfig({ ...parseEnv(read('parley.env')), NODE_ENV: 'production', JWT_SECRET: secret })
  expect(warnings).toEqual([])
})
