import { parleyTickets } from '../parley-tickets.ts'
import { openSocketIo } from '../socket-io-client.ts'
import { createAnswers } from './answers.ts'
import { readMessages } from './numbered-messages.ts'
import { placeAfter, sinceOf } from './parley-place.ts'
import type { ReturningProtocol } from './returning-protocol.ts'

const JOIN_ID = 0
const BRACKET = 0x5b
const REFUSED = Buffer.from('[{"ok":false')
const RECOVERED = Buffer.from('"recovered":true')
const DRAINING = Buffer.from('["server:draining"')

/** Members of a Parley room on the messenger wire, who come back with `since`. */
export const returningMessenger: ReturningProtocol = {
  prepare: ({ restPort, people, rooms }) => parleyTickets({ port: restPort, people, rooms, writers: rooms }),
  async open({ token, roomId, index }, address, known, events) {
    const answers = createAnswers()
    let place = known
    let recovered = false
    let isIn = false
    const read = (frame: Buffer, isAnew = false): void => {
      readMessages(frame, 0, frame.length, events, isAnew)
      place = placeAfter(frame, place)
      if (place !== null) events.place(place)
    }
    const socket = await openSocketIo({
      address,
      auth: { token },
      wholeFrames: true,
      onEvent: (chunk, start, end) => {
        const frame = chunk.subarray(start, end)
        if (frame.indexOf(DRAINING) === 0) {
          const [, { reconnectAfterMs }] = JSON.parse(frame.toString()) as [string, { reconnectAfterMs: number }]
          events.draining(reconnectAfterMs)
        }
        // What comes before the answer to the join is not of the room.
        else if (isIn) read(frame)
      },
      onAck: (chunk, start, end) => {
        const data = chunk.indexOf(BRACKET, start)
        const id = chunk.toString('latin1', start, data)
        const frame = chunk.subarray(data, end)
        const isRefused = frame.indexOf(REFUSED) === 0
        if (id === String(JOIN_ID) && !isRefused) {
          isIn = true
          recovered = frame.includes(RECOVERED)
          read(frame, !recovered)
        }
        answers.settle(id, isRefused ? frame.toString() : null)
      },
      closed: (reason) => {
        answers.end(reason)
        events.closed(reason)
      },
    })
    const request = (id: number, event: string, data: object): Promise<void> => {
      const answered = answers.wait(String(id))
      socket.request(id, event, JSON.stringify(data))
      return answered
    }
    try {
      await request(JOIN_ID, 'chat:join', { chatId: roomId, ...(known === null ? {} : { since: sinceOf(known) }) })
    } catch (error) {
      socket.close()
      throw error
    }
    return {
      recovered,
      send: (number, text) => {
        const data = { chatId: roomId, encryptedContent: text, messageType: 'text', tempId: `${index}-${number}` }
        return request(number, 'message:new', data)
      },
      cut: () => socket.cut(),
    }
  },
}
