import { randomUUID } from 'node:crypto'
import type { StatusLease } from '@parley/core'
import { describe, expect, test } from 'vitest'
import type { Open, StatusStores } from './open-stores.ts'

const NOW = Date.UTC(2030, 0, 1)
const UNTIL = NOW + 30_000
const ONLINE = { status: 'online', customStatus: null } as const
const BUSY = { status: 'busy', customStatus: 'in a meeting' } as const
const GONE = { isConnected: false, activeAt: null, seen: null }

/** What every `StatusStore` promises. */
export function describeStatusStore(name: string, open: Open<StatusStores>): void {
  /** People of one test alone: a store may be shared by many. */
  const people = () => {
    const run = randomUUID()
    const idOf = (person: string) => `${person}-${run}`
    const lease = (person: string, session: string): StatusLease => ({
      userId: idOf(person),
      sessionId: `${idOf(person)}-${session}`,
    })
    return { idOf, lease }
  }

  describe(`${name}: status`, () => {
    test('connected is who has a lease that has not ended', async () => {
      await using stores = await open()
      const { idOf, lease } = people()
      await stores.status.connect(lease('ann', '1'), NOW, NOW + 10)
      await stores.status.connect(lease('ann', '2'), NOW + 1, NOW + 30)
      const read = async (now: number) => (await stores.status.read([idOf('ann')], now)).get(idOf('ann'))
      expect(await read(NOW + 10)).toEqual({ isConnected: true, activeAt: NOW + 1, seen: null })
      expect(await read(NOW + 29)).toMatchObject({ isConnected: true })
      expect(await read(NOW + 30)).toEqual(GONE)
    })

    test('every user that is asked for is answered, known or not', async () => {
      await using stores = await open()
      const { idOf, lease } = people()
      await stores.status.connect(lease('ann', '1'), NOW, UNTIL)
      const read = await stores.status.read([idOf('ann'), idOf('bob')], NOW)
      expect([...read.keys()].sort()).toEqual([idOf('ann'), idOf('bob')].sort())
      expect(read.get(idOf('bob'))).toEqual(GONE)
      expect(await stores.status.read([], NOW)).toEqual(new Map())
    })

    test('the last of several connections counts, and going twice is harmless', async () => {
      await using stores = await open()
      const { idOf, lease } = people()
      const isConnected = async () => (await stores.status.read([idOf('ann')], NOW)).get(idOf('ann'))?.isConnected
      await stores.status.connect(lease('ann', '1'), NOW, UNTIL)
      await stores.status.connect(lease('ann', '2'), NOW, UNTIL)
      await stores.status.disconnect(lease('ann', '1'))
      await stores.status.disconnect(lease('ann', '1'))
      expect(await isConnected()).toBe(true)
      await stores.status.disconnect(lease('ann', '2'))
      expect(await isConnected()).toBe(false)
      await stores.status.disconnect(lease('eve', '1'))
    })

    test('a single lease can be asked for', async () => {
      await using stores = await open()
      const { lease } = people()
      await stores.status.connect(lease('ann', '1'), NOW, UNTIL)
      expect(await stores.status.has(lease('ann', '1'), NOW)).toBe(true)
      expect(await stores.status.has(lease('ann', '1'), UNTIL)).toBe(false)
      expect(await stores.status.has(lease('ann', '2'), NOW)).toBe(false)
      expect(await stores.status.has(lease('bob', '1'), NOW)).toBe(false)
    })

    test('renewing keeps leases, makes ended ones anew, and notes the latest activity of all connections', async () => {
      await using stores = await open()
      const { idOf, lease } = people()
      await stores.status.connect(lease('ann', '1'), NOW, NOW + 10)
      await stores.status.connect(lease('bob', '1'), NOW, NOW + 10)
      await stores.status.expire(NOW + 10)
      await stores.status.renew(
        [
          { ...lease('ann', '1'), activeAt: NOW + 7 },
          { ...lease('ann', '2'), activeAt: NOW + 3 },
        ],
        UNTIL,
      )
      const read = await stores.status.read([idOf('ann'), idOf('bob')], NOW + 20)
      expect(read.get(idOf('ann'))).toEqual({ isConnected: true, activeAt: NOW + 7, seen: null })
      expect(read.get(idOf('bob'))).toEqual(GONE)
      expect(await stores.status.has(lease('ann', '2'), NOW + 20)).toBe(true)
      await stores.status.renew([], UNTIL)
    })

    test('a lease may be renewed for a shorter time than it had, and without any activity', async () => {
      await using stores = await open()
      const { idOf, lease } = people()
      await stores.status.connect(lease('ann', '1'), NOW, UNTIL)
      await stores.status.renew([{ ...lease('ann', '1'), activeAt: 0 }], NOW + 10)
      const before = await stores.status.read([idOf('ann')], NOW + 9)
      expect(before.get(idOf('ann'))).toEqual({ isConnected: true, activeAt: NOW, seen: null })
      expect((await stores.status.read([idOf('ann')], NOW + 10)).get(idOf('ann'))).toEqual(GONE)
    })

    test('what others were told is kept, and swapped once', async () => {
      await using stores = await open()
      const { idOf, lease } = people()
      await stores.status.connect(lease('ann', '1'), NOW, UNTIL)
      const swapped = await Promise.all(Array.from({ length: 8 }, () => stores.status.swapSeen(idOf('ann'), ONLINE)))
      expect(swapped.filter((before) => before === null)).toHaveLength(1)
      expect(swapped.filter((before) => before !== null)).toEqual(Array.from({ length: 7 }, () => ONLINE))
      expect(await stores.status.swapSeen(idOf('ann'), BUSY)).toEqual(ONLINE)
      expect((await stores.status.read([idOf('ann')], NOW)).get(idOf('ann'))?.seen).toEqual(BUSY)
      expect(await stores.status.swapSeen(idOf('ann'), null)).toEqual(BUSY)
      expect(await stores.status.swapSeen(idOf('ann'), null)).toBeNull()
      expect(await stores.status.swapSeen(idOf('nobody'), null)).toBeNull()
    })

    test('those who are gone and still seen are found until that is noted', async () => {
      await using stores = await open()
      const { idOf, lease } = people()
      const expired = async (now: number) => (await stores.status.expire(now)).filter((id) => id === idOf('ann'))
      await stores.status.connect(lease('ann', '1'), NOW, NOW + 10)
      await stores.status.connect(lease('ann', '2'), NOW, NOW + 20)
      await stores.status.swapSeen(idOf('ann'), ONLINE)
      expect(await expired(NOW + 19)).toEqual([])
      expect(await expired(NOW + 20)).toEqual([idOf('ann')])
      expect(await expired(NOW + 20)).toEqual([idOf('ann')])
      expect((await stores.status.read([idOf('ann')], NOW + 20)).get(idOf('ann'))).toEqual({ ...GONE, seen: ONLINE })
      await stores.status.swapSeen(idOf('ann'), null)
      expect(await expired(NOW + 20)).toEqual([])
    })

    test('those who went and are still seen are found too', async () => {
      await using stores = await open()
      const { idOf, lease } = people()
      await stores.status.connect(lease('ann', '1'), NOW, UNTIL)
      await stores.status.swapSeen(idOf('ann'), ONLINE)
      await stores.status.disconnect(lease('ann', '1'))
      expect(await stores.status.expire(NOW)).toContain(idOf('ann'))
    })
  })
}
