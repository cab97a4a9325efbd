import { parleyTickets } from './parley-tickets.ts'
import { findMark, type Protocol } from './protocol.ts'
import { openWebSocket } from './web-socket.ts'

const JOINED = Buffer.from('"joined"')
const OK = Buffer.from('{"type":"ok"')
const ERROR = Buffer.from('{"type":"error"')
const JOIN_HEAD_BYTES = 200

const startsWith = (chunk: Buffer, start: number, prefix: Buffer): boolean =>
  chunk.compare(prefix, 0, prefix.length, start, Math.min(chunk.length, start + prefix.length)) === 0

/** Members of a Parley room on the rooms wire: JSON in raw WebSocket frames, every send with a `clientId`. */
export const parleyRooms: Protocol = {
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
    const socket = await openWebSocket({
      address: ticket,
      path: '/ws',
      protocols: ['parley.v1', `bearer.${token}`],
      onText: (chunk, start, end) => {
        const markedAt = findMark(chunk, start, end)
        if (markedAt >= 0) tally.delivered(chunk, markedAt)
        else if (startsWith(chunk, start, OK)) {
          if (inRoom) tally.acknowledged()
        } else if (startsWith(chunk, start, ERROR)) {
          const problem = chunk.toString('utf8', start, end)
          joined.reject(new Error(problem))
          tally.failed(problem)
        } else if (!inRoom) {
          const at = chunk.indexOf(JOINED, start)
          if (at < 0 || at > Math.min(end, start + JOIN_HEAD_BYTES)) return
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
        socket.send(JSON.stringify({ type: 'join_room', roomId, name: `Member ${index}` }))
        return joined.promise
      },
      send: (text) => {
        const clientId = `${index}-${++sent}`
        socket.send(JSON.stringify({ type: 'send_message', text, clientId, ref: clientId }))
      },
      close: () => socket.close(),
    }
  },
}
