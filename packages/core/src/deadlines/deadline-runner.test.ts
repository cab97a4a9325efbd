import { createFakeClock } from '@parley/testkit/fake-clock'
import { createTestCore } from '@parley/testkit/test-core'
import { expect, test } from 'vitest'
import type { Deadline } from '../ports/deadline-store.ts'
import { createDeadlineRunner } from './deadline-runner.ts'

const OPTIONS = { deadlinePollMs: 5_000, deadlineLeaseMs: 30_000 }

function startRunners(count: number) {
  const clock = createFakeClock(0)
  const { deadlines } = createTestCore().ports
  const handled: string[] = []
  const failures: unknown[] = []
  const state = { isBroken: false }
  const runners = Array.from({ length: count }, (_, node) => {
    const handle = async ({ key }: Deadline) => {
      await Promise.resolve()
      if (state.isBroken) throw new Error('out of reach')
      handled.push(`${key}@${clock.now()}#${node}`)
    }
    const runner = createDeadlineRunner({ deadlines, clock, report: (error) => failures.push(error) }, OPTIONS, handle)
    runner.start()
    return runner
  })
  const [runner] = runners
  if (!runner) throw new Error('at least one')
  return { clock, deadlines, handled, failures, state, runner, runners }
}

test('a deadline is handled at its time, once, and is gone', async () => {
  const { clock, deadlines, handled, runner } = startRunners(1)
  await runner.set({ key: 'a', at: 1_234 })
  await clock.advance(100_000)
  expect(handled).toEqual(['a@1234#0'])
  expect(await deadlines.claim(Number.MAX_SAFE_INTEGER, 1, 1)).toEqual([])
})

test('many deadlines are handled in order', async () => {
  const { clock, handled, runner } = startRunners(1)
  for (let i = 200; i > 0; i -= 1) await runner.set({ key: `k${i}`, at: i * 10 })
  await clock.advance(2_000)
  expect(handled).toEqual(Array.from({ length: 200 }, (_, i) => `k${i + 1}@${(i + 1) * 10}#0`))
})

test('several nodes handle it once', async () => {
  const { clock, handled, runner } = startRunners(3)
  for (let i = 0; i < 10; i += 1) await runner.set({ key: `k${i}`, at: 5_000 })
  await clock.advance(60_000)
  expect(handled.map((one) => one.slice(0, 2)).sort()).toEqual(Array.from({ length: 10 }, (_, i) => `k${i}`))
})

test('a deadline wakes the node that has set it, and no other', async () => {
  const { clock, deadlines, handled, runner } = startRunners(100)
  let claims = 0
  const claim = deadlines.claim.bind(deadlines)
  Object.assign(deadlines, {
    claim(...args: Parameters<typeof claim>) {
      claims += 1
      return claim(...args)
    },
  })
  for (let i = 0; i < 50; i += 1) await runner.set({ key: `k${i}`, at: 100 + i * 200 })
  await clock.advance(10_000)
  expect(handled).toHaveLength(50)
  // Two for each deadline: the second finds that nothing more is due. And each node looks every five seconds.
  expect(claims).toBeLessThanOrEqual(50 * 2 + 100 * 2 * 2)
})

test('what a node that is gone has set is handled when another one looks', async () => {
  const { clock, handled, runners } = startRunners(2)
  await runners[0]?.set({ key: 'a', at: 6_000 })
  runners[0]?.stop()
  await clock.advance(9_999)
  expect(handled).toEqual([])
  await clock.advance(1)
  expect(handled).toEqual(['a@10000#1'])
})

test('one that is moved is handled at its new time only', async () => {
  const { clock, handled, runner } = startRunners(1)
  await runner.set({ key: 'a', at: 1_000 })
  await runner.set({ key: 'a', at: 3_000 })
  await clock.advance(10_000)
  expect(handled).toEqual(['a@3000#0'])
})

test('one that is set anew while it is being handled stays set', async () => {
  const clock = createFakeClock(0)
  const { deadlines } = createTestCore().ports
  const handled: number[] = []
  const runner = createDeadlineRunner({ deadlines, clock }, OPTIONS, async ({ key, at }) => {
    handled.push(at)
    if (at === 1_000) await runner.set({ key, at: 2_000 })
  })
  runner.start()
  await runner.set({ key: 'a', at: 1_000 })
  await clock.advance(10_000)
  expect(handled).toEqual([1_000, 2_000])
})

test('one that could not be handled is handled when its claim has ended', async () => {
  const { clock, handled, failures, state, runner } = startRunners(1)
  state.isBroken = true
  await runner.set({ key: 'a', at: 1_000 })
  await clock.advance(2_000)
  expect(failures).toHaveLength(1)
  state.isBroken = false
  await clock.advance(28_999)
  expect(handled).toEqual([])
  await clock.advance(1)
  expect(handled).toEqual(['a@31000#0'])
})

test('after stop nothing is handled and no timer is left', async () => {
  const { clock, handled, runner } = startRunners(1)
  await runner.set({ key: 'a', at: 1_000 })
  runner.stop()
  await clock.advance(100_000)
  expect(handled).toEqual([])
  expect(clock.pending).toBe(0)
})
