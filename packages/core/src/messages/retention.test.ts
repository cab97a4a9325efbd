import { createTestCore, personOf } from '@parley/testkit/test-core'
import { expect, test } from 'vitest'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

test('what is older than it is kept goes within the hour', async () => {
  const core = createTestCore({ retentionDays: 30 })
  const usual = await core.openGroup(['ann'])
  const short = await core.openGroup(['ann'], { retentionDays: 7 })
  for (const id of [usual, short]) for (let n = 0; n < 1_100; n += 1) await core.say('ann', id, 'old')
  const countIn = async (conversationId: string) => {
    let count = 0
    for (let after = 0, hasMore = true; hasMore; ) {
      const page = await core.history(personOf('ann'), { conversationId, after, limit: 100 })
      count += page.messages.length
      after = page.messages.at(-1)?.seq ?? after
      ;({ hasMore } = page)
    }
    return count
  }
  await core.clock.advance(7 * DAY_MS)
  await core.say('ann', short, 'new')
  expect(await countIn(short)).toBe(1_101)
  await core.clock.advance(2 * HOUR_MS)
  expect(await countIn(short)).toBe(1)
  expect(await countIn(usual)).toBe(1_100)
  await core.clock.advance(23 * DAY_MS)
  expect(await countIn(usual)).toBe(0)
  expect(core.reported).toEqual([])
})

test('a process without timers deletes nothing, ends nothing and takes nobody for gone', async () => {
  const core = createTestCore({ retentionDays: 1, runsTimers: false, presenceLeaseMs: 30_000 })
  const id = await core.openGroup(['ann'])
  await core.say('ann', id, 'old')
  const roomId = await core.openRoom()
  core.forget()
  await core.clock.advance(3 * DAY_MS)
  expect((await core.history(personOf('ann'), { conversationId: id, limit: 9 })).messages).toHaveLength(1)
  expect(await core.ports.conversations.load(roomId)).not.toBeNull()
  expect(core.published).toEqual([])
})

test('nothing goes on after the core is closed', async () => {
  const core = createTestCore({ retentionDays: 1 })
  const id = await core.openGroup(['ann'])
  await core.say('ann', id, 'old')
  core.close()
  await core.clock.advance(3 * DAY_MS)
  expect((await core.history(personOf('ann'), { conversationId: id, limit: 9 })).messages).toHaveLength(1)
})
