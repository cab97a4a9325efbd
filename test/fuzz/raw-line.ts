import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A WebSocket of which every byte is ours to spoil. */
export interface RawLine extends Disposable {
  readonly socket: Socket
  readonly isOpen: boolean
  /** Writes a frame; `opcode` and the flags may be any. */
  frame(payload: Buffer | string, wish?: FrameWish): void
  text(payload: string): void
  /** What has come so far, as it is on the line. */
  received(): string
}

interface FrameWish {
  readonly opcode?: number
  readonly fin?: boolean
  readonly reserved?: number
  readonly masked?: boolean
  /** Says that it is so long, whatever it is. */
  readonly length?: number
}

export async function openRawLine(url: string, path: string, headers: readonly string[] = []): Promise<RawLine> {
  const { hostname, port, host } = new URL(url)
  const socket = connect(Number(port), hostname)
  const chunks: Buffer[] = []
  let isOpen = true
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('error', () => undefined)
  socket.once('close', () => {
    isOpen = false
  })
  await once(socket, 'connect')
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ...headers,
  ]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  await once(socket, 'data')

  const frame: RawLine['frame'] = (payload, wish = {}) => {
    const { opcode = 1, fin = true, reserved = 0, masked = true } = wish
    const body = Buffer.from(payload)
    const length = wish.length ?? body.length
    const head = [(fin ? 0x80 : 0) | (reserved << 4) | opcode]
    const mask = masked ? 0x80 : 0
    if (length < 126) head.push(mask | length)
    else if (length < 65_536) head.push(mask | 126, length >> 8, length & 0xff)
    else {
      const long = Buffer.alloc(8)
      long.writeBigUInt64BE(BigInt(length))
      head.push(mask | 127, ...long)
    }
    // A mask of zeroes leaves the payload as it is.
    if (socket.writable) socket.write(Buffer.concat([Buffer.from(head), Buffer.alloc(masked ? 4 : 0), body]))
  }
  return {
    socket,
    get isOpen() {
      return isOpen
    },
    frame,
    text: (payload) => frame(payload),
    received: () => Buffer.concat(chunks).toString(),
    [Symbol.dispose]: () => socket.destroy(),
  }
}
