/** A message ready for every session of a wire: encoded once, framed once. */
export interface Frame {
  /** The WebSocket frame as it goes on the socket. */
  readonly bytes: Buffer
  /** The payload without the transport's own prefix, for transports that frame it themselves. */
  readonly text: string
}

const FIN_TEXT = 0x81
const SHORT_MAX = 125
const MEDIUM_MAX = 0xffff

/** An unmasked, unfragmented WebSocket text frame (RFC 6455, 5.2). */
export function textFrame(payload: string): Buffer {
  const length = Buffer.byteLength(payload)
  const headerLength = length <= SHORT_MAX ? 2 : length <= MEDIUM_MAX ? 4 : 10
  const frame = Buffer.allocUnsafe(headerLength + length)
  frame[0] = FIN_TEXT
  if (headerLength === 2) {
    frame[1] = length
  } else if (headerLength === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  frame.write(payload, headerLength)
  return frame
}

/** A ping without payload. */
export const PING_FRAME: Frame = { bytes: Buffer.from([0x89, 0x00]), text: '' }
