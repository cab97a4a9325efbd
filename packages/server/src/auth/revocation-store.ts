import type { Millis } from '@parley/core'

/** Tokens that are not good any more, though their signatures are: one of them, or all of a user up to a time. */
export interface Revocation {
  /** `null` when only the token's id is known. */
  readonly userId: string | null
  readonly tokenId: string | null
  /** All of the user's tokens that were issued up to then; `null` for the one token. */
  readonly issuedBefore: Millis | null
  /** When this may be forgotten: from then on no such token can be good anyhow. */
  readonly until: Millis
}

/** So long those are kept of tokens of which no end is known: as long as anybody's could live. */
export const REMEMBERED_MS = 3650 * 86_400_000

export interface RevocationStore {
  /** What is said later about the same user or token widens what was said before. */
  add(revocation: Revocation): Promise<void>
  /**
   * Those that still matter at `now`, in no order, and where this store is. Given where it was before, only what was
   * added since, of which some may have been given then already.
   */
  list(now: Millis, since: number | null): Promise<{ readonly revocations: readonly Revocation[]; readonly at: number }>
}
