import { DomainError } from '@parley/core'
import type { messenger } from '@parley/protocol'
import { renewGuestToken } from '../renew-guest-token.ts'
import type { MessengerMember } from './messenger-wire.ts'

/** Takes a newer token of the same user, or gives a guest one. The session lasts as long as the token. */
export async function refreshToken(
  session: MessengerMember,
  given: string | undefined,
): Promise<messenger.Answer<'auth:refresh'>> {
  const { authenticator } = session.wire.foundation
  if (given === undefined) {
    const { token, expiresAt } = await renewGuestToken(session.wire.foundation, session)
    session.renewed()
    return { token, expiresAt }
  }
  const identity = await authenticator.verify(given)
  const { userId, kind, room } = session.identity
  if (identity.userId !== userId || identity.kind !== kind || identity.room !== room) {
    throw new DomainError('FORBIDDEN', 'That token is of somebody else, or for another room. Connect anew with it.')
  }
  session.identity = identity
  session.renewed()
  return { token: given, expiresAt: identity.expiresAt }
}
