import { loadState, sampleMember, storeConversation } from '@parley/testkit/contracts'
import { createTestCore } from '@parley/testkit/test-core'
import { expect, test } from 'vitest'
import { DEFAULT_CORE_OPTIONS } from '../options.ts'
import { decideAbsent, decideExit, decideGrace } from './decide-departure.ts'
import { NOTHING } from './decision.ts'

const NOW = Date.UTC(2030, 0, 2)

/** `ann` is host; `bob` has been absent for as long as said, or is present. */
async function stateWith(bobAbsentForMs: number | null) {
  const { conversations } = createTestCore().ports
  const { id } = await storeConversation(conversations)
  const absentSince = bobAbsentForMs === null ? null : NOW - bobAbsentForMs
  await conversations.appendState(id, { ifVersion: 0, putMembers: [sampleMember('bob', { absentSince })], events: [] })
  return loadState(conversations, id)
}

test('a deadline that comes too early, or for somebody present, takes nobody’s seat', async () => {
  const bob = { userId: 'bob', isOnline: false }
  expect(decideAbsent(await stateWith(299_999), bob, NOW, DEFAULT_CORE_OPTIONS)).toBe(NOTHING)
  expect(decideAbsent(await stateWith(null), bob, NOW, DEFAULT_CORE_OPTIONS)).toBe(NOTHING)
  expect(decideAbsent(await stateWith(300_000), bob, NOW, DEFAULT_CORE_OPTIONS).write).toMatchObject({
    removeMembers: ['bob'],
  })
})

test('a grace that comes while the host is there changes nothing', async () => {
  expect(decideGrace(await stateWith(null), NOW, DEFAULT_CORE_OPTIONS)).toBe(NOTHING)
})

test('going out twice does not start the absence anew', async () => {
  expect(decideExit(await stateWith(1_000), 'bob', NOW, DEFAULT_CORE_OPTIONS)).toBe(NOTHING)
  expect(decideExit(await stateWith(1_000), 'eve', NOW, DEFAULT_CORE_OPTIONS)).toBe(NOTHING)
})
