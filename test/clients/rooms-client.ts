import type { rooms } from '@parley/protocol'
import { WebSocket } from 'ws'
import { createInbox } from './inbox.ts'
import { rejectWhen } from './line-ended.ts'

type RoomEvent = rooms.RoomEvent
export type RoomsFrame = RoomEvent | rooms.ServerMessage

/** A raw WebSocket on the rooms wire: no reconnecting, no queue. */
export interface RoomsClient extends Disposable {
  readonly received: readonly RoomsFrame[]
  /** Sends with a `ref` and gives the answer's data; throws for an `error`, and `LineEnded` when the line ends first. */
  ask(
    type: rooms.ClientMessageType,
    fields?: Record<string, unknown>,
    waitMs?: number,
  ): Promise<Record<string, unknown>>
  /** The next `room_event` of this name. */
  event<E extends rooms.RoomEventName>(event: E, waitMs?: number): Promise<rooms.RoomEvent<E>>
  /** The code that the connection ended with. */
  readonly ended: Promise<number>
}

export async function openRoomsClient(
  url: string,
  token: string,
  onFrame: (frame: RoomsFrame) => void = () => undefined,
): Promise<RoomsClient> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, ['parley.v1', `bearer.${token}`])
  const inbox = createInbox<RoomsFrame>()
  let refs = 0
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as RoomsFrame
    onFrame(frame)
    inbox.push(frame)
  })
  const ended = new Promise<number>((resolve) => socket.once('close', resolve))
  const cutOff = rejectWhen(ended)
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.on('error', reject)
  })
  return {
    received: inbox.all,
    ended,
    async ask(type, fields = {}, waitMs) {
      const ref = `r${++refs}`
      socket.send(JSON.stringify({ type, ref, ...fields }))
      const answer = await Promise.race([
        inbox.next((frame) => 'ref' in frame && frame.ref === ref, `an answer to ${type}`, waitMs),
        cutOff,
      ])
      if (answer.type !== 'ok') throw new Error(`${type} was refused: ${JSON.stringify(answer)}`)
      return answer.data ?? {}
    },
    async event<E extends rooms.RoomEventName>(event: E, waitMs?: number) {
      const fits = (frame: RoomsFrame): boolean => frame.type === 'room_event' && frame.event === event
      return (await Promise.race([inbox.next(fits, event, waitMs), cutOff])) as rooms.RoomEvent<E>
    },
    [Symbol.dispose]: () => socket.terminate(),
  }
}
