import { DomainError } from '@parley/core'
import type { Socket as EngineSocket } from 'engine.io'
import type { Socket } from 'socket.io'
import type { Identity } from '../auth/authenticator.ts'
import type { Refusal } from './dispatch.ts'
import { bearerToken, CROWDED } from './entrance.ts'
import { type ChooseSpeaker, SocketioConnection, type Speaker } from './socketio-connection.ts'
import type { AttachedSocketio } from './socketio-server.ts'
import type { WireFoundation } from './wire-foundation.ts'

/** A client needs one to say who it is, and a few more when a token was not good. */
const MAX_PACKETS_BEFORE_CONNECT = 10

/** What is kept of a connection's first request: the request itself is let go of. */
interface Origin {
  readonly address: string
  readonly withinCeiling: boolean
  /** The token in the query or the header; one in `auth` comes with each CONNECT. */
  readonly token: string | null
  /** A session stands on the connection, or is asked for: Socket.IO itself would open one for each CONNECT of a batch. */
  isTaken: boolean
  packetsBeforeConnect: number
}

/** The wires that are spoken over Socket.IO. */
export interface SocketioWires {
  /** Somebody whose token came with the handshake. */
  member(connection: SocketioConnection, identity: Identity): Speaker
  /** Somebody who will say who they are. */
  stranger(connection: SocketioConnection): Speaker
  /** Whoever came with a token may go on as somebody else, or by the other wire. */
  readonly choose: ChooseSpeaker
  /** What is said to whoever is not let in. */
  refusal(error: unknown): Refusal
}

/** The way in for Socket.IO: who may connect, and which wire they speak. */
export function attachSocketio(
  foundation: WireFoundation,
  { io, onConnection, isReceiving }: AttachedSocketio,
  wires: SocketioWires,
): void {
  const { clock, entrance, security } = foundation
  const origins = new WeakMap<EngineSocket, Origin>()
  const identities = new WeakMap<Socket, Identity | null>()

  onConnection((connection) => {
    const { request } = connection
    const address = entrance.clientAddress(request)
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams
    const withinCeiling = entrance.open(address, 'messenger')
    const token = query.get('token') || bearerToken(request)
    origins.set(connection, { address, withinCeiling, token, isTaken: false, packetsBeforeConnect: 0 })
    connection.once('close', () => entrance.close(address))
    connection.prependListener('data', onStrangersData)
  })

  /** What a client sends before it is let in is worked on at once, so there may not be much of it. */
  function onStrangersData(this: EngineSocket): void {
    const origin = origins.get(this)
    if (origin === undefined) return
    origin.packetsBeforeConnect += 1
    if (origin.packetsBeforeConnect > MAX_PACKETS_BEFORE_CONNECT) turnAway(this, origin)
  }

  function turnAway(connection: EngineSocket, { address }: Origin): void {
    if (connection.readyState !== 'open') return
    security({ type: 'flooding', wire: 'messenger', address })
    connection.close(true)
  }

  /** `null` for somebody who brought no token. */
  async function identify(socket: Socket, origin: Origin): Promise<Identity | null> {
    if (!origin.withinCeiling) {
      throw new DomainError(CROWDED.code, CROWDED.message, { retryAfterMs: CROWDED.retryAfterMs })
    }
    const token = tokenIn(socket) ?? origin.token
    if (token === null) return null
    const identity = await entrance.authenticate(token, origin.address, 'messenger')
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
    identify(socket, origin).then(
      (identity) => {
        identities.set(socket, identity)
        next()
      },
      (error: unknown) => {
        origin.isTaken = false
        next(connectError(wires.refusal(error)))
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
    const connection = new SocketioConnection(foundation, {
      ...{ socket, address, choose: wires.choose },
      isReceiving: () => isReceiving(socket.conn),
    })
    connection.speaker = identity === null ? wires.stranger(connection) : wires.member(connection, identity)
  })
}

/** Nothing, or nothing in it, is no token; anything else is one, good or not. */
function tokenIn(socket: Socket): string | null {
  const { token } = socket.handshake.auth
  return token === undefined || token === null || token === '' ? null : String(token)
}

function connectError(refusal: Refusal): Error & { data: Refusal } {
  return Object.assign(new Error(refusal.message), { data: refusal })
}

/** The first request and its headers are several kilobytes for every idle connection; nothing needs them any more. */
function forgetRequest(socket: Socket): void {
  Reflect.set(socket.conn, 'request', null)
  Reflect.set(socket.handshake, 'headers', {})
}
