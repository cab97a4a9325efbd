import type { Identity } from '../../auth/authenticator.ts'
import type { SocketioConnection } from '../socketio-connection.ts'
import { MessengerSession } from './messenger-session.ts'
import type { MessengerWire } from './messenger-wire.ts'

/** A session for somebody whose token came with the handshake. It is greeted before anything is answered. */
export function openMessenger(
  wire: MessengerWire,
  connection: SocketioConnection,
  identity: Identity,
): MessengerSession {
  const { clock, config, registry } = wire.foundation
  const session = new MessengerSession(wire, connection, connection.id, identity)
  registry.add(session)
  connection.open(async () => {
    const { pendingNotifications } = await registry.connect(session)
    if (session.closed) return
    session.emit('connected', {
      userId: identity.userId,
      serverId: config.serverId,
      sessionId: session.id,
      timestamp: clock.now(),
      pendingNotifications,
    })
  })
  return session
}
