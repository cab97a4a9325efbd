import type { PollAnswer } from '@parley/protocol/site'
import { expect, test } from 'vitest'
import { ParleyError } from './parley-error.ts'
import { createStandby } from './standby.ts'
import { createFakeClock } from './testing/fake-clock.ts'

/** A server whose place moves with each look, and that may be away. */
function setUp() {
  const clock = createFakeClock()
  const server = { isAway: false, reads: 0 }
  const sockets = { areWhole: true }
  const read = async (): Promise<PollAnswer> => {
    server.reads += 1
    if (server.isAway) throw new ParleyError('UNAVAILABLE', 'away')
    return { events: [], cursor: `k${server.reads}`, hasMore: false, userId: 'u1', timestamp: 1 }
  }
  const standby = createStandby({ clock, random: () => 0.5, isWhole: () => sockets.areWhole, read })
  return { clock, server, sockets, standby }
}

test('a place is good when what came before it has had time to come', async () => {
  const { clock, standby } = setUp()
  standby.start()
  await clock.advance(119_000)
  expect([standby.stop(), standby.latest]).toEqual([null, 'k1'])
  standby.start()
  await clock.advance(120_000)
  expect([standby.stop(), standby.latest]).toEqual(['k2', 'k3'])
  expect(clock.pending).toBe(0)
})

test('it does not move on while a chat waits to be brought what it missed', async () => {
  const { clock, sockets, standby } = setUp()
  standby.start()
  await clock.advance(120_000)
  sockets.areWhole = false
  await clock.advance(240_000)
  expect(standby.stop()).toBe('k1')
})

test('without any place it asks again soon, and with one it does not hurry', async () => {
  const { clock, server, standby } = setUp()
  server.isAway = true
  standby.start()
  await clock.advance(5000)
  expect(server.reads).toBeGreaterThan(2)
  server.isAway = false
  await clock.advance(5000)
  expect(standby.latest).toMatch(/^k/)
  const { reads } = server
  server.isAway = true
  await clock.advance(239_000)
  expect(server.reads).toBeLessThanOrEqual(reads + 2)
  expect(standby.stop()).toBeNull()
})
