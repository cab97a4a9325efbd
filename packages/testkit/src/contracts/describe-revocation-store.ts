import type { RevocationStore } from '@parley/server/auth/revocation-store'
import { describe, expect, test } from 'vitest'
import type { Open } from './open-stores.ts'

const NOW = Date.UTC(2030, 0, 1)

/** What every `RevocationStore` promises. Each test starts with an empty one. */
export function describeRevocationStore(name: string, open: Open<{ readonly revocations: RevocationStore }>): void {
  describe(`${name}: revocations`, () => {
    const ofUser = { userId: 'Ann ❤', tokenId: null, issuedBefore: NOW, until: NOW + 100 }
    const ofToken = { userId: null, tokenId: 'a7', issuedBefore: null, until: NOW + 50 }

    const given = async (store: RevocationStore, now: number) => (await store.list(now, null)).revocations

    test('are listed until they no longer matter', async () => {
      await using stores = await open()
      const { revocations } = stores
      expect(await given(revocations, NOW)).toEqual([])
      await revocations.add(ofUser)
      await revocations.add(ofToken)
      expect(new Set(await given(revocations, NOW + 49))).toEqual(new Set([ofUser, ofToken]))
      expect(await given(revocations, NOW + 50)).toEqual([ofUser])
      expect(await given(revocations, NOW + 100)).toEqual([])
    })

    test('only widen', async () => {
      await using stores = await open()
      const { revocations } = stores
      await revocations.add(ofUser)
      await revocations.add({ ...ofUser, issuedBefore: NOW + 7, until: NOW + 90 })
      await revocations.add({ ...ofUser, issuedBefore: NOW - 7, until: NOW + 110 })
      expect(await given(revocations, NOW)).toEqual([{ ...ofUser, issuedBefore: NOW + 7, until: NOW + 110 }])
      await revocations.add(ofToken)
      await revocations.add(ofToken)
      expect(await given(revocations, NOW)).toHaveLength(2)
    })

    test('are given once to whoever says what they have seen, and again when they widen', async () => {
      await using stores = await open()
      const { revocations } = stores
      await revocations.add(ofToken)
      const first = await revocations.list(NOW, null)
      expect(first.revocations).toEqual([ofToken])
      expect(await revocations.list(NOW, first.at)).toEqual({ revocations: [], at: first.at })
      await Promise.all([revocations.add(ofUser), revocations.add({ ...ofUser, userId: 'Bo' })])
      const second = await revocations.list(NOW, first.at)
      expect(new Set(second.revocations)).toEqual(new Set([ofUser, { ...ofUser, userId: 'Bo' }]))
      await revocations.add({ ...ofUser, issuedBefore: NOW + 7 })
      const third = await revocations.list(NOW, second.at)
      expect(third.revocations).toEqual([{ ...ofUser, issuedBefore: NOW + 7 }])
      expect((await revocations.list(NOW, third.at)).revocations).toEqual([])
    })

    test('are all given to whoever has seen more than there is, as after a backup was put back', async () => {
      await using stores = await open()
      const { revocations } = stores
      await revocations.add(ofUser)
      const { at } = await revocations.list(NOW, null)
      expect((await revocations.list(NOW, at + 10)).revocations).toEqual([ofUser])
    })

    test('tell users and tokens of the same name apart, and by their case', async () => {
      await using stores = await open()
      const { revocations } = stores
      const names = ['ann', 'Ann', 'ann ', 'änn']
      for (const name of names) {
        await revocations.add({ ...ofUser, userId: name })
        await revocations.add({ ...ofToken, tokenId: name })
      }
      expect(await given(revocations, NOW)).toHaveLength(2 * names.length)
    })
  })
}
