import type { messenger } from '@parley/protocol'
import type { MessengerContext } from './messenger-wire.ts'

/** How the user's browser reaches others through their routers; nothing where no server for that is configured. */
export async function iceServersFor({ identity, session }: MessengerContext): Promise<messenger.IceServer[]> {
  return [...((await session.wire.foundation.iceServers?.(identity.userId)) ?? [])]
}

/** The same, and for how long. */
export async function iceServersInTime(context: MessengerContext): Promise<messenger.Answer<'voice:ice-servers'>> {
  const iceTtl = context.session.wire.foundation.iceTtlS ?? null
  return { iceServers: await iceServersFor(context), ...(iceTtl !== null && { iceTtl }) }
}
