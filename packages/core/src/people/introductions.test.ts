import { createTestCore, personOf } from '@parley/testkit/test-core'
import { expect, test } from 'vitest'

const ann = personOf('ann')
const PROFILE = { avatar: null, roles: [] }

/** A group that the site has made; it named some of its people. */
async function openNameless(core: ReturnType<typeof createTestCore>, id: string, names: Record<string, string | null>) {
  const members = Object.entries(names).map(([userId, name]) => ({ userId, name, role: null }))
  await core.createConversation(null, { id, kind: 'group', name: null, retentionDays: null, members })
}

const namesIn = async (core: ReturnType<typeof createTestCore>, id: string) =>
  (await core.getConversation(null, id)).members.map(({ member }) => member.name)

test('whom nobody has named goes by the name of their token once they are here, everywhere', async () => {
  const core = createTestCore()
  for (const id of ['one', 'other']) await openNameless(core, id, { ann: null, bob: null })
  await openNameless(core, 'named', { ann: 'The customer', bob: null })
  expect(await namesIn(core, 'one')).toEqual(['ann', 'bob'])
  await core.connect({ ...ann, name: 'Ann Lee' }, PROFILE)
  for (const id of ['one', 'other']) expect(await namesIn(core, id)).toEqual(['Ann Lee', 'bob'])
  expect(await namesIn(core, 'named')).toEqual(['The customer', 'bob'])
  const { message } = await core.say('ann', 'one', 'Hello')
  expect(message).toMatchObject({ senderName: 'Ann Lee' })
})

test('who only calls is introduced once, and again with another name or after they were deleted', async () => {
  const core = createTestCore()
  await openNameless(core, 'one', { ann: null, bob: null })
  let stored = 0
  const { put } = core.ports.users
  core.ports.users.put = (...user) => {
    stored += 1
    return put(...user)
  }
  const introduce = (name: string) => core.introduce({ userId: 'ann', name, room: null }, PROFILE)
  await introduce('Ann Lee')
  await introduce('Ann Lee')
  expect([stored, await namesIn(core, 'one')]).toEqual([1, ['Ann Lee', 'bob']])
  await introduce('Ann')
  expect([stored, await namesIn(core, 'one')]).toEqual([2, ['Ann Lee', 'bob']])
  await core.deleteUser('ann')
  await introduce('Ann')
  expect(stored).toBe(3)
})

test('a token without a name changes nothing', async () => {
  const core = createTestCore()
  await openNameless(core, 'one', { ann: null, bob: null })
  for (const name of ['', 'ann']) await core.connect({ ...ann, name }, PROFILE)
  expect(await namesIn(core, 'one')).toEqual(['ann', 'bob'])
})
