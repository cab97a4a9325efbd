import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { ReportSecurity } from '../ops/security-log.ts'
import type { ClientOrigin } from './client-address.ts'

export interface ConnectionLimit {
  readonly client: Pick<ClientOrigin, 'peer'>
  /** How many connections one address may have open at once. */
  readonly max: number
  /** How many bytes of answers may wait that one address has asked for and does not read. */
  readonly maxUnreadBytes: number
  readonly security: ReportSecurity
}

/** How often it is looked what is not read. */
const LOOK_MS = 250

/**
 * Ends connections of an address that has too many, before a byte of them is read, and those with the most that is
 * not read when that is too much together. What a trusted proxy brings is for the proxy to bound: all of it comes
 * from one address.
 */
export function limitConnections(server: Server, { client, max, maxUnreadBytes, security }: ConnectionLimit): void {
  const open = new Map<string, Set<Socket>>()
  /** Connections that became WebSockets, which have bounds of their own. */
  const upgraded = new WeakSet<Socket>()
  server.on('connection', (socket: Socket) => {
    const address = client.peer(socket)
    if (address === null) return
    const sockets = open.get(address) ?? new Set()
    if (sockets.size >= max) {
      security({ type: 'too-many-connections', wire: 'http', address })
      socket.destroy()
      return
    }
    open.set(address, sockets.add(socket))
    socket.once('close', () => {
      sockets.delete(socket)
      if (sockets.size === 0) open.delete(address)
    })
  })
  server.on('upgrade', (_request, socket: Socket) => upgraded.add(socket))

  const looking = setInterval(() => {
    for (const [address, sockets] of open) {
      const unread = [...sockets].filter((socket) => socket.writableLength > 0 && !upgraded.has(socket))
      endUnread(unread, maxUnreadBytes, () => security({ type: 'answers-unread', wire: 'http', address }))
    }
  }, LOOK_MS).unref()
  server.once('close', () => clearInterval(looking))
}

/** Ends those with the most until no more than `maxBytes` are left. */
function endUnread(sockets: readonly Socket[], maxBytes: number, report: () => void): void {
  let bytes = sockets.reduce((sum, { writableLength }) => sum + writableLength, 0)
  if (bytes <= maxBytes) return
  for (const socket of sockets.toSorted((one, other) => other.writableLength - one.writableLength)) {
    if (bytes <= maxBytes) return
    bytes -= socket.writableLength
    report()
    socket.destroy()
  }
}
