import { openNodeServer } from './node-server.ts'
import type { Peer } from './peer.ts'

export const bareSocketIoServer: Peer = {
  name: 'socket-io',
  label: 'bare Socket.IO',
  protocol: 'bare-socket-io',
  isParley: false,
  missing: () => null,
  open: (start) => openNodeServer(new URL('./socket-io-server.ts', import.meta.url), start),
}

export const bareWsServer: Peer = {
  name: 'ws',
  label: 'bare ws',
  protocol: 'bare-ws',
  isParley: false,
  missing: () => null,
  open: (start) => openNodeServer(new URL('./ws-server.ts', import.meta.url), start),
}
