import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { Server as EngineServer, type Socket as EngineSocket, type ServerOptions, type transports } from 'engine.io'
import { Server as SocketioServer } from 'socket.io'
import { Decoder } from 'socket.io-parser'
import { WebSocketServer } from 'ws'
import { AnswerEncoder } from './answer-encoder.ts'
import { FanoutAdapter } from './fanout-adapter.ts'
import type { Flusher } from './outbound-queue.ts'
import { type EngineRequest, QueuedWebSocket } from './queued-web-socket.ts'
import { RepeatedRequests } from './repeated-requests.ts'
import type { WireFoundation } from './wire-foundation.ts'

export const SOCKETIO_PATH = '/socket.io/'

/** Between the name of a session's node and what only its client knows. */
const NODE_MARK = '.'
const NODE_OF_SESSION = /^([\w-]{1,64})\./

/** A connection that has not said within this time who it is ends. */
const CONNECT_TIMEOUT_MS = 10_000

/**
 * Engine.IO with our WebSocket transport in place of its own, ids of sessions that say which node has them, and an eye
 * on requests that come twice.
 */
class QueuedEngine extends EngineServer {
  readonly #flusher: Flusher
  readonly #nodeId: string
  readonly #repeated = new RepeatedRequests()
  /** The answer to what a client sent last by POST. */
  readonly #receipts = new WeakMap<EngineSocket, ServerResponse>()

  constructor(options: ServerOptions, flusher: Flusher, nodeId: string) {
    super(options)
    this.#flusher = flusher
    this.#nodeId = nodeId
    this.on('connection', (session: EngineSocket) => this.#repeated.open(session, session.request))
  }

  override handleRequest(request: IncomingMessage, response: ServerResponse): void {
    const session = this.#find(sidOf(request))
    if (session !== null && this.#repeated.answer(session, request, response)) return
    if (session !== null && request.method === 'POST') this.#receipts.set(session, response)
    super.handleRequest(request, response)
  }

  isReceiving(session: EngineSocket): boolean {
    const receipt = this.#receipts.get(session)
    return receipt !== undefined && !receipt.writableEnded && !receipt.destroyed
  }

  answerPoll(sid: string): void {
    const transport = this.#find(sid)?.transport
    // As Engine.IO itself does before an upgrade.
    if (transport?.name === 'polling' && transport.writable) transport.send([{ type: 'noop' }])
  }

  override generateId(request: IncomingMessage): string {
    return `${this.#nodeId}${NODE_MARK}${super.generateId(request)}`
  }

  sendAllAway(): void {
    for (const connection of Object.values(this.clients)) connection.close()
  }

  #find(sid: string): EngineSocket | null {
    return (Object.hasOwn(this.clients, sid) && this.clients[sid]) || null
  }

  protected override createTransport(name: keyof typeof transports, request: EngineRequest) {
    return name === 'websocket' ? new QueuedWebSocket(request, this.#flusher) : super.createTransport(name, request)
  }
}

export interface AttachedSocketio {
  readonly io: SocketioServer
  /** Called with each new connection, before anything is known of who it is. */
  onConnection(listener: (connection: EngineSocket) => void): void
  handleRequest(request: IncomingMessage, response: ServerResponse): void
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Whether something that the client sends is on its way in. */
  isReceiving(connection: EngineSocket): boolean
  /** Answers the poll that is held for the session of this request, with nothing if need be: its client asks again. */
  answerPoll(request: IncomingMessage): void
  /** How many connections there are, those of nobody known and those that are closing among them. */
  readonly connectionCount: number
  /** Ends every connection when what is queued for it is out. */
  sendAllAway(): void
  close(): Promise<void>
}

/** The Socket.IO server under the messenger and the site wire. Origins are checked before a request gets here. */
export function createSocketioServer({ config, flusher }: WireFoundation): AttachedSocketio {
  const engine = new QueuedEngine(
    {
      pingInterval: config.pingIntervalMs,
      pingTimeout: config.pingTimeoutMs,
      maxHttpBufferSize: config.maxBufferBytes,
      perMessageDeflate: false,
      httpCompression: false,
      allowEIO3: false,
      // Only pages of allowed origins get here, so each may be named.
      cors: { origin: true, credentials: config.corsCredentials },
      wsEngine: WebSocketServer,
    },
    flusher,
    config.serverId,
  )
  const io = new SocketioServer({
    serveClient: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    adapter: FanoutAdapter,
    parser: { Encoder: AnswerEncoder, Decoder },
  })
  io.bind(engine)
  return {
    io,
    onConnection: (listener) => {
      engine.on('connection', listener)
    },
    handleRequest: (request, response) => engine.handleRequest(request, response),
    handleUpgrade: (request, socket, head) => engine.handleUpgrade(request, socket, head),
    isReceiving: (connection) => engine.isReceiving(connection),
    answerPoll: (request) => engine.answerPoll(sidOf(request)),
    get connectionCount() {
      return engine.clientsCount
    },
    sendAllAway: () => engine.sendAllAway(),
    close: () => io.close(),
  }
}

/** The session that the request belongs to, by its `sid`; `null` for one that opens a session. */
export function sessionOf(request: IncomingMessage): { readonly nodeId: string | null } | null {
  const sid = sidOf(request)
  if (sid === '') return null
  return { nodeId: NODE_OF_SESSION.exec(sid)?.[1] ?? null }
}

/** Empty for a request without a session. */
function sidOf({ url = '/' }: IncomingMessage): string {
  // Engine.IO takes the last of several.
  return new URL(url, 'http://localhost').searchParams.getAll('sid').at(-1) ?? ''
}
