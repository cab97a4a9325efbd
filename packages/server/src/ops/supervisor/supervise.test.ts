import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFakeClock } from '@parley/testkit/fake-clock'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createSystemClock } from '../../ids/system-clock.ts'
import { backOffMs } from './back-off.ts'
import { type Program, type Supervised, supervise } from './supervise.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-supervised-'))
  await chmod(folder, 0o755)
})
afterEach(() => rm(folder, { recursive: true }))

/** A program in a line of shell. */
const shell = (script: string, rest: Partial<Program> = {}): Program => ({
  name: 'Thing',
  command: '/bin/sh',
  args: ['-c', script],
  folder,
  probe: async () => undefined,
  ...rest,
})

const SLEEP = 'exec sleep 613'

function parts(clock = createFakeClock()) {
  const lines: string[] = []
  const write = (level: string) => (_fields: object, message: string) => void lines.push(`${level} ${message}`)
  const logger = { debug: write('debug'), info: write('info'), warn: write('warn') }
  return { clock, logger, lines, random: () => 1 }
}

const isRunning = (pid: number | null): boolean => pid !== null && existsSync(`/proc/${pid}/cwd`) && !isDead(pid)
const isDead = (pid: number): boolean => /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))

function pidOf(supervised: Supervised): number {
  const pid = supervised.pid()
  if (pid === null) throw new Error('It does not run')
  return pid
}

test('a program is up when its probe says so, and what it says is in the log', async () => {
  let serves = false
  const { clock, logger, lines, random } = parts()
  const probe = async () => {
    if (!serves) throw new Error('not yet')
  }
  await using thing = supervise(shell(`echo one; echo two >&2; ${SLEEP}`, { probe }), { clock, logger, random })
  await expect.poll(() => lines).toEqual(expect.arrayContaining(['debug one', 'debug two']))
  await clock.advance(1000)
  expect(thing.state()).toBe('starting')
  serves = true
  await clock.advance(1000)
  expect(await thing.firstTry).toBeNull()
  expect(thing.state()).toBe('up')
})

test('it is nobody, knows none of our secrets, and can get no more rights', async () => {
  vi.stubEnv('TURN_SECRET', 'do not tell')
  const { clock, logger, lines, random } = parts()
  await using thing = supervise(shell(`id -u; env; grep NoNewPrivs /proc/self/status; ${SLEEP}`), {
    clock,
    logger,
    random,
  })
  await expect.poll(() => lines.join('\n')).toMatch(/NoNewPrivs:\s+1/)
  expect(lines.join('\n')).not.toContain('do not tell')
  expect(lines).not.toContain('debug 0')
  expect(thing.pid()).not.toBeNull()
})

test('one that is killed comes back, and its last words are told', async () => {
  const { clock, logger, lines, random } = parts()
  await using thing = supervise(shell(`echo going; ${SLEEP}`), { clock, logger, random })
  await thing.firstTry
  await expect.poll(() => lines).toContain('debug going')
  const before = pidOf(thing)
  process.kill(before, 'SIGKILL')
  await expect.poll(() => thing.state()).toBe('down')
  expect(thing.pid()).toBeNull()
  expect(lines.at(-1)).toBe('warn Thing is down: it was ended by SIGKILL. It last said: going')

  await clock.advance(backOffMs(1, 1))
  await expect.poll(() => thing.state()).toBe('up')
  expect(thing.restarts()).toBe(1)
  expect(pidOf(thing)).not.toBe(before)
  expect(lines).toContain('info Thing is back')
})

test('one that ends again and again is tried at growing intervals, and never given up', async () => {
  const { clock, logger, lines, random } = parts()
  const probe = () => Promise.reject(new Error('no'))
  await using thing = supervise(shell('echo broken; exit 3', { probe }), { clock, logger, random })
  expect(await thing.firstTry).toBe('it ended with exit code 3. It last said: broken')
  for (let failures = 1; failures <= 10; failures += 1) {
    await expect.poll(() => lines.filter((line) => line.startsWith('warn'))).toHaveLength(failures)
    expect(thing.state()).toBe('down')
    await clock.advance(backOffMs(failures, 1) - 1)
    expect(thing.state()).toBe('down')
    await clock.advance(1)
  }
})

