import type { messenger, rooms } from '@parley/protocol'
import { rejectWhen } from '../clients/line-ended.ts'
import { openMessengerClient } from '../clients/messenger-client.ts'
import { openRoomsClient } from '../clients/rooms-client.ts'

/** A durable change as both wires tell it, without what differs between them. */
export interface Change {
  readonly rev: number
  /** The message, when one was sent; `null` for every other change. */
  readonly said: { readonly id: string; readonly text: string } | null
}

interface Position {
  readonly epoch: string
  readonly rev: number
}

/** A connection that has entered the room, on one wire or the other. */
export interface Line extends Disposable {
  readonly position: Position
  /** `null`: not recovered, a fresh view was given. */
  readonly missed: readonly Change[] | null
  readonly ended: Promise<unknown>
  /** Resolves with the change that sending made, or made the first time; rejects when the line ends first. */
  say(text: string, clientId: string): Promise<Change>
}

interface Seat {
  readonly url: string
  readonly roomId: string
  readonly token: string
  readonly since: Position | null
  /** Every durable change that comes live. */
  readonly onChange: (change: Change) => void
}

export type OpenLine = (seat: Seat) => Promise<Line>

export const openRoomsLine: OpenLine = async ({ url, roomId, token, since, onChange }) => {
  const client = await openRoomsClient(url, token, (frame) => {
    if (frame.type === 'room_event' && frame.event !== 'joined' && 'rev' in frame) onChange(roomsChange(frame))
  })
  await client.ask('join_room', { roomId, ...(since === null ? {} : { since }) })
  const { room, recovered, missed } = await client.event('joined')
  return {
    position: { epoch: room.epoch, rev: room.rev },
    missed: recovered ? missed.map(roomsChange) : null,
    ended: client.ended,
    async say(text, clientId) {
      const { messageId, seq } = await client.ask('send_message', { text, clientId })
      return { rev: Number(seq), said: { id: String(messageId), text } }
    },
    [Symbol.dispose]: client[Symbol.dispose],
  }
}

function roomsChange(event: rooms.RoomEvent & { readonly rev: number }): Change {
  const said = event.event === 'message' ? { id: event.message.id, text: event.message.text } : null
  return { rev: event.rev, said }
}

export const openMessengerLine: OpenLine = async ({ url, roomId: chatId, token, since, onChange }) => {
  const client = await openMessengerClient(url, token)
  const cutOff = rejectWhen(client.ended)
  client.socket.onAny((event: string, data: { readonly rev?: number }) => {
    if (data.rev !== undefined) onChange(messengerChange({ event, data }))
  })
  const joined = await Promise.race([client.ask('chat:join', { chatId, ...(since === null ? {} : { since }) }), cutOff])
  if (!('members' in joined)) throw new Error('landed in the lobby')
  return {
    position: { epoch: joined.epoch, rev: joined.rev },
    missed: joined.recovered ? joined.changes.map(messengerChange) : null,
    ended: client.ended,
    async say(encryptedContent, tempId) {
      const content = { chatId, encryptedContent, messageType: 'text', tempId } as const
      const { message } = await Promise.race([client.ask('message:new', content), cutOff])
      return { rev: message.seq, said: { id: message.id, text: message.encryptedContent } }
    },
    [Symbol.dispose]: client[Symbol.dispose],
  }
}

function messengerChange({ event, data }: { readonly event: string; readonly data: unknown }): Change {
  const message = data as messenger.Message
  return { rev: message.rev, said: event === 'message:new' ? { id: message.id, text: message.encryptedContent } : null }
}
