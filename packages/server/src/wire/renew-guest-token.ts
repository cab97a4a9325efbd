import type { Authenticator, Identity } from '../auth/authenticator.ts'

/** Gives the session's guest a token that lasts longer, with the same claims; the session lasts as long. */
export async function renewGuestToken(
  { authenticator }: { readonly authenticator: Authenticator },
  session: { identity: Identity },
): Promise<{ readonly token: string; readonly expiresIn: number; readonly expiresAt: number }> {
  const { userId, name, room, role } = session.identity
  const signed = await authenticator.signGuest({ userId, name, room, role })
  session.identity = { ...session.identity, expiresAt: signed.expiresAt }
  return signed
}
