import { io, type Socket } from 'socket.io-client'
import { createInbox } from './inbox.ts'

/** `upgrading` starts with polling and moves to a WebSocket as soon as it can. */
export type Transport = 'websocket' | 'polling' | 'upgrading'

interface Schema {
  /** Of types alone: what it takes and gives. */
  readonly _zod: { readonly input: unknown; readonly output: unknown }
  parse(data: unknown): unknown
}

type SchemasByName = Readonly<Record<string, Schema>>

/** The schemas of a wire. */
interface Schemas {
  readonly clientMessages: SchemasByName
  readonly answers: SchemasByName
  readonly serverMessages: SchemasByName
}

type ServerEvent<S extends Schemas> = keyof S['serverMessages'] & string
type ServerData<S extends Schemas, E extends ServerEvent<S>> = S['serverMessages'][E]['_zod']['output']
type AskedEvent<S extends Schemas> = keyof S['answers'] & keyof S['clientMessages'] & string
type Answer<S extends Schemas, E extends AskedEvent<S>> = S['answers'][E]['_zod']['output']

/** The official Socket.IO client and nothing around it: no reconnecting, no queue. Every event is held against its schema. */
export interface WireSocket<S extends Schemas> extends Disposable {
  readonly socket: Socket
  readonly received: readonly ReceivedEvent[]
  /** Emits and gives the answer as it is. */
  emit(event: string, data: unknown, waitMs?: number): Promise<Record<string, unknown>>
  /** Emits and gives the answer's data; throws for a refusal. */
  ask<E extends AskedEvent<S>>(
    event: E,
    data: S['clientMessages'][E]['_zod']['input'],
    waitMs?: number,
  ): Promise<Answer<S, E>>
  /** The next event of this name that fits. */
  next<E extends ServerEvent<S>>(
    event: E,
    fits?: (data: ServerData<S, E>) => boolean,
    waitMs?: number,
  ): Promise<ServerData<S, E>>
  /** Why the connection ended. */
  readonly ended: Promise<string>
}

interface ReceivedEvent {
  readonly event: string
  readonly data: Record<string, unknown>
}

const ANSWER_WAIT_MS = 20_000

/** Connects; rejects with the `connect_error`. */
export async function openWireSocket<S extends Schemas>(
  schemas: S,
  url: string,
  options: { readonly transport: Transport; readonly token?: string },
): Promise<WireSocket<S>> {
  const { transport, token } = options
  const socket = io(url, {
    ...(token !== undefined && { auth: { token } }),
    transports: transport === 'upgrading' ? ['polling', 'websocket'] : [transport],
    reconnection: false,
    forceNew: true,
    timeout: ANSWER_WAIT_MS,
  })
  const inbox = createInbox<ReceivedEvent>()
  socket.onAny((event: string, data: unknown) => {
    const schema = schemas.serverMessages[event]
    if (schema === undefined) throw new Error(`an event that the protocol does not know: ${event}`)
    inbox.push({ event, data: schema.parse(data) as Record<string, unknown> })
  })
  const ended = new Promise<string>((resolve) => socket.once('disconnect', resolve))
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', (error) => {
      socket.close()
      reject(error)
    })
    // The line can end between the transport's handshake and the wire's: then there is no `connect_error`.
    void ended.then(reject)
  })
  const emit = (event: string, data: unknown, waitMs = ANSWER_WAIT_MS): Promise<Record<string, unknown>> =>
    socket
      .timeout(waitMs)
      .emitWithAck(event, data)
      .catch((error: Error) => {
        throw new Error(`${event}: ${error.message}`, { cause: error })
      })
  return {
    socket,
    received: inbox.all,
    ended,
    emit,
    async ask<E extends AskedEvent<S>>(event: E, data: unknown, waitMs?: number) {
      const { ok, error, ...answer } = await emit(event, data, waitMs)
      if (ok !== true) throw new Error(`${event} was refused: ${JSON.stringify(error)}`)
      return schemas.answers[event]?.parse(answer) as Answer<S, E>
    },
    async next<E extends ServerEvent<S>>(
      event: E,
      fits: (data: ServerData<S, E>) => boolean = () => true,
      waitMs?: number,
    ) {
      type Data = ServerData<S, E>
      const found = await inbox.next((item) => item.event === event && fits(item.data as Data), event, waitMs)
      return found.data as Data
    },
    [Symbol.dispose]: () => void socket.close(),
  }
}
