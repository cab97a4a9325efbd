import { parleyTickets } from '../parley-tickets.ts'
import { openWebSocket } from '../web-socket.ts'
import { createAnswers } from './answers.ts'
import { lastAfter, readMessages } from './numbered-messages.ts'
import { placeAfter, sinceOf } from './parley-place.ts'
import type { ReturningProtocol } from './returning-protocol.ts'

const JOIN_REF = 'join'
const JOINED = Buffer.from('"event":"joined"')
const JOIN_HEAD_BYTES = 200
/** What the room looks like comes before, also to those who are told what they missed. */
const RECOVERED = Buffer.from('"recovered":true,"missed":[')
const OK = Buffer.from('{"type":"ok"')
const ERROR = Buffer.from('{"type":"error"')
const REF = Buffer.from('"ref":"')
const QUOTE = [0x22]

/** Members of a Parley room on the rooms wire, who come back with `since`. */
export const returningRooms: ReturningProtocol = {
  prepare: ({ restPort, people, rooms }) => parleyTickets({ port: restPort, people, rooms, writers: rooms }),
  async open({ token, roomId, index }, address, known, events) {
    const answers = createAnswers()
    let place = known
    let recovered = false
    let isIn = false
    const socket = await openWebSocket({
      address,
      path: '/ws',
      protocols: ['parley.v1', `bearer.${token}`],
      wholeFrames: true,
      onText: (chunk, start, end) => {
        const frame = chunk.subarray(start, end)
        const isError = frame.indexOf(ERROR) === 0
        if (isError || frame.indexOf(OK) === 0) {
          answers.settle(lastAfter(frame, REF, QUOTE) ?? '', isError ? frame.toString() : null)
          return
        }
        const isJoin = !isIn && frame.subarray(0, JOIN_HEAD_BYTES).includes(JOINED)
        if (!isJoin && !isIn) return
        const missedAt = isJoin ? frame.lastIndexOf(RECOVERED) : 0
        if (isJoin) recovered = missedAt >= 0
        isIn = true
        readMessages(frame, Math.max(0, missedAt), frame.length, events, missedAt < 0)
        place = placeAfter(frame, place)
        if (place !== null) events.place(place)
      },
      closed: (reason) => {
        answers.end(reason)
        events.closed(reason)
      },
    })
    const request = (ref: string, message: object): Promise<void> => {
      const answered = answers.wait(ref)
      socket.send(JSON.stringify({ ...message, ref }))
      return answered
    }
    const since = known === null ? {} : { since: sinceOf(known) }
    try {
      await request(JOIN_REF, { type: 'join_room', roomId, name: `Member ${index}`, ...since })
    } catch (error) {
      socket.close()
      throw error
    }
    return {
      recovered,
      send: (number, text) => {
        const clientId = `${index}-${number}`
        return request(clientId, { type: 'send_message', text, clientId })
      },
      cut: () => socket.cut(),
    }
  },
}
