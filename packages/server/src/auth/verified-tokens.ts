import { hash } from 'node:crypto'
import type { Identity } from './authenticator.ts'

/** More are not remembered; those not seen for the longest time are forgotten first. About 200 bytes each. */
const MAX_TOKENS = 20_000

/** Names a token; nobody finds another one with the same name. */
export const tokenHash = (token: string): string => hash('sha256', token, 'base64url')

/**
 * Whom tokens name whose signature was good: checking one costs a hundred times what remembering it does, and whoever
 * comes back brings the same again. Only for keys that stay good for the life of the process. That a token has not
 * ended is for the caller to see, each time.
 */
export class VerifiedTokens {
  readonly #identities = new Map<string, Identity>()

  get(hash: string): Identity | undefined {
    const identity = this.#identities.get(hash)
    if (identity === undefined) return undefined
    this.#identities.delete(hash)
    this.#identities.set(hash, identity)
    return identity
  }

  add(hash: string, identity: Identity): void {
    this.#identities.set(hash, identity)
    const [oldest] = this.#identities.size > MAX_TOKENS ? this.#identities.keys() : []
    if (oldest !== undefined) this.#identities.delete(oldest)
  }
}
