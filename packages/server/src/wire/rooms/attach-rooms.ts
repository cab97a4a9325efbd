import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { DomainError } from '@parley/core'
import { CLOSE_CODES } from '@parley/protocol'
import { type RawData, WebSocket, WebSocketServer } from 'ws'
import type { Identity } from '../../auth/authenticator.ts'
import { bearerToken, CROWDED, ORIGIN_REFUSED } from '../entrance.ts'
import { OutboundQueue } from '../outbound-queue.ts'
import { refuseUpgrade } from '../refuse.ts'
import type { WireFoundation } from '../wire-foundation.ts'
import { errors } from './errors.ts'
import { RoomsSession } from './rooms-session.ts'
import { RoomsWire } from './rooms-wire.ts'
import { createSocketIds } from './socket-id.ts'

/** The longest text, every character of it escaped, fits. */
const MAX_FRAME_BYTES = 65_536
const SUBPROTOCOL = 'parley.v1'
const BEARER_PREFIX = 'bearer.'

/** What `ws` closes with by itself, in this wire's words. */
const CLOSE_CODE_OF: Readonly<Record<number, number>> = {
  1002: CLOSE_CODES.badFrame,
  1007: CLOSE_CODES.badFrame,
  1008: CLOSE_CODES.badFrame,
  1009: CLOSE_CODES.frameTooLarge,
}

/** A socket that knows its session, so that all sockets share their listeners; each is called with its own as `this`. */
class RoomsSocket extends WebSocket {
  session: RoomsSession | null = null
  address: string | null = null

  override close(code?: number, reason?: string | Buffer): void {
    super.close(code === undefined ? code : (CLOSE_CODE_OF[code] ?? code), reason)
  }
}

export interface AttachedRooms {
  /** Takes an upgrade request for `/ws`, whose stream may break unheard. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  close(): void
}

/** The raw WebSocket of the rooms wire. */
export function attachRooms(foundation: WireFoundation): AttachedRooms {
  const { entrance, flusher, registry, clock, dispatcher } = foundation
  const newId = createSocketIds()
  const wire = new RoomsWire(foundation)
  const server = new WebSocketServer<typeof RoomsSocket>({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    WebSocket: RoomsSocket,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  })

  function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
    const { session } = this as RoomsSocket
    if (session === null || session.closed) return
    session.heard()
    if (isBinary || !Buffer.isBuffer(data)) session.end('badFrame')
    else session.receive(data)
  }

  function onPong(this: WebSocket): void {
    ;(this as RoomsSocket).session?.heard()
  }

  function onClose(this: WebSocket): void {
    const { session, address } = this as RoomsSocket
    session?.gone()
    if (address !== null) entrance.close(address)
  }

  /** Errors end the connection by themselves; the close that follows is what counts. */
  function onError(this: WebSocket): void {
    ;(this as RoomsSocket).session?.gone()
  }

  function accept(socket: RoomsSocket, stream: Duplex, identity: Identity, address: string): void {
    const queue = new OutboundQueue(flusher, stream)
    const session = new RoomsSession(wire, socket, queue, newId(clock.now()), identity, address)
    socket.session = session
    socket.address = address
    socket.on('message', onMessage)
    socket.on('pong', onPong)
    socket.on('close', onClose)
    socket.on('error', onError)
    registry.add(session)
    void registry.connect(session)
  }

  async function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    if (!entrance.originAllowed(request, 'rooms')) {
      refuseUpgrade(stream, ORIGIN_REFUSED)
      return
    }
    const address = entrance.clientAddress(request)
    if (!entrance.open(address, 'rooms')) {
      entrance.close(address)
      refuseUpgrade(stream, CROWDED)
      return
    }
    let identity: Identity
    try {
      identity = await entrance.authenticate(tokenOf(request), address, 'rooms')
      if (identity.expiresAt <= clock.now()) throw new DomainError('TOKEN_EXPIRED', 'Your token has expired.')
    } catch (error) {
      entrance.close(address)
      refuseUpgrade(stream, dispatcher.refusal(error, errors))
      return
    }
    if (stream.destroyed) {
      entrance.close(address)
      return
    }
    // A handshake that `ws` itself refuses ends the stream without a call back.
    const onRefused = (): void => entrance.close(address)
    stream.once('close', onRefused)
    server.handleUpgrade(request, stream, head, (socket) => {
      stream.off('close', onRefused)
      accept(socket, stream, identity, address)
    })
  }

  return {
    handleUpgrade(request, stream, head) {
      void upgrade(request, stream, head)
    },
    close: () => server.close(),
  }
}

/** The token in the query, the header or the subprotocol pair (`parley.v1, bearer.<jwt>`). */
function tokenOf(request: IncomingMessage): string | null {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim())
  const bearer = offered.find((protocol) => protocol.startsWith(BEARER_PREFIX))
  if (bearer !== undefined) return bearer.slice(BEARER_PREFIX.length)
  const fromHeader = bearerToken(request)
  if (fromHeader !== null) return fromHeader
  return new URL(request.url ?? '/', 'http://localhost').searchParams.get('token')
}
