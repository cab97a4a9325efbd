import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { Server as EngineServer, type Socket as EngineSocket, type ServerOptions, type transports } from 'engine.io'
import { Server as SocketioServer } from 'socket.io'
import { WebSocketServer } from 'ws'
import { FanoutAdapter } from './fanout-adapter.ts'
import type { Flusher } from './outbound-queue.ts'
import { type EngineRequest, QueuedWebSocket } from './queued-web-socket.ts'
import type { WireFoundation } from './wire-foundation.ts'

export const SOCKETIO_PATH = '/socket.io/'

/** A connection that has not said within this time who it is ends. */
const CONNECT_TIMEOUT_MS = 10_000

/** Engine.IO with our WebSocket transport in place of its own. */
class QueuedEngine extends EngineServer {
  readonly #flusher: Flusher

  constructor(options: ServerOptions, flusher: Flusher) {
    super(options)
    this.#flusher = flusher
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
  close(): Promise<void>
}

/** The Socket.IO server under the messenger wire. Origins are checked before a request gets here. */
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
      cors: { origin: true, credentials: true },
      wsEngine: WebSocketServer,
    },
    flusher,
  )
  const io = new SocketioServer({ serveClient: false, connectTimeout: CONNECT_TIMEOUT_MS, adapter: FanoutAdapter })
  io.bind(engine)
  return {
    io,
    onConnection: (listener) => {
      engine.on('connection', listener)
    },
    handleRequest: (request, response) => engine.handleRequest(request, response),
    handleUpgrade: (request, socket, head) => engine.handleUpgrade(request, socket, head),
    close: () => io.close(),
  }
}
