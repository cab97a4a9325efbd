import type { RevocationStore } from '@parley/server/auth/revocation-store'
import { describe, expect, test } from 'vitest'
import type { Open } from './open-stores.ts'

const NOW = Date.UTC(2030, 0, 1)

/** What every `RevocationStore` promises. Each test starts with an empty one. */
export function describeRevocationStore(name: string, open: Open<{ readonly revocations: RevocationStore }>): void {
  describe(`${name}: revocations`, () => {
    const ofUser = { userId: 'Ann ❤', tokenId: null, issuedBefore: NOW, until: NOW + 100 }
    const ofToken = { userId: null, tokenId: 'a7', issuedBefore: null, until: NOW + 50 }

    test('are listed until they no longer matter', async () => {
      await using stores = await open()
      const { revocations } = stores
      expect(await revocations.list(NOW)).toEqual([])
      await revocations.add(ofUser)
      await revocations.add(ofToken)
      expect(new Set(await revocations.list(NOW + 49))).toEqual(new Set([ofUser, ofToken]))
      expect(await revocations.list(NOW + 50)).toEqual([ofUser])
      expect(await revocations.list(NOW + 100)).toEqual([])
    })

    test('only widen', async () => {
      await using stores = await open()
      const { revocations } = stores
      await revocations.add(ofUser)
      await revocations.add({ ...ofUser, issuedBefore: NOW + 7, until: NOW + 90 })
      await revocations.add({ ...ofUser, issuedBefore: NOW - 7, until: NOW + 110 })
      expect(await revocations.list(NOW)).toEqual([{ ...ofUser, issuedBefore: NOW + 7, until: NOW + 110 }])
      await revocations.add(ofToken)
      await revocations.add(ofToken)
      expect(await revocations.list(NOW)).toHaveLength(2)
    })

    test('tell users and tokens of the same name apart, and by their case', async () => {
      await using stores = await open()
      const { revocations } = stores
      const names = ['ann', 'Ann', 'ann ', 'änn']
      for (const name of names) {
        await revocations.add({ ...ofUser, userId: name })
        await revocations.add({ ...ofToken, tokenId: name })
      }
      expect(await revocations.list(NOW)).toHaveLength(2 * names.length)
    })
  })
}
