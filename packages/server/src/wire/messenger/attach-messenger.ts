import { DomainError } from '@parley/core'
import type { Socket as EngineSocket, Transport } from 'engine.io'
import type { Socket } from 'socket.io'
import type { Identity } from '../../auth/authenticator.ts'
import type { Refusal } from '../dispatch.ts'
import { bearerToken } from '../entrance.ts'
import { PollingOutbound } from '../polling-outbound.ts'
import { QueuedWebSocket } from '../queued-web-socket.ts'
import type { AttachedSocketio } from '../socketio-server.ts'
import type { WireFoundation } from '../wire-foundation.ts'
import { errors } from './errors.ts'
import { MessengerSession } from './messenger-session.ts'
import { MessengerWire } from './messenger-wire.ts'

/** A client needs one to say who it is, and a few more when a token was not good. */
const MAX_PACKETS_BEFORE_LOGIN = 10

/** What is kept of a connection's first request: the request itself is let go of. */
interface Origin {
  readonly address: string
  readonly withinCeiling: boolean
  /** Of the query or the header; a token in `auth` comes with each CONNECT. */
  readonly token: string | null
  /** A session stands on the connection, or is asked for: Socket.IO itself would open one for each CONNECT of a batch. */
  isTaken: boolean
  packetsBeforeLogin: number
}

/** The messenger wire on the Socket.IO server's main namespace. */
export function attachMessenger(foundation: WireFoundation, { io, onConnection }: AttachedSocketio): void {
  const { clock, config, dispatcher, entrance, flusher, registry, security } = foundation
  const wire = new MessengerWire(foundation)
  const origins = new WeakMap<EngineSocket, Origin>()
  const identities = new WeakMap<Socket, Identity>()

  onConnection((connection) => {
    const { request } = connection
    const address = entrance.clientAddress(request)
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams
    const withinCeiling = entrance.open(address, 'messenger')
    const token = query.get('token') ?? bearerToken(request)
    origins.set(connection, { address, withinCeiling, token, isTaken: false, packetsBeforeLogin: 0 })
    connection.once('close', () => entrance.close(address))
    connection.prependListener('data', onStrangersData)
  })

  /** What a client sends before it is known is worked on at once, so there may not be much of it. */
  function onStrangersData(this: EngineSocket): void {
    const origin = origins.get(this)
    if (origin === undefined) return
    origin.packetsBeforeLogin += 1
    if (origin.packetsBeforeLogin > MAX_PACKETS_BEFORE_LOGIN) turnAway(this, origin)
  }

  function turnAway(connection: EngineSocket, { address }: Origin): void {
    if (connection.readyState !== 'open') return
    security({ type: 'flooding', wire: 'messenger', address })
    connection.close(true)
  }

  async function authenticate(socket: Socket, origin: Origin): Promise<Identity> {
    if (!origin.withinCeiling) {
      throw new DomainError('RATE_LIMITED', 'Too many open connections from your address.')
    }
    const { token } = socket.handshake.auth
    const identity = await entrance.authenticate(
      typeof token === 'string' ? token : origin.token,
      origin.address,
      'messenger',
    )
    if (identity.expiresAt <= clock.now()) throw new DomainError('TOKEN_EXPIRED', 'Your token has expired.')
    return identity
  }

  io.use((socket, next) => {
    const origin = origins.get(socket.conn)
    if (origin === undefined) throw new TypeError('A connection came past the door')
    if (origin.isTaken) {
      turnAway(socket.conn, origin)
      return
    }
    origin.isTaken = true
    authenticate(socket, origin).then(
      (identity) => {
        identities.set(socket, identity)
        next()
      },
      (error: unknown) => {
        origin.isTaken = false
        next(connectError(dispatcher.refusal(error, errors)))
      },
    )
  })

  io.on('connection', (socket) => {
    const identity = identities.get(socket)
    const address = origins.get(socket.conn)?.address
    if (identity === undefined || address === undefined) throw new TypeError('A socket came past the door')
    identities.delete(socket)
    forgetRequest(socket)
    socket.conn.off('data', onStrangersData)
    const session = openSession(socket, identity, address)
    registry.add(session)
    socket.onAny((event: unknown, ...args: unknown[]) => session.receive(event, args))
    socket.on('disconnect', () => {
      session.gone()
      // It was the session's alone, and nobody is known on it any more.
      socket.conn.close()
    })
    session.emit('connected', {
      userId: identity.userId,
      serverId: config.serverId,
      sessionId: session.id,
      timestamp: clock.now(),
      pendingNotifications: 0,
    })
  })

  function openSession(socket: Socket, identity: Identity, address: string): MessengerSession {
    const { conn } = socket
    if (conn.transport instanceof QueuedWebSocket) {
      const { queue } = conn.transport
      const session = new MessengerSession(wire, socket, queue, identity, address)
      queue.owner = session
      return session
    }
    const polling = new PollingOutbound(flusher, conn)
    const session = new MessengerSession(wire, socket, polling, identity, address)
    polling.owner = session
    // Called in the middle of Engine.IO's own change, just before what polling left over goes out.
    conn.once('upgrade', (transport: Transport) => {
      if (!(transport instanceof QueuedWebSocket)) return
      polling.detach()
      transport.queue.owner = session
      session.outbound = transport.queue
    })
    return session
  }
}

function connectError(refusal: Refusal): Error & { data: Refusal } {
  return Object.assign(new Error(refusal.message), { data: refusal })
}

/** The first request and its headers are several kilobytes for every idle connection; nothing needs them any more. */
function forgetRequest(socket: Socket): void {
  Reflect.set(socket.conn, 'request', null)
  Reflect.set(socket.handshake, 'headers', {})
}
