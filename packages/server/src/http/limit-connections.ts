import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { ReportSecurity } from '../ops/security-log.ts'
import type { ClientOrigin } from './client-address.ts'

export interface ConnectionLimit {
  readonly client: Pick<ClientOrigin, 'peer'>
  /** Open at once, from one address. */
  readonly max: number
  readonly security: ReportSecurity
}

/**
 * Ends connections of an address that has too many, before a byte of them is read. What a trusted proxy
 * brings is for the proxy to bound: all of it comes from one address.
 */
export function limitConnections(server: Server, { client, max, security }: ConnectionLimit): void {
  const open = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    const address = client.peer(socket)
    if (address === null) return
    const count = open.get(address) ?? 0
    if (count >= max) {
      security({ type: 'too-many-connections', wire: 'http', address })
      socket.destroy()
      return
    }
    open.set(address, count + 1)
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1
      if (left > 0) open.set(address, left)
      else open.delete(address)
    })
  })
}
