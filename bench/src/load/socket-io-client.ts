import type { Address } from './byte-stream.ts'
import { findMark } from './protocol.ts'
import { type OnText, openWebSocket } from './web-socket.ts'

const OPEN = 0x30
const PING = 0x32
const MESSAGE = 0x34
const CONNECT = 0x30
const EVENT = 0x32
const ACK = 0x33
const CONNECT_ERROR = 0x34
const ERROR_EVENT = Buffer.from('42["error"')

export interface SocketIoClient {
  /** Sends an event without asking for an answer. */
  emit(event: string, json: string): void
  /** Sends an event; its answer goes to `onAck` with this id. */
  request(id: number, event: string, json: string): void
  close(): void
  cut(): void
}

const isError = (chunk: Buffer, start: number): boolean =>
  chunk.compare(ERROR_EVENT, 0, ERROR_EVENT.length, start, Math.min(chunk.length, start + ERROR_EVENT.length)) === 0

/**
 * As much of Engine.IO 4 and Socket.IO 5 as a client on the WebSocket transport needs: open, connect,
 * events with text data, acknowledgements, pings.
 */
export async function openSocketIo(options: {
  readonly address: Address
  readonly auth: object
  /** An event with a marked text in it, at `markedAt`. Of other events only `error` is heeded: it is named when the connection closes. */
  readonly onMarkedEvent?: (chunk: Buffer, markedAt: number) => void
  /** Every event, from its data on. */
  readonly onEvent?: OnText
  readonly onAck?: OnText
  /** What the server says when it lets the client in. */
  readonly onConnect?: OnText
  readonly wholeFrames?: boolean
  readonly closed: (reason: string) => void
}): Promise<SocketIoClient> {
  const opened = Promise.withResolvers<void>()
  const connected = Promise.withResolvers<void>()
  let lastError = ''
  const onText = (chunk: Buffer, start: number, end: number): void => {
    const kind = chunk[start]
    if (kind === MESSAGE) {
      const type = chunk[start + 1]
      if (type === EVENT) {
        options.onEvent?.(chunk, start + 2, end)
        const markedAt = options.onMarkedEvent === undefined ? -1 : findMark(chunk, start, end)
        if (markedAt >= 0) options.onMarkedEvent?.(chunk, markedAt)
        else if (isError(chunk, start)) lastError = chunk.toString('utf8', start, end)
      } else if (type === ACK) options.onAck?.(chunk, start + 2, end)
      else if (type === CONNECT) {
        options.onConnect?.(chunk, start + 2, end)
        connected.resolve()
      } else if (type === CONNECT_ERROR) connected.reject(new Error(chunk.toString('utf8', start, end)))
    } else if (kind === PING) socket.send('3')
    // It can come together with the answer to the handshake, before there is a socket to answer on.
    else if (kind === OPEN) opened.resolve()
  }
  const socket = await openWebSocket({
    address: options.address,
    path: '/socket.io/?EIO=4&transport=websocket',
    onText,
    wholeFrames: options.wholeFrames ?? false,
    closed: (reason) => {
      opened.reject(new Error(reason))
      connected.reject(new Error(reason))
      options.closed(`${reason} ${lastError}`.trimEnd())
    },
  })
  // Whoever waits for the first hears of a failure; the second has nobody waiting yet.
  connected.promise.catch(() => undefined)
  await opened.promise
  socket.send(`40${JSON.stringify(options.auth)}`)
  await connected.promise
  return {
    emit: (event, json) => socket.send(`42["${event}",${json}]`),
    request: (id, event, json) => socket.send(`42${id}["${event}",${json}]`),
    close: () => socket.close(),
    cut: () => socket.cut(),
  }
}
