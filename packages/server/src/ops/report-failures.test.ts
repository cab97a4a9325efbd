import { DomainError } from '@parley/core'
import { expect, test } from 'vitest'
import { createFailureReport } from './report-failures.ts'

function setUp() {
  const lines: (readonly [string, unknown, string])[] = []
  const logger = {
    warn: (fields: unknown, text: string) => lines.push(['warn', fields, text]),
    error: (fields: unknown, text: string) => lines.push(['error', fields, text]),
  }
  const clock = { now: 0 }
  return { lines, clock, report: createFailureReport(logger as never, () => clock.now) }
}

test('a mistake is told each time, with all that is known of it', () => {
  const { lines, report } = setUp()
  const mistake = new TypeError('no such thing')
  report(mistake)
  report(mistake)
  expect(lines).toEqual(Array(2).fill(['error', { err: mistake }, 'something failed that nobody waits for']))
})

test('what waits while a store is away is told in one line now and then', () => {
  const { lines, clock, report } = setUp()
  const away = new DomainError('UNAVAILABLE', 'The store does not answer.')
  for (let n = 0; n < 50; n += 1) report(away)
  clock.now = 10_000
  report(away)
  expect(lines.map(([level, fields]) => [level, fields])).toEqual([
    ['warn', { reason: away.message, count: 1 }],
    ['warn', { reason: away.message, count: 50 }],
  ])
})
