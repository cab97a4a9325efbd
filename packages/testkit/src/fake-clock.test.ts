import { expect, test } from 'vitest'
import { createFakeClock } from './fake-clock.ts'

test('runs what is due in order, at its own time, and what that starts', async () => {
  const clock = createFakeClock(0)
  const log: string[] = []
  const note = (name: string) => () => log.push(`${name}@${clock.now()}`)
  clock.schedule(30, note('c'))
  clock.schedule(10, () => {
    note('a')()
    clock.schedule(20, note('b'))
  })
  clock.schedule(41, note('never'))
  await clock.advance(40)
  expect(log).toEqual(['a@10', 'b@20', 'c@30'])
  expect(clock.now()).toBe(40)
  expect(clock.pending).toBe(1)
})

test('lets promises settle before time moves on', async () => {
  const clock = createFakeClock(0)
  const log: string[] = []
  clock.schedule(10, () => {
    void Promise.resolve()
      .then(() => undefined)
      .then(() => log.push(`settled@${clock.now()}`))
  })
  clock.schedule(20, () => log.push(`second@${clock.now()}`))
  await clock.advance(20)
  expect(log).toEqual(['settled@10', 'second@20'])
})

test('does not run what was cancelled', async () => {
  const clock = createFakeClock(0)
  const log: string[] = []
  clock.schedule(10, () => log.push('cancelled'))()
  await clock.advance(20)
  expect(log).toEqual([])
})
