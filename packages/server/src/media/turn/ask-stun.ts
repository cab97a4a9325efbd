import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'

/** RFC 8489, sections 5 and 18. */
const BINDING_REQUEST = 0x0001
const BINDING_SUCCESS = 0x0101
const MAGIC_COOKIE = 0x2112a442
const HEADER_BYTES = 20
const TRANSACTION_BYTES = 12
const ANSWER_WITHIN_MS = 500

/** Resolves when the STUN server at this IPv4 address answers a Binding request over UDP; rejects when it does not, within half a second. */
export async function askStun(address: string, port: number): Promise<void> {
  const transaction = randomBytes(TRANSACTION_BYTES)
  const request = Buffer.alloc(HEADER_BYTES)
  request.writeUInt16BE(BINDING_REQUEST, 0)
  request.writeUInt32BE(MAGIC_COOKIE, 4)
  transaction.copy(request, HEADER_BYTES - TRANSACTION_BYTES)

  const socket = createSocket('udp4')
  const answered = Promise.withResolvers<void>()
  socket.on('error', answered.reject)
  socket.on('message', (answer) => {
    const isOurs =
      answer.length >= HEADER_BYTES &&
      answer.subarray(HEADER_BYTES - TRANSACTION_BYTES, HEADER_BYTES).equals(transaction)
    if (isOurs && answer.readUInt16BE(0) === BINDING_SUCCESS) answered.resolve()
  })
  const tooLate = setTimeout(() => answered.reject(new Error(`no answer from ${address}:${port}`)), ANSWER_WITHIN_MS)
  try {
    // Connected, it is told when nothing listens there.
    socket.connect(port, address, () => socket.send(request))
    await answered.promise
  } finally {
    clearTimeout(tooLate)
    socket.close()
  }
}
