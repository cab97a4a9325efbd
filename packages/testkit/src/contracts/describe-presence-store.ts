import { randomUUID } from 'node:crypto'
import type { Lease } from '@parley/core'
import { describe, expect, test } from 'vitest'
import type { Open, PresenceStores } from './open-stores.ts'

const NOW = Date.UTC(2030, 0, 1)
const UNTIL = NOW + 30_000

/** What every `PresenceStore` promises. */
export function describePresenceStore(name: string, open: Open<PresenceStores>): void {
  const leasesIn =
    (conversationId: string) =>
    (userId: string, session: string): Lease => ({
      conversationId,
      userId,
      sessionId: `${conversationId}-${userId}-${session}`,
    })

  describe(`${name}: presence`, () => {
    test('the first session of a user is the first, and the last is the last', async () => {
      await using stores = await open()
      const lease = leasesIn(randomUUID())
      expect(await stores.presence.enter(lease('ann', '1'), UNTIL, null)).toEqual({ first: true })
      expect(await stores.presence.enter(lease('ann', '2'), UNTIL, null)).toEqual({ first: false })
      expect(await stores.presence.enter(lease('bob', '1'), UNTIL, null)).toEqual({ first: true })
      expect(await stores.presence.leave(lease('ann', '1'), null)).toEqual({ last: false })
      expect(await stores.presence.leave(lease('ann', '2'), null)).toEqual({ last: true })
      expect(await stores.presence.enter(lease('ann', '3'), UNTIL, null)).toEqual({ first: true })
    })

    test('entering twice with one session is one lease, and leaving twice is harmless', async () => {
      await using stores = await open()
      const lease = leasesIn(randomUUID())
      await stores.presence.enter(lease('ann', '1'), UNTIL, null)
      expect(await stores.presence.enter(lease('ann', '1'), UNTIL, null)).toEqual({ first: false })
      expect(await stores.presence.leave(lease('ann', '1'), null)).toEqual({ last: true })
      expect(await stores.presence.leave(lease('ann', '1'), null)).toEqual({ last: false })
      expect(await stores.presence.leave(lease('eve', '1'), null)).toEqual({ last: false })
    })

    test('of many sessions at once one is first and one is last', async () => {
      await using stores = await open()
      const lease = leasesIn(randomUUID())
      const leases = Array.from({ length: 16 }, (_, i) => lease('ann', `${i}`))
      const entered = await Promise.all(leases.map((one) => stores.presence.enter(one, UNTIL, null)))
      expect(entered.filter(({ first }) => first)).toHaveLength(1)
      const left = await Promise.all(leases.map((one) => stores.presence.leave(one, null)))
      expect(left.filter(({ last }) => last)).toHaveLength(1)
    })

    test('a user’s sessions are those whose leases have not ended, in this conversation', async () => {
      await using stores = await open()
      const id = randomUUID()
      const lease = leasesIn(id)
      const [one, two] = [lease('ann', '1'), lease('ann', '2')]
      await stores.presence.enter(one, NOW + 10, null)
      await stores.presence.enter(two, NOW + 30, null)
      // Whose name ends like hers is another.
      for (const other of [lease('joann', '1'), lease('bob', '1'), leasesIn(randomUUID())('ann', '3')])
        await stores.presence.enter(other, UNTIL, null)
      const sessions = async (now: number) => new Set(await stores.presence.sessions(id, 'ann', now))
      expect(await sessions(NOW)).toEqual(new Set([one.sessionId, two.sessionId]))
      expect(await sessions(NOW + 10)).toEqual(new Set([two.sessionId]))
      await stores.presence.leave(two, null)
      expect(await sessions(NOW + 10)).toEqual(new Set())
    })

    test('a conversation that ends has leases like any other, also when it ends later than was said', async () => {
      await using stores = await open()
      const id = randomUUID()
      const [endsAt, lease] = [Date.now() + 3_600_000, leasesIn(id)('ann', '1')]
      expect(await stores.presence.enter(lease, UNTIL, endsAt)).toEqual({ first: true })
      await stores.presence.extend(id, endsAt + 60_000)
      await stores.presence.extend(randomUUID(), endsAt)
      expect(await stores.presence.renew([lease], UNTIL + 1)).toEqual([])
      expect(await stores.presence.online(id, UNTIL)).toEqual(new Set(['ann']))
      expect(await stores.presence.leave(lease, null)).toEqual({ last: true })
    })

    test('online is who has a lease that has not ended, in this conversation', async () => {
      await using stores = await open()
      const id = randomUUID()
      const lease = leasesIn(id)
      await stores.presence.enter(lease('ann', '1'), NOW + 10, null)
      await stores.presence.enter(lease('ann', '2'), NOW + 30, null)
      await stores.presence.enter(lease('bob', '1'), NOW + 20, null)
      await stores.presence.enter(leasesIn(randomUUID())('carl', '1'), UNTIL, null)
      expect(await stores.presence.online(id, NOW)).toEqual(new Set(['ann', 'bob']))
      expect(await stores.presence.online(id, NOW + 19)).toEqual(new Set(['ann', 'bob']))
      expect(await stores.presence.online(id, NOW + 20)).toEqual(new Set(['ann']))
      expect(await stores.presence.online(id, NOW + 30)).toEqual(new Set())
    })

    test('ended leases are removed, and whose last one it was is said once', async () => {
      await using stores = await open()
      const id = randomUUID()
      const lease = leasesIn(id)
      await stores.presence.enter(lease('ann', '1'), NOW + 10, null)
      await stores.presence.enter(lease('ann', '2'), NOW + 30, null)
      await stores.presence.enter(lease('bob', '1'), NOW + 20, null)
      const expired = async (now: number) =>
        (await stores.presence.expire(now)).filter((one) => one.conversationId === id)
      expect(await expired(NOW + 9)).toEqual([])
      expect(await expired(NOW + 20)).toEqual([{ conversationId: id, userId: 'bob' }])
      expect(await expired(NOW + 20)).toEqual([])
      expect(await expired(NOW + 30)).toEqual([{ conversationId: id, userId: 'ann' }])
      expect(await stores.presence.enter(lease('ann', '1'), UNTIL, null)).toEqual({ first: true })
    })

    test('of several who look for ended leases at once, one is told', async () => {
      await using stores = await open()
      const id = randomUUID()
      await stores.presence.enter(leasesIn(id)('ann', '1'), NOW + 10, null)
      const answers = await Promise.all(Array.from({ length: 8 }, () => stores.presence.expire(NOW + 10)))
      expect(answers.flat().filter((one) => one.conversationId === id)).toHaveLength(1)
    })

    test('a lease may be renewed for a shorter time than it had', async () => {
      await using stores = await open()
      const id = randomUUID()
      const lease = leasesIn(id)('ann', '1')
      await stores.presence.enter(lease, UNTIL, null)
      expect(await stores.presence.renew([lease], NOW + 10)).toEqual([])
      expect(await stores.presence.online(id, NOW + 9)).toEqual(new Set(['ann']))
      expect(await stores.presence.online(id, NOW + 10)).toEqual(new Set())
      const gone = (await stores.presence.expire(NOW + 10)).filter((one) => one.conversationId === id)
      expect(gone).toEqual([{ conversationId: id, userId: 'ann' }])
    })

    test('a renewed lease lasts longer', async () => {
      await using stores = await open()
      const id = randomUUID()
      const lease = leasesIn(id)
      await stores.presence.enter(lease('ann', '1'), NOW + 10, null)
      await stores.presence.enter(lease('bob', '1'), NOW + 10, null)
      expect(await stores.presence.renew([lease('ann', '1'), lease('bob', '1')], NOW + 40)).toEqual([])
      expect(await stores.presence.online(id, NOW + 39)).toEqual(new Set(['ann', 'bob']))
    })

    test('renewing a lease that has been removed makes it anew and says so', async () => {
      await using stores = await open()
      const id = randomUUID()
      const lease = leasesIn(id)
      await stores.presence.enter(lease('ann', '1'), NOW + 10, null)
      await stores.presence.enter(lease('bob', '1'), NOW + 50, null)
      await stores.presence.expire(NOW + 10)
      expect(await stores.presence.renew([lease('ann', '1'), lease('bob', '1')], NOW + 60)).toEqual([lease('ann', '1')])
      expect(await stores.presence.online(id, NOW + 20)).toEqual(new Set(['ann', 'bob']))
      expect(await stores.presence.renew([], NOW + 60)).toEqual([])
    })

    test('a cleared conversation has nobody, and others are left alone', async () => {
      await using stores = await open()
      const [id, otherId] = [randomUUID(), randomUUID()]
      await stores.presence.enter(leasesIn(id)('ann', '1'), UNTIL, null)
      await stores.presence.enter(leasesIn(otherId)('ann', '1'), UNTIL, null)
      await stores.presence.clear(id)
      expect(await stores.presence.online(id, NOW)).toEqual(new Set())
      expect(await stores.presence.online(otherId, NOW)).toEqual(new Set(['ann']))
      expect(await stores.presence.leave(leasesIn(id)('ann', '1'), null)).toEqual({ last: false })
      const expired = await stores.presence.expire(UNTIL)
      expect(expired.filter((one) => one.conversationId === id)).toEqual([])
    })
  })
}
