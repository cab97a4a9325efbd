import { DomainError, type SessionId } from '@parley/core'
import { site } from '@parley/protocol'
import { type AnyHandler, anyone, type Handler, type RequestContext } from '../dispatch.ts'
import type { Answered, SocketioConnection, Speaker } from '../socketio-connection.ts'
import { errors } from './errors.ts'
import { failedAck } from './failed-ack.ts'
import { announce } from './renew-access.ts'
import { SiteSession } from './site-session.ts'
import type { SiteWire } from './site-wire.ts'

/** Who has not said within this time who they are is disconnected. */
const AUTHENTICATE_WITHIN_MS = 10_000
const FIRST = { code: 'UNAUTHENTICATED', message: 'Say who you are first: send `authenticate`.' } as const

interface DoorContext extends RequestContext {
  readonly identity: null
  readonly door: SiteDoor
}

/** What strangers may ask for on the site wire. */
const authenticate = {
  schema: site.clientMessages.authenticate,
  guard: anyone,
  // Failed ones are counted with failed handshakes.
  limit: null,
  run: ({ door }, { token }) => door.letIn(token),
} satisfies Handler<DoorContext, typeof site.clientMessages.authenticate, site.Answer<'authenticate'>>

/** A connection on the site wire before it is known whose it is. */
export class SiteDoor implements Speaker {
  readonly wire: SiteWire
  readonly #connection: SocketioConnection
  readonly #sessionId: SessionId
  readonly #cancelTimeout: () => void

  constructor(wire: SiteWire, connection: SocketioConnection, sessionId: SessionId) {
    this.wire = wire
    this.#connection = connection
    this.#sessionId = sessionId
    const { clock } = wire.foundation
    this.#cancelTimeout = clock.schedule(clock.now() + AUTHENTICATE_WITHIN_MS, () => {
      connection.end({ code: 'UNAUTHENTICATED', message: 'You did not say in time who you are. Connect again.' })
    })
  }

  /** A session for the user whom the token names speaks from now on. */
  async letIn(token: string): Promise<site.Answer<'authenticate'>> {
    const { entrance, registry } = this.wire.foundation
    const connection = this.#connection
    const identity = await entrance.authenticate(token, connection.address, 'site')
    if (connection.closed) throw new DomainError('CONFLICT', 'The connection ended meanwhile.')
    this.#cancelTimeout()
    const session = new SiteSession(this.wire, connection, this.#sessionId, identity)
    connection.speaker = session
    registry.add(session)
    await registry.connect(session)
    return announce(session)
  }

  async answer(event: string, data: unknown): Promise<Answered> {
    if (event !== 'authenticate') {
      const failed = failedAck(event, data, FIRST)
      if (failed !== null) this.#connection.emit('message:ack', failed)
      return { answer: { ok: false, error: FIRST } }
    }
    const context: DoorContext = {
      identity: null,
      limitKey: this.#connection.address,
      wire: 'site',
      command: 'authenticate',
      door: this,
    }
    const handler: AnyHandler<DoorContext, object> = authenticate
    const outcome = await this.wire.foundation.dispatcher.dispatch(handler, context, data ?? {}, errors)
    return { answer: outcome.ok ? { ok: true, ...outcome.value } : outcome }
  }

  heard(): void {
    // There is no idleness here: the time to authenticate is short.
  }

  moved(): void {
    // The connection itself is asked where things go.
  }

  gone(): void {
    this.#cancelTimeout()
  }
}
