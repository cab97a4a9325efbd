import { WIRE_NAMES, type WireStats } from '../wire/wires.ts'
import type { Meter } from './meter.ts'

/** What connections carry. */
export function registerWireMetrics({ level, levels, total }: Meter, wires: () => WireStats): void {
  levels('parley_connections', 'Open socket connections, by wire and transport.', ['wire', 'transport'], () => {
    const { byWire, polling } = wires()
    return WIRE_NAMES.flatMap((wire) => [
      [{ wire, transport: 'websocket' }, byWire[wire] - polling[wire]] as const,
      [{ wire, transport: 'polling' }, polling[wire]] as const,
    ])
  })
  level('parley_users', 'Different people with an open socket connection.', () => wires().users)
  total('parley_connections_total', 'Socket connections since the start.', () => wires().connections.total)
  level('parley_connections_peak', 'The most socket connections open at once.', () => wires().connections.peak)
  level('parley_topics', 'Conversations with somebody connected to this process.', () => wires().topics)
  level('parley_subscriptions', 'Places that connections take in conversations.', () => wires().subscriptions)
  total('parley_deliveries_total', 'Frames handed to connections.', () => wires().deliveries)
  total('parley_dropped_total', 'Frames left out because a connection was behind.', () => wires().dropped)
  total('parley_slow_closed_total', 'Connections closed because they read too slowly.', () => wires().slowClosed)
  level('parley_queued_bytes', 'Bytes accepted for clients and not yet taken by the system.', () => wires().queuedBytes)
  level('parley_queued_bytes_max', 'The most of these bytes for one client.', () => wires().queuedBytesMax)
  level('parley_voice_people', 'People connected to this process who talk.', () => wires().voice.people)
  level('parley_voice_rooms', 'Conversations in which they talk.', () => wires().voice.conversations)
}
