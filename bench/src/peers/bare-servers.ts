import { type NodeServer, openNodeServer } from './node-server.ts'
import type { Peer, PeerStart } from './peer.ts'

/** A peer that runs on Node. */
type NodePeer = Omit<Peer, 'open'> & { open(start: PeerStart): Promise<NodeServer> }

export const bareSocketIoServer: NodePeer = {
  name: 'socket-io',
  label: 'bare Socket.IO',
  protocol: 'bare-socket-io',
  isParley: false,
  missing: () => null,
  open: (start) => openNodeServer(new URL('./socket-io-server.ts', import.meta.url), start),
}

export const bareWsServer: NodePeer = {
  name: 'ws',
  label: 'bare ws',
  protocol: 'bare-ws',
  isParley: false,
  missing: () => null,
  open: (start) => openNodeServer(new URL('./ws-server.ts', import.meta.url), start),
}
