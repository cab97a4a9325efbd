import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { CROWDED, type Entrance, ORIGIN_REFUSED } from './entrance.ts'
import { refuseRequest, refuseUpgrade } from './refuse.ts'
import { type AttachedSocketio, SOCKETIO_PATH, sessionOf } from './socketio-server.ts'
import type { SessionForwarder } from './wires.ts'

const ROOMS_PATH = '/ws'
const DRAINING = { code: 'UNAVAILABLE', message: 'The server is going down. Try again in a moment.' } as const
const NO_SUCH_METHOD = { code: 'UNKNOWN_EVENT', message: 'Polling is done with GET and POST.' } as const
/** `OPTIONS` is for pages of other origins. Anything else Engine.IO would take for its own fault. */
const POLLING_METHODS = ['GET', 'POST', 'OPTIONS']
const NO_SUCH_SOCKET = { code: 'UNKNOWN_EVENT', message: 'There is no socket at this path.' } as const

type HandleUpgrade = (request: IncomingMessage, stream: Duplex, head: Buffer) => void

export interface SocketRequestsOptions {
  readonly server: Server
  readonly entrance: Pick<Entrance, 'originAllowed' | 'isCrowded' | 'clientAddress'>
  readonly socketio: Pick<AttachedSocketio, 'handleRequest' | 'handleUpgrade'>
  readonly rooms: { readonly handleUpgrade: HandleUpgrade }
  /** The id of this node. */
  readonly nodeId: string
  readonly forwarder: SessionForwarder | null
  readonly isDraining: () => boolean
}

export interface SocketRequests extends Disposable {
  /** From now on each answer to a poll or a POST is the last on its connection: what comes next goes to another node. */
  endConnections(): void
}

/** Takes requests for sockets off the server, to whoever answers them; disposing gives them back. */
export function routeSocketRequests(options: SocketRequestsOptions): SocketRequests {
  const { server, entrance, socketio, rooms, nodeId, forwarder, isDraining } = options
  const unanswered = new Set<ServerResponse>()
  // Socket.IO's requests are taken out before anything else sees them: it answers them by itself.
  const others = server.listeners('request') as RequestListener[]
  server.removeAllListeners('request')
  server.on('request', onRequest)
  server.on('upgrade', onUpgrade)

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    if (!isSocketio(request)) {
      for (const other of others) other.call(server, request, response)
      return
    }
    response.setHeader('X-Content-Type-Options', 'nosniff')
    if (isDraining()) endConnection(response)
    unanswered.add(response)
    response.once('close', () => unanswered.delete(response))
    const session = sessionOf(request)
    if (!POLLING_METHODS.includes(request.method ?? '')) {
      response.setHeader('Allow', POLLING_METHODS.join(', '))
      refuseRequest(response, NO_SUCH_METHOD, 405)
    } else if (isDraining() && session === null) refuseRequest(response, DRAINING)
    else if (!entrance.originAllowed(request, 'messenger')) refuseRequest(response, ORIGIN_REFUSED)
    else if (session === null && isCrowded(request)) refuseRequest(response, CROWDED)
    // What may be asked from where is the same on every node.
    else if (isElsewhere(session) && request.method !== 'OPTIONS') void forward(session.nodeId, request, response)
    else socketio.handleRequest(request, response)
  }

  function onUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on('error', ignore)
    const session = isSocketio(request) ? sessionOf(request) : null
    if (isDraining() && session === null) refuseUpgrade(stream, DRAINING)
    else if (pathOf(request) === ROOMS_PATH) rooms.handleUpgrade(request, stream, head)
    else if (!isSocketio(request)) refuseUpgrade(stream, NO_SUCH_SOCKET, 404)
    else if (!entrance.originAllowed(request, 'messenger')) refuseUpgrade(stream, ORIGIN_REFUSED)
    else if (session === null && isCrowded(request)) refuseUpgrade(stream, CROWDED)
    else if (isElsewhere(session)) void forwardUpgrade(session.nodeId, request, stream, head)
    else socketio.handleUpgrade(request, stream, head)
  }

  function isCrowded(request: IncomingMessage): boolean {
    return entrance.isCrowded(entrance.clientAddress(request))
  }

  function isElsewhere(session: ReturnType<typeof sessionOf>): session is { readonly nodeId: string } {
    return forwarder !== null && session !== null && session.nodeId !== null && session.nodeId !== nodeId
  }

  /** A session whose node is gone is unknown here too, and that is what its client is told: it comes back at once. */
  async function forward(to: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isAnswered = await forwarder?.forward(to, request, response, entrance.clientAddress(request))
    if (isAnswered !== true) socketio.handleRequest(request, response)
  }

  async function forwardUpgrade(to: string, request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const isAnswered = await forwarder?.forwardUpgrade(to, request, stream, head, entrance.clientAddress(request))
    if (isAnswered !== true) socketio.handleUpgrade(request, stream, head)
  }

  return {
    endConnections() {
      for (const response of unanswered) endConnection(response)
    },
    [Symbol.dispose]() {
      server.off('request', onRequest)
      server.off('upgrade', onUpgrade)
    },
  }
}

function endConnection(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close')
}

function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/'
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

function isSocketio(request: IncomingMessage): boolean {
  return request.url?.startsWith(SOCKETIO_PATH) === true
}

/** A broken stream closes; nobody waits for its error. */
function ignore(): void {
  // Nothing to do.
}
