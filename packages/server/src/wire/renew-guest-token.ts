import { DomainError } from '@parley/core'
import type { Authenticator, Identity } from '../auth/authenticator.ts'

/** Gives the session's guest a token that lasts longer, with the same claims; the session lasts as long. Users' tokens are the site's to renew: `FORBIDDEN`. */
export async function renewGuestToken(
  { authenticator }: { readonly authenticator: Authenticator },
  session: { identity: Identity },
): Promise<{ readonly token: string; readonly expiresIn: number; readonly expiresAt: number }> {
  const { kind, userId, name, room, role } = session.identity
  if (kind === 'user') {
    throw new DomainError('FORBIDDEN', "A user's token is the site's to renew. Get a new one there, and send it.")
  }
  const signed = await authenticator.signGuest({ userId, name, room, role })
  session.identity = { ...session.identity, expiresAt: signed.expiresAt }
  return signed
}
