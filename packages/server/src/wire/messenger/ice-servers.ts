import type { messenger } from '@parley/protocol'
import type { MessengerContext } from './messenger-wire.ts'

/** How the user's browser reaches others through their routers; nothing where no server for that is configured. */
export async function iceServersFor({ identity, session }: MessengerContext): Promise<messenger.IceServer[]> {
  return [...((await session.wire.foundation.iceServers?.(identity.userId)) ?? [])]
}
