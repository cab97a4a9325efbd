import type { PollAnswer } from '@parley/protocol/site'
import { expect, test } from 'vitest'
import { ParleyError } from './parley-error.ts'
import { createStandby } from './standby.ts'
import { createFakeClock } from './testing/fake-clock.ts'

/** A server whose place moves with each look, and that may be away. */
function setUp() {
  const clock = createFakeClock()
  const server = { isAway: false, reads: 0 }
  const read = async (): Promise<PollAnswer> => {
    server.reads += 1
    if (server.isAway) throw new ParleyError('UNAVAILABLE', 'away')
    return { events: [], cursor: `k${server.reads}`, hasMore: false, userId: 'u1', timestamp: 1 }
  }
  return { clock, server, standby: createStandby({ clock, random: () => 0.5, read }) }
}

test('takes a place at once, and moves to one only when what came before it has had time to come', async () => {
  const { clock, server, standby } = setUp()
  standby.start(null)
  await clock.advance(0)
  await clock.advance(120_000)
  expect(server.reads).toBe(2)
  await clock.advance(120_000)
  expect(standby.stop()).toBe('k2')
  expect(clock.pending).toBe(0)
})

test('goes on from the place that is known, and does not hurry when the next one does not come', async () => {
  const { clock, server, standby } = setUp()
  server.isAway = true
  standby.start('k0')
  await clock.advance(119_000)
  expect(server.reads).toBe(1)
  expect(standby.stop()).toBe('k0')
})

test('without a place it asks again soon', async () => {
  const { clock, server, standby } = setUp()
  server.isAway = true
  standby.start(null)
  await clock.advance(5000)
  expect(server.reads).toBeGreaterThan(2)
  server.isAway = false
  await clock.advance(5000)
  expect(standby.stop()).toMatch(/^k/)
})
