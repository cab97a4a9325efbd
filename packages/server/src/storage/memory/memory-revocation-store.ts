import type { Revocation, RevocationStore } from '../../auth/revocation-store.ts'

/** Revocations of one process. */
export function createMemoryRevocationStore(): RevocationStore {
  const byKey = new Map<string, Revocation>()
  return {
    async add(revocation) {
      const key = JSON.stringify(revocation.tokenId === null ? [revocation.userId] : [null, revocation.tokenId])
      const known = byKey.get(key)
      byKey.set(key, {
        ...revocation,
        issuedBefore: later(known?.issuedBefore ?? null, revocation.issuedBefore),
        until: Math.max(known?.until ?? 0, revocation.until),
      })
    },

    async list(now) {
      for (const [key, { until }] of byKey) if (until <= now) byKey.delete(key)
      return [...byKey.values()]
    },
  }
}

const later = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.max(one, other)
