import { openSocketIo } from '../socket-io-client.ts'
import { createAnswers } from './answers.ts'
import { readMessages } from './numbered-messages.ts'
import type { ReturningProtocol } from './returning-protocol.ts'

const BRACKET = 0x5b
const LAST_TEXT = /"([^"]+)"\]$/

/**
 * Clients of a Socket.IO server with connection state recovery, who come back as socket.io-client does: with the
 * session's private id and the offset of the last event that had one.
 */
export const returningSocketIo: ReturningProtocol = {
  prepare: async ({ restPort, people, rooms }) =>
    Array.from({ length: people + rooms }, (_, index) => ({
      port: restPort,
      index,
      token: '',
      roomId: `room-${index < people ? Math.floor((index * rooms) / people) : index - people}`,
    })),
  async open({ roomId }, address, known, events) {
    const answers = createAnswers()
    let session = ''
    let recovered = false
    const socket = await openSocketIo({
      address,
      auth: { room: roomId, ...(known === null ? {} : { pid: known.of, offset: known.at }) },
      wholeFrames: true,
      onConnect: (chunk, start, end) => {
        session = (JSON.parse(chunk.toString('utf8', start, end)) as { pid: string }).pid
        recovered = session === known?.of
      },
      onEvent: (chunk, start, end) => {
        readMessages(chunk, start, end, events)
        const offset = LAST_TEXT.exec(chunk.toString('latin1', Math.max(start, end - 64), end))?.[1]
        if (offset !== undefined) events.place({ of: session, at: offset })
      },
      onAck: (chunk, start) => answers.settle(chunk.toString('latin1', start, chunk.indexOf(BRACKET, start)), null),
      closed: (reason) => {
        answers.end(reason)
        events.closed(reason)
      },
    })
    return {
      recovered,
      send: (number, text) => {
        const answered = answers.wait(String(number))
        socket.request(number, 'message', JSON.stringify(text))
        return answered
      },
      cut: () => socket.cut(),
    }
  },
}
