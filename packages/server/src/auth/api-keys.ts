import { createHash, timingSafeEqual } from 'node:crypto'

/** What a key of the site's own servers may be used for. */
export const API_SCOPES = ['conversations', 'messages', 'users', 'revoke'] as const
export type ApiScope = (typeof API_SCOPES)[number]

export interface ApiKey {
  readonly key: string
  readonly scopes: readonly ApiScope[]
}

/** The keys that the site's servers call with. */
export interface ApiKeys {
  /** What this key may be used for; `null` when there is no such key. */
  scopesOf(key: string): ReadonlySet<ApiScope> | null
}

/** How long the comparison takes says nothing of the keys. */
export function createApiKeys(keys: readonly ApiKey[]): ApiKeys {
  const known = keys.map(({ key, scopes }) => ({ digest: digestOf(key), scopes: new Set(scopes) }))
  return {
    scopesOf(key) {
      const given = digestOf(key)
      return known.filter(({ digest }) => timingSafeEqual(digest, given)).at(0)?.scopes ?? null
    },
  }
}

const digestOf = (key: string): Buffer => createHash('sha256').update(key).digest()
