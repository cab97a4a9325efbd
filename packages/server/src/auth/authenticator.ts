import type { Caller } from '@parley/core'

/** Who a verified token names. */
export interface Identity extends Caller {
  /** Unix milliseconds; the rights that the token gives end then. */
  readonly expiresAt: number
  /** The token's `role` claim: what it said when it was signed. The room decides what holds now. */
  readonly role: string | null
}

interface GuestClaims {
  readonly userId: string
  readonly name: string
  readonly room: string | null
  readonly role: string | null
}

/** The one place that signs and checks tokens, for every wire and REST. */
export interface Authenticator {
  /** `expiresIn` is in seconds. */
  signGuest(
    claims: GuestClaims,
  ): Promise<{ readonly token: string; readonly expiresIn: number; readonly expiresAt: number }>
  /** Throws `DomainError` with `UNAUTHENTICATED` or `TOKEN_EXPIRED`. */
  verify(token: string): Promise<Identity>
}
