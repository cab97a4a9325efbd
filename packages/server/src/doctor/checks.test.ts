import { readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parseConfig } from '../config/index.ts'
import { checkClock, compareClock } from './check-clock.ts'
import { checkMachine } from './check-machine.ts'
import { checkSecrets } from './check-secrets.ts'
import { checkChain } from './check-tls.ts'

const SECRET = 'zqk3F7xv1mTn8Wc5Rj2Lh9Yd4Bs6Gp0Ae-uiOX'
const GIGABYTE = 1024 ** 3
const pem = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../http/fixtures/${name}.pem`, import.meta.url)), 'utf8')

describe('the machine', () => {
  const good = { nodeVersion: '24.21.0', fileLimit: 100_000, memoryBytes: 4 * GIGABYTE, processors: 2 }

  test('is well', () => {
    expect(checkMachine(good).map(({ outcome }) => outcome)).toEqual(['well', 'well', 'well'])
  })

  test.each([
    ['an old Node', { nodeVersion: '22.17.1' }, 'node', 'wrong'],
    ['another Node', { nodeVersion: '22.18.0' }, 'node', 'note'],
    ['few files', { fileLimit: 1024 }, 'files', 'wrong'],
    ['not many files', { fileLimit: 20_000 }, 'files', 'note'],
    ['little memory', { memoryBytes: GIGABYTE / 2 }, 'memory', 'note'],
  ])('with %s', (_what, change, id, outcome) => {
    const finding = checkMachine({ ...good, ...change }).find((found) => found.id === id)
    expect(finding).toMatchObject({ outcome, advice: expect.any(String) })
  })
})

describe('a certificate', () => {
  const own = pem('localhost-cert')
  const now = Date.UTC(2027, 0, 1)

  test('that nobody signed is told, with its names', () => {
    expect(checkChain(own, now)).toMatchObject({
      outcome: 'note',
      found: expect.stringContaining('localhost, 127.0.0.1'),
    })
  })

  test.each([
    ['that ended', own, Date.UTC(2200, 0, 1), 'ended on'],
    ['that is not yet good', own, Date.UTC(2020, 0, 1), 'begins on'],
    ['in a chain that is broken', own + pem('renewed-cert'), now, 'did not sign it'],
    ['that is none', 'nothing', now, 'holds no certificate'],
  ])('%s is wrong', (_what, text, at, found) => {
    expect(checkChain(text, at)).toMatchObject({ outcome: 'wrong', found: expect.stringContaining(found) })
  })
})

describe('the clock', () => {
  const other = (aheadMs: number) => compareClock('PostgreSQL', 1_000_000 + aheadMs, 1_000_000, 1_000_000)

  test.each([
    [100, 'well', 'In step with PostgreSQL'],
    [-5000, 'note', '5.0 s ahead of PostgreSQL'],
    [40_000, 'wrong', '40.0 s behind PostgreSQL'],
  ])('%d ms away', (aheadMs, outcome, found) => {
    expect(checkClock([other(0), other(aheadMs)])).toMatchObject({ outcome, found: expect.stringContaining(found) })
  })

  test('the way there is not counted', () => {
    expect(checkClock([compareClock('far away', 1_000_000, 1_000_000, 1_010_000)])).toMatchObject({ outcome: 'well' })
  })
})

test('a data folder that others can read, with secrets in it, is wrong; one of its own is well', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-data-'))
  const { config } = parseConfig({ NODE_ENV: 'production', JWT_SECRET: SECRET, DATA_DIR: folder })
  await writeFile(join(folder, 'parley.db'), '', { mode: 0o644 })
  await chmod(folder, 0o755)
  expect(checkSecrets(config)).toMatchObject([
    { outcome: 'well' },
    { outcome: 'wrong', advice: `Run: chmod -R o= ${folder}` },
  ])
  await chmod(folder, 0o750)
  expect(checkSecrets(config)).toMatchObject([{ outcome: 'well' }, { outcome: 'well' }])
  await rm(folder, { recursive: true })
})
