import { randomUUID } from 'node:crypto'
import type { SocketioConnection, Speaker } from '../socketio-connection.ts'
import { SiteDoor } from './site-door.ts'
import type { SiteWire } from './site-wire.ts'

/** For a connection without a token: greets it, and waits to be told whose it is. */
export function openSite(wire: SiteWire, connection: SocketioConnection): Speaker {
  const { clock, config } = wire.foundation
  connection.emit('connected', { serverId: config.serverId, timestamp: clock.now() })
  return new SiteDoor(wire, connection, connection.id)
}

/** For a connection that wants to speak this wire from now on, whichever it spoke. Its places elsewhere end. */
export function speakSite(wire: SiteWire, connection: SocketioConnection): Speaker {
  const { speaker } = connection
  if (speaker.wire === wire) return speaker
  speaker.gone()
  return new SiteDoor(wire, connection, randomUUID())
}
