import { createFakeClock } from '@parley/testkit/fake-clock'
import { createTestCore } from '@parley/testkit/test-core'
import { expect, test } from 'vitest'
import { createLeaseTrust } from './lease-trust.ts'
import { startPresenceSweep } from './presence-sweep.ts'

test('one who can not be marked as gone keeps nobody else from being marked', async () => {
  const clock = createFakeClock(0)
  const { presence } = createTestCore().ports
  const [marked, reported]: [string[], unknown[]] = [[], []]
  for (const userId of ['ann', 'bob', 'cem'])
    await presence.enter({ conversationId: 'room', userId, sessionId: `${userId}-1` }, 1_000, null)
  const stop = startPresenceSweep(
    { presence, clock, report: (error) => reported.push(error) },
    { presenceLeaseMs: 1_000 },
    createLeaseTrust(clock, 500),
    async (_, userId) => {
      if (userId === 'bob') throw new Error('the store is away')
      marked.push(userId)
    },
  )
  await clock.advance(1_200)
  stop()
  expect([marked, reported.length]).toEqual([['ann', 'cem'], 1])
})
