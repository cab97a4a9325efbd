import { bareSocketIoServer, bareWsServer } from './bare-servers.ts'
import { mosquitto } from './mosquitto.ts'
import { parleyMessengerWire, parleyRoomsWire } from './parley.ts'
import type { Peer } from './peer.ts'

/** Everything that can be measured, in the order of tables and plots: each wire beside what it is held against. */
export const ALL_PEERS: readonly Peer[] = [
  parleyMessengerWire,
  bareSocketIoServer,
  parleyRoomsWire,
  bareWsServer,
  mosquitto,
]

/** Those of `names` (all when empty) that can run here; `tell` learns which of them can't. */
export function peersNamed(names: readonly string[], tell: (line: string) => void): Peer[] {
  const unknown = names.filter((name) => !ALL_PEERS.some((peer) => peer.name === name))
  if (unknown.length > 0) {
    const known = ALL_PEERS.map((peer) => peer.name).join(', ')
    throw new Error(`no such peer: ${unknown.join(', ')} (there are ${known})`)
  }
  return ALL_PEERS.filter((peer) => {
    if (names.length > 0 && !names.includes(peer.name)) return false
    const reason = peer.missing()
    if (reason !== null) tell(`${peer.label} is left out: ${reason}`)
    return reason === null
  })
}
