import { describe, expect, test } from 'vitest'
import type { DeadlineStores, Open } from './open-stores.ts'
import { createRandom } from './random.ts'

const NOW = Date.UTC(2030, 0, 1)
const LEASE_MS = 30_000
/** Later than everything that a test sets. */
const LATE = NOW + 86_400_000

/** What every `DeadlineStore` promises. Each test starts with an empty one. */
export function describeDeadlineStore(name: string, open: Open<DeadlineStores>): void {
  describe(`${name}: deadlines`, () => {
    test('are given out when due, in order, as many as asked for', async () => {
      await using stores = await open()
      const { deadlines } = stores
      await deadlines.set({ key: 'c', at: NOW + 3 })
      await deadlines.set({ key: 'a', at: NOW + 1 })
      await deadlines.set({ key: 'b', at: NOW + 2 })
      expect(await deadlines.claim(NOW, LEASE_MS, 10)).toEqual([])
      expect(await deadlines.claim(NOW + 2, LEASE_MS, 1)).toEqual([{ key: 'a', at: NOW + 1 }])
      expect(await deadlines.claim(NOW + 2, LEASE_MS, 10)).toEqual([{ key: 'b', at: NOW + 2 }])
      expect(await deadlines.claim(NOW + 3, LEASE_MS, 10)).toEqual([{ key: 'c', at: NOW + 3 }])
    })

    test('set again are moved', async () => {
      await using stores = await open()
      const { deadlines } = stores
      await deadlines.set({ key: 'a', at: NOW + 1 })
      await deadlines.set({ key: 'a', at: NOW + 5 })
      expect(await deadlines.claim(NOW + 4, LEASE_MS, 10)).toEqual([])
      await deadlines.set({ key: 'a', at: NOW + 2 })
      expect(await deadlines.claim(NOW + 4, LEASE_MS, 10)).toEqual([{ key: 'a', at: NOW + 2 }])
    })

    test('cleared are gone, also when claimed, and clearing what is not there is harmless', async () => {
      await using stores = await open()
      const { deadlines } = stores
      await deadlines.set({ key: 'a', at: NOW })
      await deadlines.set({ key: 'b', at: NOW })
      await deadlines.clear('a')
      await deadlines.clear('a')
      expect(await deadlines.claim(NOW, LEASE_MS, 10)).toEqual([{ key: 'b', at: NOW }])
      await deadlines.clear('b')
      expect(await deadlines.claim(LATE, LEASE_MS, 10)).toEqual([])
    })

    test('cleared for a time they were moved from stay', async () => {
      await using stores = await open()
      const { deadlines } = stores
      await deadlines.set({ key: 'a', at: NOW })
      await deadlines.claim(NOW, LEASE_MS, 10)
      await deadlines.set({ key: 'a', at: NOW + 5 })
      await deadlines.clear('a', NOW)
      expect(await deadlines.claim(NOW + 5, LEASE_MS, 10)).toEqual([{ key: 'a', at: NOW + 5 }])
      await deadlines.clear('a', NOW + 5)
      expect(await deadlines.claim(LATE, LEASE_MS, 10)).toEqual([])
    })

    test('claimed and not cleared are given out again when the claim ends, under their own time', async () => {
      await using stores = await open()
      const { deadlines } = stores
      await deadlines.set({ key: 'a', at: NOW })
      await deadlines.claim(NOW + 7, LEASE_MS, 10)
      expect(await deadlines.claim(NOW + 6 + LEASE_MS, LEASE_MS, 10)).toEqual([])
      expect(await deadlines.claim(NOW + 7 + LEASE_MS, LEASE_MS, 10)).toEqual([{ key: 'a', at: NOW }])
    })

    test('set anew while claimed come at their new time', async () => {
      await using stores = await open()
      const { deadlines } = stores
      await deadlines.set({ key: 'a', at: NOW })
      await deadlines.claim(NOW, LEASE_MS, 10)
      await deadlines.set({ key: 'a', at: NOW + 1 })
      expect(await deadlines.claim(NOW + 1, LEASE_MS, 10)).toEqual([{ key: 'a', at: NOW + 1 }])
    })

    test('of several who claim at once each gets its own', async () => {
      await using stores = await open()
      const { deadlines } = stores
      const keys = Array.from({ length: 40 }, (_, i) => `key-${i}`)
      for (const key of keys) await deadlines.set({ key, at: NOW })
      const claims = await Promise.all(Array.from({ length: 8 }, () => deadlines.claim(NOW, LEASE_MS, 10)))
      const claimed = claims.flat().map((deadline) => deadline.key)
      expect(claimed.sort()).toEqual(keys.sort())
    })

    test.each([1, 4_711])(
      'set, moved, cleared and claimed at random, as a plain list would have it (seed %i)',
      async (seed) => {
        await using stores = await open()
        const { deadlines } = stores
        const random = createRandom(seed)
        const model = new Map<string, { at: number; visibleAt: number }>()
        let now = NOW
        for (let step = 0; step < 400; step += 1) {
          const key = `key-${random.integer(12)}`
          const kind = random.integer(4)
          if (kind === 0) {
            const at = now + random.integer(50)
            await deadlines.set({ key, at })
            model.set(key, { at, visibleAt: at })
          } else if (kind === 1) {
            await deadlines.clear(key)
            model.delete(key)
          } else {
            now += random.integer(10)
            const due = [...model].filter(([, one]) => one.visibleAt <= now)
            const claimed = await deadlines.claim(now, 100, 100)
            expect(claimed.map((one) => one.key).sort()).toEqual(due.map(([dueKey]) => dueKey).sort())
            for (const [dueKey, { at }] of due) model.set(dueKey, { at, visibleAt: now + 100 })
          }
        }
        expect((await deadlines.claim(LATE, 100, 100)).map(({ key }) => key).sort()).toEqual([...model.keys()].sort())
      },
    )
  })
}
