import { type Frame, textFrame } from './frame.ts'

/** Engine.IO's prefix of a message, and Socket.IO's of an event in the main namespace. */
const ENGINE_MESSAGE = '4'
const SOCKET_EVENT = '2'

/** An event in the main namespace, with its data as the only argument. */
export function socketioFrame(event: string, data: unknown): Frame {
  const text = SOCKET_EVENT + JSON.stringify([event, data])
  return { text, bytes: textFrame(ENGINE_MESSAGE + text) }
}
