import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { FrameInput } from './input.ts'

/** A WebSocket of which every byte is ours to spoil. */
export interface RawLine extends Disposable {
  readonly socket: Socket
  readonly isOpen: boolean
  /** Writes a frame; whatever it wishes for, and whether it makes sense. */
  frame(frame: FrameInput): Promise<void>
  text(text: string): void
  readonly closed: Promise<void>
}

export interface LineListener {
  onText(text: string): void
  /** The code of the server's close frame. */
  onClose(code: number): void
}

const SLOW_BYTES = 12
const SHORT = 126
const LONG = 65_536

/** Opens it; `null` when the server refuses. */
export async function openRawLine(
  url: string,
  path: string,
  headers: readonly string[],
  listener: LineListener,
): Promise<RawLine | null> {
  const { hostname, port, host } = new URL(url)
  const socket = connect({ port: Number(port), host: hostname, noDelay: true })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('error', () => undefined)
  const answered = Promise.withResolvers<string>()
  let head = ''
  let isUpgraded = false
  const read = createFrameReader({
    onText: listener.onText,
    onClose(code) {
      listener.onClose(code)
      // Otherwise the server waits for our close frame.
      socket.end()
    },
  })
  socket.on('data', (chunk: Buffer) => {
    if (isUpgraded) {
      read(chunk)
      return
    }
    head += chunk.toString('latin1')
    const end = head.indexOf('\r\n\r\n')
    if (end === -1) return
    isUpgraded = true
    answered.resolve(head.slice(0, end))
    read(Buffer.from(head.slice(end + 4), 'latin1'))
  })
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
  const answer = await Promise.race([answered.promise, closed])
  if (answer === undefined || !answer.startsWith('HTTP/1.1 101')) {
    socket.destroy()
    return null
  }
  return {
    socket,
    get isOpen() {
      return socket.writable && !socket.destroyed
    },
    closed,
    async frame(wish) {
      const bytes = encodeFrame(wish)
      if (wish.slowly !== true) {
        if (socket.writable) socket.write(bytes)
        return
      }
      for (let at = 0; at < bytes.length && socket.writable; at += 1) {
        // What is long comes in one piece in the end: it is the beginning that asks for patience.
        const isLast = at === SLOW_BYTES
        socket.write(bytes.subarray(at, isLast ? undefined : at + 1))
        if (isLast) return
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
    text: (text) => {
      if (socket.writable) socket.write(encodeFrame({ text }))
    },
    [Symbol.dispose]: () => void socket.destroy(),
  }
}

function encodeFrame(wish: FrameInput): Buffer {
  const { opcode = 1, fin = true, reserved = 0, masked = true } = wish
  const body = wish.bytes === undefined ? Buffer.from(wish.text ?? '') : Buffer.from(wish.bytes, 'base64')
  const length = wish.length ?? body.length
  const head = [(fin ? 0x80 : 0) | (reserved << 4) | opcode]
  const mask = masked ? 0x80 : 0
  if (length < SHORT) head.push(mask | length)
  else if (length < LONG) head.push(mask | SHORT, length >> 8, length & 0xff)
  else {
    const long = Buffer.alloc(8)
    long.writeBigUInt64BE(BigInt(length))
    head.push(mask | 127, ...long)
  }
  // A mask of zeroes leaves the payload as it is.
  return Buffer.concat([Buffer.from(head), Buffer.alloc(masked ? 4 : 0), body])
}

/** The server's frames: whole, unmasked, and none of them in pieces. */
function createFrameReader({ onText, onClose }: LineListener): (chunk: Buffer) => void {
  let kept: Buffer = Buffer.alloc(0)
  return (chunk) => {
    const bytes = kept.length === 0 ? chunk : Buffer.concat([kept, chunk])
    let at = 0
    while (bytes.length - at >= 2) {
      const short = bytes.readUInt8(at + 1)
      const start = at + (short < SHORT ? 2 : short === SHORT ? 4 : 10)
      if (bytes.length < start) break
      const length =
        short < SHORT ? short : short === SHORT ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
      if (bytes.length < start + length) break
      const opcode = bytes.readUInt8(at) & 0x0f
      if (opcode === 1) onText(bytes.toString('utf8', start, start + length))
      else if (opcode === 8) onClose(length >= 2 ? bytes.readUInt16BE(start) : 1005)
      at = start + length
    }
    kept = at === bytes.length ? Buffer.alloc(0) : Buffer.from(bytes.subarray(at))
  }
}