test('one that can not be prepared, or does not exist, says why', async () => {
  const { clock, logger, random } = parts()
  const prepare = () => Promise.reject(new Error('its port is taken'))
  await using unprepared = supervise(shell(SLEEP, { prepare }), { clock, logger, random })
  expect(await unprepared.firstTry).toBe('its port is taken')
  const probe = () => Promise.reject(new Error('no'))
  await using missing = supervise(
    { ...shell(SLEEP, { probe }), command: '/no/such/program' },
    { clock, logger, random },
  )
  expect(await missing.firstTry).toMatch(/not found|ENOENT/)
})

test('one that does not answer any more is killed and started again', async () => {
  let answer: Promise<unknown> = Promise.resolve()
  const { clock, logger, lines, random } = parts()
  await using thing = supervise(shell(SLEEP, { probe: () => answer }), { clock, logger, random })
  await thing.firstTry
  const before = pidOf(thing)
  process.kill(before, 'SIGSTOP')
  answer = Promise.withResolvers().promise
  await clock.advance(8000)
  await expect.poll(() => lines.at(-1)).toContain('it does not answer any more')
  expect(isRunning(before)).toBe(false)
  answer = Promise.resolve()
  await clock.advance(1000)
  await expect.poll(() => thing.state()).toBe('up')
})

test('one that never serves is killed, and tried again', async () => {
  const { clock, logger, random } = parts()
  const probe = () => Promise.reject(new Error('no'))
  await using thing = supervise(shell(SLEEP, { probe }), { clock, logger, random })
  await expect.poll(() => thing.pid()).not.toBeNull()
  await clock.advance(16_000)
  expect(await thing.firstTry).toContain('it did not serve within 15 seconds')
})

test('stopping asks first, and kills what does not listen', async () => {
  const { clock, logger, random } = parts()
  const polite = supervise(shell(SLEEP), { clock, logger, random })
  await polite.firstTry
  const politePid = pidOf(polite)
  await polite[Symbol.asyncDispose]()
  expect(polite.state()).toBe('stopped')
  expect(isRunning(politePid)).toBe(false)

  const { lines, ...stubbornParts } = parts(clock)
  const stubborn = supervise(shell('trap "" TERM; echo deaf; while :; do sleep 0.1; done'), stubbornParts)
  await expect.poll(() => lines).toContain('debug deaf')
  const stubbornPid = pidOf(stubborn)
  const stopped = stubborn[Symbol.asyncDispose]()
  await clock.advance(1900)
  expect(isRunning(stubbornPid)).toBe(true)
  await clock.advance(200)
  await stopped
  expect(isRunning(stubbornPid)).toBe(false)
})

test('stopping while it waits to start again starts nothing', async () => {
  const { clock, logger, random } = parts()
  const thing = supervise(shell('exit 1', { probe: () => Promise.reject(new Error('no')) }), { clock, logger, random })
  await thing.firstTry
  await thing[Symbol.asyncDispose]()
  expect(clock.pending).toBe(0)
  expect(thing.pid()).toBeNull()
})

test('waits grow up to half a minute, and part of each is chance', () => {
  expect([1, 2, 3, 20].map((failures) => backOffMs(failures, 1))).toEqual([200, 400, 800, 30_000])
  expect(backOffMs(20, 0)).toBe(15_000)
})

test('nothing is left when this process is killed', async () => {
  const module = new URL('supervise.ts', import.meta.url).href
  const clockModule = new URL('../../ids/system-clock.ts', import.meta.url).href
  const program = `
    const [{ supervise }, { createSystemClock }] = await Promise.all([import(${JSON.stringify(module)}), import(${JSON.stringify(clockModule)})])
    const logger = { debug() {}, info() {}, warn() {} }
    const thing = supervise(
      { name: 'Thing', command: '/bin/sh', args: ['-c', 'exec sleep 613'], folder: '/', probe: async () => undefined },
      { clock: createSystemClock(), logger })
    await thing.firstTry
    console.log(thing.pid())`
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = (await once(parent.stdout, 'data')) as [Buffer]
  const pid = Number(said.toString())
  expect(isRunning(pid)).toBe(true)
  parent.kill('SIGKILL')
  await expect.poll(() => isRunning(pid)).toBe(false)
})

test('the machine’s clock serves as well', async () => {
  const { logger, random } = parts()
  await using thing = supervise(shell(SLEEP), { clock: createSystemClock(), logger, random })
  await thing.firstTry
  process.kill(pidOf(thing), 'SIGKILL')
  await expect.poll(() => thing.restarts()).toBe(1)
})
