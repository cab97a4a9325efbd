import { expect, test } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createLegRecovery } from './leg-recovery.ts'

function setUp() {
  const clock = createFakeClock()
  const steps: string[] = []
  const health: boolean[] = []
  const recovery = createLegRecovery({
    clock,
    restart: () => steps.push('restart'),
    rebuild: () => {
      steps.push('rebuild')
      recovery.begin()
    },
    onHealth: () => health.push(recovery.isHealthy),
  })
  recovery.begin()
  return { clock, health, recovery, steps }
}

test('a short gap heals by itself', async () => {
  const { clock, health, recovery, steps } = setUp()
  recovery.state('connected')
  recovery.state('disconnected')
  await clock.advance(1400)
  recovery.state('connected')
  await clock.advance(60_000)
  expect(steps).toEqual([])
  expect(health).toEqual([])
})

test('a longer one takes another way, and when there is none, a new connection', async () => {
  const { clock, health, recovery, steps } = setUp()
  recovery.state('connected')
  recovery.state('disconnected')
  await clock.advance(1500)
  expect(steps).toEqual(['restart'])
  expect(health).toEqual([false])
  await clock.advance(4000)
  expect(steps).toEqual(['restart', 'rebuild'])
  recovery.state('connecting')
  recovery.state('connected')
  expect(health).toEqual([false, true])
  await clock.advance(60_000)
  expect(steps).toHaveLength(2)
})

test('a failed one does not wait', () => {
  const { recovery, steps } = setUp()
  recovery.state('connected')
  recovery.state('failed')
  expect(steps).toEqual(['restart'])
})

test('one that never stands is replaced, ever more seldom', async () => {
  const { clock, health, steps } = setUp()
  await clock.advance(4000)
  expect(steps).toEqual(['rebuild'])
  expect(health).toEqual([false])
  await clock.advance(8000 + 16_000 + 16_000)
  expect(steps).toHaveLength(4)
})

test('a changed network is acted on at once; a connection that stands is not doubted', async () => {
  const { clock, health, recovery, steps } = setUp()
  recovery.state('connected')
  recovery.hurry()
  expect(steps).toEqual(['restart'])
  expect(health).toEqual([])
  recovery.state('disconnected')
  recovery.hurry()
  expect(steps).toEqual(['restart', 'restart'])
  expect(health).toEqual([false])
  await clock.advance(4000)
  expect(steps.at(-1)).toBe('rebuild')
})

test('one that can’t be negotiated is replaced after a moment, not in a loop', async () => {
  const { clock, recovery, steps } = setUp()
  recovery.fail()
  expect(steps).toEqual([])
  await clock.advance(1000)
  expect(steps).toEqual(['rebuild'])
  recovery.fail()
  await clock.advance(1999)
  expect(steps).toEqual(['rebuild'])
})

test('nothing happens any more once it is stopped', async () => {
  const { clock, recovery, steps } = setUp()
  recovery.stop()
  await clock.advance(60_000)
  expect(steps).toEqual([])
  expect(clock.pending).toBe(0)
})
