import { DomainError } from '@parley/core'
import type { site } from '@parley/protocol'
import type { SiteUser } from './site-wire.ts'

/** Takes a newer token of the same user: the session goes on with it, in every conversation that it has joined. */
export async function renewAccess(session: SiteUser, token: string): Promise<site.Answer<'authenticate'>> {
  const { entrance, registry } = session.wire.foundation
  const identity = await entrance.authenticate(token, session.address, 'site')
  const { userId, kind, room } = session.identity
  if (identity.userId !== userId || identity.kind !== kind || identity.room !== room) {
    throw new DomainError('FORBIDDEN', 'That token is of somebody else, or for another room. Connect anew with it.')
  }
  session.identity = identity
  session.renewed()
  await registry.connect(session)
  return announce(session)
}

/** Tells the client as whom it is known, and for how long. */
export function announce(session: SiteUser): site.Answer<'authenticate'> {
  const { userId, name, expiresAt } = session.identity
  session.emit('authenticated', { userId, name, expiresAt })
  return { userId, name, expiresAt }
}
