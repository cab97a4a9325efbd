import type { ReturningKind } from '../load/returning/returning-load-process.ts'
import { type NodeServer, openNodeServer } from './node-server.ts'
import { openParley } from './parley.ts'
import type { PeerStart } from './peer.ts'

/** A server whose clients lose their lines and come back. */
export interface ReturningPeer {
  readonly kind: ReturningKind
  readonly label: string
  open(start: PeerStart): Promise<NodeServer>
}

/** Each on one process, in memory. */
export const RETURNING_PEERS: readonly ReturningPeer[] = [
  { kind: 'parley-messenger', label: 'Parley, messenger wire', open: (start) => openParley(start) },
  { kind: 'parley-rooms', label: 'Parley, rooms wire', open: (start) => openParley(start) },
  {
    kind: 'socket-io',
    label: 'Socket.IO, recovery in memory',
    open: (start) => openNodeServer(new URL('./socket-io-rooms-server.ts', import.meta.url), start),
  },
]

/** Those of `names`, all when there are none. */
export function returningPeersNamed(names: readonly string[]): readonly ReturningPeer[] {
  const unknown = names.find((name) => !RETURNING_PEERS.some(({ kind }) => kind === name))
  if (unknown !== undefined) {
    throw new Error(`no such peer: ${unknown} (there are ${RETURNING_PEERS.map(({ kind }) => kind).join(', ')})`)
  }
  return names.length === 0 ? RETURNING_PEERS : RETURNING_PEERS.filter(({ kind }) => names.includes(kind))
}
