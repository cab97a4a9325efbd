import type { rooms } from '@parley/protocol'
import { WebSocket } from 'ws'
import { LineEnded } from '../../clients/line-ended.ts'
import { roomsChange } from '../change.ts'
import { membersInVoice } from '../voice/seen-in-voice.ts'
import { ANSWER_WAIT_MS, type Line, type OpenLine, Refused } from './line.ts'

type Frame = rooms.RoomEvent | rooms.ServerMessage
type Answer = Extract<Frame, { type: 'ok' | 'error' }>

/** A server that says nothing for so long, not even a probe, is gone. */
const SILENCE_MS = 12_000

/** A raw WebSocket on the rooms wire: one room at a time. */
export const onRooms: OpenLine = async ({ url, token, onTold, onInVoice, onPresent }) => {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, ['parley.v1', `bearer.${token}`], {
    handshakeTimeout: ANSWER_WAIT_MS,
  })
  const answers = new Map<string, (answer: Answer | LineEnded) => void>()
  const ended = Promise.withResolvers<number>()
  let refs = 0
  let onJoined: (joined: rooms.RoomEvent<'joined'>) => void = () => undefined

  function onParticipants(
    roomId: string,
    participants: rooms.ServerMessage<'participants_update'>['participants'],
  ): void {
    onInVoice(roomId, membersInVoice(participants))
    onPresent(roomId, new Set(participants.filter(({ online }) => online).map(({ id }) => id)))
  }

  const silence = setTimeout(() => socket.terminate(), SILENCE_MS)
  socket.on('ping', () => silence.refresh())
  socket.on('message', (data) => {
    silence.refresh()
    // What is still in the buffers of a line that was given up was not received.
    if (socket.readyState !== WebSocket.OPEN) return
    const frame = JSON.parse(String(data)) as Frame
    if (frame.type === 'ok' || frame.type === 'error') answers.get(frame.ref ?? '')?.(frame)
    else if (frame.type === 'room_event' && frame.event === 'joined') {
      onJoined(frame)
      onParticipants(frame.roomId, frame.room.participants)
    } else if (frame.type === 'participants_update') onParticipants(frame.roomId, frame.participants)
    else if (frame.type === 'room_event') {
      const told = roomsChange(frame)
      if (told !== null) onTold(told)
    }
  })
  socket.once('close', (code) => {
    clearTimeout(silence)
    for (const take of answers.values()) take(new LineEnded(`with code ${code}`))
    ended.resolve(code)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.on('error', reject)
  })

  function ask(type: rooms.ClientMessageType, fields: object, onAnswer: (data: Record<string, unknown>) => void) {
    const ref = `r${++refs}`
    return new Promise<void>((resolve, reject) => {
      if (socket.readyState !== WebSocket.OPEN) {
        reject(new LineEnded('it ended before this was asked'))
        return
      }
      const noAnswer = setTimeout(() => socket.terminate(), ANSWER_WAIT_MS)
      answers.set(ref, (answer) => {
        clearTimeout(noAnswer)
        answers.delete(ref)
        if (answer instanceof LineEnded) reject(answer)
        else if (answer.type === 'error') reject(new Refused(type, answer))
        else {
          onAnswer(answer.data ?? {})
          resolve()
        }
      })
      socket.send(JSON.stringify({ type, ref, ...fields }))
    })
  }

  const line: Line = {
    ended: ended.promise,
    join(roomId, since, onEntered) {
      onJoined = ({ room: { epoch, rev }, recovered, missed }) =>
        onEntered({ epoch, rev, recovered, missed: missed.flatMap((event) => roomsChange(event)?.change ?? []) })
      return ask('join_room', { roomId, ...(since !== null && { since }) }, ignore)
    },
    say: (_, text, clientId, onAcked) =>
      ask('send_message', { text, clientId }, ({ messageId, seq, duplicate }) =>
        onAcked({ messageId: String(messageId), seq: Number(seq), duplicate: duplicate === true }),
      ),
    // On this wire nobody stops following without giving up the seat.
    leave: (_, seat, onLeft) => (seat ? ask('leave_room', {}, onLeft) : Promise.resolve()),
    edit: (_, messageId, text) => ask('edit_message', { messageId, text }, ignore),
    remove: (_, messageId) => ask('delete_message', { messageId }, ignore),
    react: (_, messageId, emoji) => ask('react', { messageId, emoji }, ignore),
    speak: null,
    [Symbol.dispose]: () => socket.terminate(),
  }
  return line
}

const ignore = (): void => undefined
