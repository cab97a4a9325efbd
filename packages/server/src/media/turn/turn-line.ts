import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { HEADER_BYTES } from './stun-message.ts'

export type TurnTransport = 'udp' | 'tcp' | 'tls'

/** A way to a relay that carries whole messages of STUN. */
export interface TurnLine {
  /** Whether what is sent arrives, so that it need not be sent again. */
  readonly isReliable: boolean
  onMessage: (bytes: Buffer) => void
  onBroken: (error: Error) => void
  send(bytes: Buffer): void
  close(): void
}

const CONNECT_WITHIN_MS = 3000

/** Rejects when nobody is there, and for TLS when the certificate is not good for this host. */
export async function openTurnLine(transport: TurnTransport, host: string, port: number): Promise<TurnLine> {
  return transport === 'udp' ? openUdp(host, port) : openStream(transport, host, port)
}

async function openUdp(host: string, port: number): Promise<TurnLine> {
  const socket = createSocket('udp4')
  // Connected, it is told when nothing listens there.
  socket.connect(port, host)
  await once(socket, 'connect')
  const line: TurnLine = {
    isReliable: false,
    onMessage: () => undefined,
    onBroken: () => undefined,
    send: (bytes) => socket.send(bytes),
    close: () => void socket.close(),
  }
  socket.on('message', (bytes) => line.onMessage(bytes))
  socket.on('error', (error) => line.onBroken(error))
  return line
}

async function openStream(transport: 'tcp' | 'tls', host: string, port: number): Promise<TurnLine> {
  const socket: Socket =
    transport === 'tls' ? connectTls({ host, port, servername: host }) : createConnection({ host, port })
  const signal = AbortSignal.timeout(CONNECT_WITHIN_MS)
  try {
    await once(socket, transport === 'tls' ? 'secureConnect' : 'connect', { signal })
  } catch (error) {
    socket.destroy()
    throw signal.aborted ? new Error('it does not answer') : error
  }
  const line: TurnLine = {
    isReliable: true,
    onMessage: () => undefined,
    onBroken: () => undefined,
    send: (bytes) => void socket.write(bytes),
    close: () => void socket.destroy(),
  }
  let unread: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk])
    while (unread.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + unread.readUInt16BE(2)
      if (unread.length < end) return
      line.onMessage(unread.subarray(0, end))
      unread = unread.subarray(end)
    }
  })
  socket.on('error', (error) => line.onBroken(error))
  socket.on('close', () => line.onBroken(new Error('it closed the connection')))
  return line
}
