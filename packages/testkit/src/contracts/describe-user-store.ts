import { describe, expect, test } from 'vitest'
import type { Open, UserStores } from './open-stores.ts'
import {
  join,
  leave,
  SAMPLE_TIME,
  sampleMember,
  sampleNotification,
  samplePeople,
  storeConversation,
  storeGroup,
} from './samples.ts'

const LATER = SAMPLE_TIME + 60_000

/** What every `UserStore` promises. */
export function describeUserStore(name: string, open: Open<UserStores>): void {
  const profile = (id: string) => ({ id, name: 'Åsa 🚀', avatar: 'https://site.example/a.png', roles: ['staff', 'é'] })

  describe(`${name}: users`, () => {
    test('are known as their token says, and begin online', async () => {
      await using stores = await open()
      const [ann] = samplePeople('ann')
      await stores.users.put(profile(ann), SAMPLE_TIME)
      expect(await stores.users.get([ann])).toEqual(
        new Map([
          [
            ann,
            {
              ...profile(ann),
              status: 'online',
              customStatus: null,
              lastSeenAt: null,
              createdAt: SAMPLE_TIME,
            },
          ],
        ]),
      )
    })

    test('what they set stays when a new token comes, what the token says is the latest', async () => {
      await using stores = await open()
      const [ann] = samplePeople('ann')
      await stores.users.put(profile(ann), SAMPLE_TIME)
      await stores.users.setStatus(ann, { status: 'busy', customStatus: 'in a meeting' })
      await stores.users.setLastSeen(ann, SAMPLE_TIME + 5)
      await stores.users.put({ id: ann, name: 'Ann', avatar: null, roles: [] }, LATER)
      expect((await stores.users.get([ann])).get(ann)).toEqual({
        id: ann,
        name: 'Ann',
        avatar: null,
        roles: [],
        status: 'busy',
        customStatus: 'in a meeting',
        lastSeenAt: SAMPLE_TIME + 5,
        createdAt: SAMPLE_TIME,
      })
      await stores.users.setStatus(ann, { status: 'offline', customStatus: null })
      expect((await stores.users.get([ann])).get(ann)).toMatchObject({ status: 'offline', customStatus: null })
    })

    test('unknown ones are left out, and nothing is set for them', async () => {
      await using stores = await open()
      const [ann, nobody] = samplePeople('ann', 'nobody')
      await stores.users.put(profile(ann), SAMPLE_TIME)
      await stores.users.setStatus(nobody, { status: 'busy', customStatus: null })
      await stores.users.setLastSeen(nobody, SAMPLE_TIME)
      expect([...(await stores.users.get([nobody, ann])).keys()]).toEqual([ann])
      expect(await stores.users.get([])).toEqual(new Map())
    })

    test('ids that differ in the least are different people', async () => {
      await using stores = await open()
      const [ann] = samplePeople('ann')
      const ids = [ann, ann.toUpperCase(), `${ann} `, ann.replace('a', 'á'), ann.replace('a', 'a\u0301')]
      for (const id of ids) await stores.users.put({ ...profile(id), name: `I am ${id}` }, SAMPLE_TIME)
      const known = await stores.users.get(ids)
      expect(ids.map((id) => known.get(id)?.name)).toEqual(ids.map((id) => `I am ${id}`))
    })

    test('the same one put many times at once is one', async () => {
      await using stores = await open()
      const [ann] = samplePeople('ann')
      await Promise.all(Array.from({ length: 16 }, () => stores.users.put(profile(ann), SAMPLE_TIME)))
      expect((await stores.users.get([ann])).size).toBe(1)
    })

    test('every conversation that they were ever in is known, as long as it is there', async () => {
      await using stores = await open()
      const { conversations, users } = stores
      const [ann, bob, carl] = samplePeople('ann', 'bob', 'carl')
      const now = await storeGroup(conversations, [ann, bob])
      const before = await storeGroup(conversations, [ann, bob])
      const cameLater = await storeGroup(conversations, [ann])
      const gone = await storeGroup(conversations, [ann, bob])
      await storeGroup(conversations, [ann, carl])
      await storeConversation(conversations)
      await leave(conversations, before.id, bob)
      await join(conversations, cameLater.id, sampleMember(bob))
      await conversations.delete(gone.id)
      expect([...(await users.everIn(bob))].sort()).toEqual([now.id, before.id, cameLater.id].sort())
      const [nobody] = samplePeople('nobody')
      expect(await users.everIn(nobody)).toEqual([])
    })

    test('erasing removes all that is kept of them, and nothing of others', async () => {
      await using stores = await open()
      const { conversations, notifications, users } = stores
      const [ann, bob] = samplePeople('ann', 'bob')
      const { id } = await storeGroup(conversations, [ann, bob])
      for (const userId of [ann, bob]) await users.put(profile(userId), SAMPLE_TIME)
      await notifications.add([sampleNotification(ann), sampleNotification(bob)])
      await leave(conversations, id, bob)
      await users.erase(bob)
      expect([...(await users.get([ann, bob])).keys()]).toEqual([ann])
      expect(await users.everIn(bob)).toEqual([])
      expect(await users.everIn(ann)).toEqual([id])
      expect(await notifications.count(bob)).toBe(0)
      expect(await notifications.count(ann)).toBe(1)
      await expect(users.erase(bob)).resolves.toBeUndefined()
    })
  })
}
