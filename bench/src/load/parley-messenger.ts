import { parleyTickets } from './parley-tickets.ts'
import type { Protocol } from './protocol.ts'
import { openSocketIo } from './socket-io-client.ts'

const JOIN_ID = 0
const REFUSED = Buffer.from('"ok":false')
const ACK_HEAD_BYTES = 40

/** Members of a Parley room on the messenger wire: Socket.IO events, every send with a `tempId` and a callback. */
export const parleyMessenger: Protocol = {
  echoesToSender: false,
  acknowledges: true,
  prepare: parleyTickets,
  connect: async (ticket, tally) => {
    const { token, roomId, index } = ticket
    const joined = Promise.withResolvers<void>()
    // Whoever waits for it hears of its failure; a member that has not asked to join yet has nobody waiting.
    joined.promise.catch(() => undefined)
    let inRoom = false
    let sent = 0
    const socket = await openSocketIo({
      address: ticket,
      auth: { token },
      onMarkedEvent: tally.delivered,
      onAck: (chunk, start, end) => {
        const refusedAt = chunk.indexOf(REFUSED, start)
        if (refusedAt >= 0 && refusedAt < Math.min(end, start + ACK_HEAD_BYTES)) {
          const problem = chunk.toString('utf8', start, end)
          joined.reject(new Error(problem))
          tally.failed(problem)
        } else if (inRoom) tally.acknowledged()
        else {
          inRoom = true
          joined.resolve()
        }
      },
      closed: (reason) => {
        joined.reject(new Error(reason))
        tally.failed(reason)
      },
    })
    return {
      join: () => {
        socket.request(JOIN_ID, 'chat:join', JSON.stringify({ chatId: roomId }))
        return joined.promise
      },
      send: (text) => {
        const tempId = `${index}-${++sent}`
        const data = { chatId: roomId, encryptedContent: text, messageType: 'text', tempId }
        socket.request(sent, 'message:new', JSON.stringify(data))
      },
      close: () => socket.close(),
    }
  },
}
