import { type Protocol, plainTickets } from './protocol.ts'
import { openSocketIo } from './socket-io-client.ts'

/** Clients of a Socket.IO server that sends everything to everybody. */
export const bareSocketIo: Protocol = {
  echoesToSender: true,
  acknowledges: false,
  prepare: async ({ port, people }) => plainTickets(port, people),
  connect: async (ticket, tally) => {
    const socket = await openSocketIo({
      address: ticket,
      auth: {},
      onMarkedEvent: tally.delivered,
      closed: (reason) => tally.failed(reason),
    })
    return {
      join: () => Promise.resolve(),
      send: (text) => socket.emit('message', JSON.stringify(text)),
      close: () => socket.close(),
    }
  },
}
