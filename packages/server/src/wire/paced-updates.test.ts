import { createFakeClock } from '@parley/testkit/fake-clock'
import { expect, it, vi } from 'vitest'
import { MIN_INTERVAL_MS, PacedUpdates } from './paced-updates.ts'
import type { Topic } from './topic.ts'

const topic = {} as Topic

function setUp() {
  const clock = createFakeClock(0)
  const send = vi.fn<(topic: Topic) => Promise<number>>(async () => MIN_INTERVAL_MS)
  const failed = vi.fn()
  return { clock, send, failed, updates: new PacedUpdates({ clock, send, failed }) }
}

it('sends at once, and what changes meanwhile together, after the interval', async () => {
  const { clock, send, updates } = setUp()
  updates.changed(topic)
  await clock.advance(0)
  expect(send).toHaveBeenCalledTimes(1)
  updates.changed(topic)
  updates.changed(topic)
  await clock.advance(MIN_INTERVAL_MS - 1)
  expect(send).toHaveBeenCalledTimes(1)
  await clock.advance(1)
  expect(send).toHaveBeenCalledTimes(2)
  expect(clock.pending).toBe(0)
})

it('tries again what could not be read, until it can, and tells of it once', async () => {
  const { clock, send, failed, updates } = setUp()
  const away = new Error('away')
  send.mockRejectedValue(away)
  updates.changed(topic)
  await clock.advance(30_000)
  const tries = send.mock.calls.length
  expect(tries).toBeGreaterThan(5)
  expect(tries).toBeLessThan(15)
  expect(failed.mock.calls).toEqual([[away]])
  send.mockResolvedValue(MIN_INTERVAL_MS)
  await clock.advance(5000)
  expect(send).toHaveBeenCalledTimes(tries + 1)
  expect(clock.pending).toBe(0)
})
