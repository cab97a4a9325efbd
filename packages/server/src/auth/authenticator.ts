import type { Caller } from '@parley/core'

/** Who a verified token names. */
export interface Identity extends Caller {
  /** `guest`: the token was signed here, for rooms. `user`: by the site, for one who has an account there. */
  readonly kind: 'guest' | 'user'
  /** Unix milliseconds; the rights that the token gives end then. */
  readonly expiresAt: number
  /** Unix milliseconds; 0 for a token that does not say: any revocation of its user's tokens reaches it. */
  readonly issuedAt: number
  /** The token's `jti`, else a hash of the token. */
  readonly tokenId: string
  /** A guest token's `role` claim: what it said when it was signed. The room decides what holds now. */
  readonly role: string | null
  readonly avatar: string | null
  /** What the site's token says of the user; nothing here depends on it. */
  readonly roles: readonly string[]
}

interface GuestClaims {
  readonly userId: string
  readonly name: string
  readonly room: string | null
  readonly role: string | null
}

/** The one place that signs and checks tokens, for every wire, REST and the poll. */
export interface Authenticator {
  /** `expiresIn` is in seconds. */
  signGuest(
    claims: GuestClaims,
  ): Promise<{ readonly token: string; readonly expiresIn: number; readonly expiresAt: number }>
  /**
   * Throws `DomainError` with `UNAUTHENTICATED` or `TOKEN_EXPIRED`; with `UNAVAILABLE` for a token whose key
   * could not be fetched yet. A site that has a say is asked anew, unless its answer may be `siteMaxAgeMs` old.
   */
  verify(token: string, siteMaxAgeMs?: number): Promise<Identity>
  /** Whom a token of ours or the site's names, be it taken back or not. Throws as `verify` does. */
  inspect(token: string): Promise<Identity>
  /** Whether a token that was good has been taken back since. */
  isRevoked(identity: Identity): boolean
  /** `listener` is called after tokens were taken back, here or by another process, until the returned function is called. */
  onRevoked(listener: () => void): () => void
}
