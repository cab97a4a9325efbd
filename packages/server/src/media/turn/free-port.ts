import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Rejects, with what to do, when something listens at this address already, by UDP or TCP. Asked before a start,
 * because coturn would share the port: the system lets programs of one user do so, and gives each a part of the packets.
 */
export async function requireFreePort(address: string, port: number, setting: string): Promise<void> {
  const udp = createSocket('udp4')
  const tcp = createServer()
  try {
    await Promise.all([bound(udp, () => udp.bind(port, address)), bound(tcp, () => tcp.listen(port, address))])
  } catch (error) {
    const why = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' ? 'is taken' : 'can not be had'
    throw new Error(`port ${port} on ${address} ${why}. End what uses it, or set ${setting} to another port`)
  } finally {
    await Promise.all([closed(udp), closed(tcp)])
  }
}

const bound = async (socket: NodeJS.EventEmitter, bind: () => unknown): Promise<void> => {
  const listening = once(socket, 'listening')
  bind()
  await listening
}

/** Closes a socket, also one that never listened. */
const closed = (socket: { close(done: () => void): unknown }): Promise<void> =>
  new Promise((resolve) => {
    try {
      socket.close(() => resolve())
    } catch {
      resolve()
    }
  })
