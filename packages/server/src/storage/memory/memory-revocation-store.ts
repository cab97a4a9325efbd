import type { Revocation, RevocationStore } from '../../auth/revocation-store.ts'

/** Revocations of one process. */
export function createMemoryRevocationStore(): RevocationStore {
  const byKey = new Map<string, { readonly revocation: Revocation; readonly number: number }>()
  let last = 0
  return {
    async add(revocation) {
      const key = JSON.stringify(revocation.tokenId === null ? [revocation.userId] : [null, revocation.tokenId])
      const known = byKey.get(key)?.revocation
      last += 1
      byKey.set(key, {
        revocation: {
          ...revocation,
          issuedBefore: later(known?.issuedBefore ?? null, revocation.issuedBefore),
          until: Math.max(known?.until ?? 0, revocation.until),
        },
        number: last,
      })
    },

    async list(now, since) {
      for (const [key, { revocation }] of byKey) if (revocation.until <= now) byKey.delete(key)
      const after = since === null || since > last ? 0 : since
      const news = [...byKey.values()].filter(({ number }) => number > after)
      return { revocations: news.map(({ revocation }) => revocation), at: last }
    },
  }
}

const later = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.max(one, other)
