import pino from 'pino'
import { expect, test } from 'vitest'
import { createSecurityLog } from './security-log.ts'

function open() {
  const lines: Record<string, unknown>[] = []
  const counted: string[] = []
  const clock = { at: 1_000_000 }
  const logger = pino({ base: null, timestamp: false }, { write: (line) => lines.push(JSON.parse(line)) })
  const report = createSecurityLog({ logger, count: (type) => counted.push(type), now: () => clock.at })
  return { lines, counted, clock, report }
}

const refused = (address: string) =>
  ({ type: 'token-refused', wire: 'rest', address, detail: 'UNAUTHENTICATED' }) as const

test('says what happened, and where from', () => {
  const { lines, report } = open()
  report(refused('192.0.2.1'))
  expect(lines).toEqual([{ level: 40, ...refused('192.0.2.1'), msg: 'token refused' }])
})

test('what one address does over and over is counted, and told of as a number', () => {
  const { lines, counted, clock, report } = open()
  for (let n = 0; n < 25; n += 1) report(refused('192.0.2.1'))
  report(refused('192.0.2.2'))
  expect(lines).toHaveLength(11)
  expect(counted).toHaveLength(26)
  clock.at += 60_000
  report(refused('192.0.2.1'))
  expect(lines.slice(11)).toMatchObject([{ type: 'left-out', count: 15 }, { type: 'token-refused' }])
})

test('a crowd of addresses fills no disk either', () => {
  const { lines, counted, report } = open()
  for (let n = 0; n < 5000; n += 1) report(refused(`198.51.${n >> 8}.${n & 255}`))
  expect(lines).toHaveLength(600)
  expect(counted).toHaveLength(5000)
})

test('what comes from outside is cut short', () => {
  const { lines, report } = open()
  report({ type: 'origin-refused', wire: 'rooms', address: '192.0.2.1', detail: `https://${'x'.repeat(9000)}` })
  expect(lines[0]?.detail).toHaveLength(200)
})
