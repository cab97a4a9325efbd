import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type LogFile, openLogFile, type Rotation } from './log-file.ts'

const DAY_MS = 86_400_000
const LINE = `${'x'.repeat(99)}\n`

let folder = ''
let laterMs = 0
const opened: LogFile[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-log-'))
  laterMs = 0
})
afterEach(() => {
  for (const file of opened.splice(0)) file.close()
  rmSync(folder, { recursive: true })
})

const path = (): string => join(folder, 'x.log')
const lines = (name: string): number => readFileSync(join(folder, name), 'utf8').trim().split('\n').length
function open(rotation: Partial<Rotation> = {}): LogFile {
  const whole = { maxBytes: 1000, isDaily: false, kept: 2, ...rotation }
  const file = openLogFile(path(), whole, () => Date.now() + laterMs)
  opened.push(file)
  return file
}
/** Each of them a while after the one before. */
function write(file: LogFile, count: number): void {
  for (let written = 0; written < count; written++) {
    laterMs += 1000
    file.write(LINE)
  }
}

describe('a full file', () => {
  test('is put aside, whole lines each, and so many are kept', () => {
    write(open(), 45)
    expect(readdirSync(folder).sort()).toEqual(['x.log', 'x.log.1', 'x.log.2'])
    expect([lines('x.log'), lines('x.log.1'), lines('x.log.2')]).toEqual([5, 10, 10])
  })

  test('is found by a server that starts again', () => {
    write(open({ maxBytes: null }), 10)
    write(open(), 1)
    expect([lines('x.log'), lines('x.log.1')]).toEqual([1, 10])
  })

  test('is looked for in a burst as well', () => {
    const file = open({ maxBytes: 65_536 })
    for (let written = 0; written < 2000; written++) file.write(LINE)
    expect(readdirSync(folder)).toContain('x.log.1')
    expect(lines('x.log.1')).toBeLessThan(1400)
  })

  test('may grow without end, if so wished', () => {
    write(open({ maxBytes: null }), 100)
    expect(readdirSync(folder)).toEqual(['x.log'])
  })

  test('is just deleted when none is kept', () => {
    write(open({ kept: 0 }), 15)
    expect(readdirSync(folder)).toEqual(['x.log'])
    expect(lines('x.log')).toBe(5)
  })
})

test('daily: put aside when the day is over, and not before', () => {
  const file = open({ isDaily: true, maxBytes: null })
  file.write(LINE)
  laterMs = DAY_MS
  file.write(LINE)
  laterMs += 1000
  file.write(LINE)
  expect([lines('x.log'), lines('x.log.1')]).toEqual([2, 1])
})

describe('two processes on one file', () => {
  test('lose no line, and go on in the same new one', () => {
    const files = [open({ kept: 100 }), open({ kept: 100 })]
    for (let round = 0; round < 50; round++) for (const file of files) write(file, 1)
    const kept = readdirSync(folder)
    expect(kept.reduce((sum, name) => sum + lines(name), 0)).toBe(100)
    expect(kept.length).toBeLessThanOrEqual(11)
  })
})

test('a file that somebody moves away is begun anew, at once when told', () => {
  const file = open()
  file.write(LINE)
  renameSync(path(), join(folder, 'moved'))
  file.reopen()
  file.write(LINE)
  expect([lines('moved'), lines('x.log')]).toEqual([1, 1])
  renameSync(path(), join(folder, 'moved-too'))
  write(file, 1)
  expect(lines('x.log')).toBe(1)
})

test('a folder that is gone stops nobody, and lines are kept again once it is back', () => {
  const file = open()
  rmSync(folder, { recursive: true })
  write(file, 3)
  expect(existsSync(folder)).toBe(false)
  mkdirSync(folder)
  write(file, 2)
  expect(lines('x.log')).toBe(2)
})
