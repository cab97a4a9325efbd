import { randomBytes } from 'node:crypto'
import { type Address, openByteStream } from './byte-stream.ts'

const TEXT = 0x1
const CLOSE = 0x8
const PING = 0x9
const PONG = 0xa
/** Only the beginning is kept of a frame that is longer: no message that is counted is so long. */
const MAX_WHOLE_FRAME_BYTES = 16_384
const HEAD_BYTES = 512

/** A text frame's payload is `chunk` from `start` to `end`, cut short when it is very long. Read it at once. */
export type OnText = (chunk: Buffer, start: number, end: number) => void

export interface WebSocketClient {
  send(text: string): void
  close(): void
  cut(): void
}

/** A client frame. The mask is zero, which is valid and spares the client the masking, not the server the unmasking. */
function frameOf(opcode: number, payload: Buffer): Buffer {
  const lengthBytes = payload.length < 126 ? 0 : payload.length < 65_536 ? 2 : 8
  const frame = Buffer.alloc(2 + lengthBytes + 4 + payload.length)
  frame[0] = 0x80 | opcode
  frame[1] = 0x80 | (lengthBytes === 0 ? payload.length : lengthBytes === 2 ? 126 : 127)
  if (lengthBytes === 2) frame.writeUInt16BE(payload.length, 2)
  if (lengthBytes === 8) frame.writeBigUInt64BE(BigInt(payload.length), 2)
  payload.copy(frame, 2 + lengthBytes + 4)
  return frame
}

/** A WebSocket client that counts and looks into frames without making objects of them. */
export async function openWebSocket(options: {
  readonly address: Address
  readonly path: string
  readonly protocols?: readonly string[]
  readonly onText: OnText
  /** Long frames are wanted whole, too. */
  readonly wholeFrames?: boolean
  readonly closed: (reason: string) => void
}): Promise<WebSocketClient> {
  const opened = Promise.withResolvers<void>()
  let upgraded = false
  let closeReason: string | null = null

  const upgrade = (chunk: Buffer, start: number, end: number): number => {
    const headEnd = chunk.indexOf('\r\n\r\n', start, 'latin1')
    if (headEnd < 0 || headEnd + 4 > end) return start
    const status = chunk.toString('latin1', start, chunk.indexOf('\r\n', start, 'latin1'))
    if (status.startsWith('HTTP/1.1 101')) {
      upgraded = true
      opened.resolve()
    } else opened.reject(new Error(`the server refused the WebSocket: ${status}`))
    return headEnd + 4
  }

  const frames = (chunk: Buffer, start: number, end: number): number => {
    let at = start
    while (end - at >= 2) {
      const short = (chunk[at + 1] ?? 0) & 0x7f
      const payload = at + (short < 126 ? 2 : short === 126 ? 4 : 10)
      if (payload > end) return at
      const length =
        short < 126 ? short : short === 126 ? chunk.readUInt16BE(at + 2) : Number(chunk.readBigUInt64BE(at + 2))
      const needed = length > MAX_WHOLE_FRAME_BYTES && options.wholeFrames !== true ? HEAD_BYTES : length
      if (payload + needed > end) return at
      handle((chunk[at] ?? 0) & 0x0f, chunk, payload, payload + needed)
      at = payload + length
    }
    return at
  }

  const handle = (opcode: number, chunk: Buffer, start: number, end: number): void => {
    if (opcode === TEXT) options.onText(chunk, start, end)
    else if (opcode === PING) stream.write(frameOf(PONG, Buffer.from(chunk.subarray(start, end))))
    else if (opcode === CLOSE) {
      closeReason = `closed with ${end - start >= 2 ? chunk.readUInt16BE(start) : 'no code'} ${chunk.toString('utf8', start + 2, end)}`
      stream.close()
    }
  }

  const stream = await openByteStream({
    address: options.address,
    consume: (chunk, start, end) => {
      if (upgraded) return frames(chunk, start, end)
      const next = upgrade(chunk, start, end)
      return upgraded ? frames(chunk, next, end) : next
    },
    closed: (reason) => {
      opened.reject(new Error(reason))
      if (upgraded) options.closed(closeReason ?? reason)
    },
  })
  const headers = [
    `GET ${options.path} HTTP/1.1`,
    `Host: ${options.address.secure ? 'localhost' : '127.0.0.1'}:${options.address.port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ...(options.protocols ? [`Sec-WebSocket-Protocol: ${options.protocols.join(', ')}`] : []),
  ]
  stream.write(Buffer.from(`${headers.join('\r\n')}\r\n\r\n`, 'latin1'))
  await opened.promise
  return {
    send: (text) => stream.write(frameOf(TEXT, Buffer.from(text))),
    close: () => stream.close(),
    cut: () => stream.cut(),
  }
}
