import { messenger } from '@parley/protocol'
import { io, type Socket } from 'socket.io-client'
import { createInbox } from './inbox.ts'

interface MessengerEvent {
  readonly event: string
  readonly data: Record<string, unknown>
}

interface MessengerFailure {
  readonly code: string
  readonly message: string
  readonly retryAfterMs?: number
}

/** `upgrading` starts with polling and moves to a WebSocket as soon as it can. */
export type Transport = 'websocket' | 'polling' | 'upgrading'
type ClientEvent = messenger.ClientEvent

/** The official Socket.IO client and nothing around it: no reconnecting, no queue. Every event is held against its schema. */
export interface MessengerClient extends Disposable {
  readonly socket: Socket
  readonly received: readonly MessengerEvent[]
  /** Emits and gives the answer's data; throws for a refusal. */
  ask<E extends keyof typeof messenger.answers & ClientEvent>(
    event: E,
    data: messenger.ClientData<E>,
    waitMs?: number,
  ): Promise<messenger.Answer<E>>
  /** The failure that this is answered with; throws when it is accepted. */
  refused(event: string, data: unknown): Promise<MessengerFailure>
  /** The next event of this name that fits. */
  next<E extends messenger.ServerEvent>(
    event: E,
    fits?: (data: messenger.ServerData<E>) => boolean,
    waitMs?: number,
  ): Promise<messenger.ServerData<E>>
  /** Why the server ended the connection. */
  readonly ended: Promise<string>
}

const ANSWER_WAIT_MS = 20_000

/** Connects; rejects with the `connect_error`. */
export async function openMessengerClient(
  url: string,
  token: string,
  transport: Transport = 'websocket',
): Promise<MessengerClient> {
  const socket = io(url, {
    auth: { token },
    transports: transport === 'upgrading' ? ['polling', 'websocket'] : [transport],
    reconnection: false,
    forceNew: true,
    timeout: ANSWER_WAIT_MS,
  })
  const inbox = createInbox<MessengerEvent>()
  socket.onAny((event: string, data: unknown) => {
    const schema = messenger.serverMessages[event as messenger.ServerEvent]
    if (schema === undefined) throw new Error(`an event that the protocol does not know: ${event}`)
    inbox.push({ event, data: schema.parse(data) as Record<string, unknown> })
  })
  const ended = new Promise<string>((resolve) => socket.once('disconnect', resolve))
  const emit = (event: string, data: unknown, waitMs = ANSWER_WAIT_MS): Promise<Record<string, unknown>> =>
    socket
      .timeout(waitMs)
      .emitWithAck(event, data)
      .catch((error: Error) => {
        throw new Error(`${event}: ${error.message}`, { cause: error })
      })

  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', (error) => {
      socket.close()
      reject(error)
    })
    // The line can end between the transport's handshake and the wire's: then there is no `connect_error`.
    void ended.then(reject)
  })
  return {
    socket,
    received: inbox.all,
    ended,
    async ask(event, data, waitMs) {
      const { ok, error, ...answer } = await emit(event, data, waitMs)
      if (ok !== true) throw new Error(`${event} was refused: ${JSON.stringify(error)}`)
      return messenger.answers[event].parse(answer) as messenger.Answer<typeof event>
    },
    async refused(event, data) {
      const answer = await emit(event, data)
      if (answer.ok !== false) throw new Error(`${event} was accepted: ${JSON.stringify(answer)}`)
      return answer.error as MessengerFailure
    },
    async next(event, fits = () => true, waitMs) {
      type Data = messenger.ServerData<typeof event>
      const found = await inbox.next((item) => item.event === event && fits(item.data as Data), event, waitMs)
      return found.data as Data
    },
    [Symbol.dispose]: () => void socket.close(),
  }
}
