import { findMark, type Protocol, plainTickets } from './protocol.ts'
import { openWebSocket } from './web-socket.ts'

/** Clients of a `ws` server that sends everything to everybody. */
export const bareWs: Protocol = {
  echoesToSender: true,
  acknowledges: false,
  prepare: async ({ port, people }) => plainTickets(port, people),
  connect: async (ticket, tally) => {
    const socket = await openWebSocket({
      address: ticket,
      path: '/',
      onText: (chunk, start, end) => {
        const markedAt = findMark(chunk, start, end)
        if (markedAt >= 0) tally.delivered(chunk, markedAt)
      },
      closed: (reason) => tally.failed(reason),
    })
    return { join: () => Promise.resolve(), send: (text) => socket.send(text), close: () => socket.close() }
  },
}
