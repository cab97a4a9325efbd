import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { DomainError } from '@parley/core'
import { createDispatcher } from './dispatch.ts'
import { Entrance } from './entrance.ts'
import { Fanout } from './fanout.ts'
import { errors } from './messenger/errors.ts'
import { MessengerWire } from './messenger/messenger-wire.ts'
import { openMessenger } from './messenger/open-messenger.ts'
import { Flusher } from './outbound-queue.ts'
import { refuseRequest, refuseUpgrade } from './refuse.ts'
import { attachRooms } from './rooms/attach-rooms.ts'
import { SessionRegistry } from './session-registry.ts'
import { openSite, speakSite } from './site/open-site.ts'
import { SiteWire } from './site/site-wire.ts'
import { attachSocketio } from './socketio-entrance.ts'
import { createSocketioServer, SOCKETIO_PATH } from './socketio-server.ts'
import { UserFanout } from './user-fanout.ts'
import type { WireFoundation } from './wire-foundation.ts'
import type { AttachWires, Wires } from './wires.ts'

export type * from './wires.ts'

const ROOMS_PATH = '/ws'
/** How often draining looks whether everything that was asked is answered. */
const DRAIN_STEP_MS = 100
const DRAINING = { code: 'UNAVAILABLE', message: 'The server is going down. Try again in a moment.' } as const
const ORIGIN_REFUSED = { code: 'FORBIDDEN', message: 'Pages of this origin may not connect.' } as const
const CROWDED = { code: 'RATE_LIMITED', message: 'Too many open connections from your address.' } as const
const NO_SUCH_METHOD = { code: 'UNKNOWN_EVENT', message: 'Polling is done with GET and POST.' } as const
/** `OPTIONS` is for pages of other origins. Anything else Engine.IO would take for its own fault. */
const POLLING_METHODS = ['GET', 'POST', 'OPTIONS']
const NO_SUCH_SOCKET = { code: 'UNKNOWN_EVENT', message: 'There is no socket at this path.' } as const

/** Puts all socket wires on the HTTP server. */
export function attachWires(options: AttachWires): Wires {
  const { server, core, bus, conversations, clock, logger, config, limiter, authenticator, observer } = options
  const people = new UserFanout({ bus })
  const registry = new SessionRegistry({ core, people, clock, logger, presenceLeaseMs: config.presenceLeaseMs })
  const fanout = new Fanout({
    bus,
    sessionOf: (id) => registry.get(id),
    changes: (id, since) => conversations.changesSince(id, since),
    epochOf: async (id) => (await conversations.load(id))?.epoch ?? null,
    now: () => clock.now(),
    observer,
    report: (err) => {
      // A database that is away is no news here.
      if (err instanceof DomainError && err.code === 'UNAVAILABLE') return
      logger.warn({ err }, 'what was missed of a conversation could not be read; trying again')
    },
  })
  const flusher = new Flusher()
  const entrance = new Entrance(options)
  const dispatcher = createDispatcher({ limiter, clock, logger, rateLimits: config.rateLimits, observer })
  const foundation: WireFoundation = { ...options, dispatcher, entrance, fanout, flusher, registry }
  const rooms = attachRooms(foundation)
  const socketio = createSocketioServer(foundation)
  const messenger = new MessengerWire(foundation)
  const site = new SiteWire(foundation)
  attachSocketio(foundation, socketio, {
    member: (connection, identity) => openMessenger(messenger, connection, identity),
    stranger: (connection) => openSite(site, connection),
    choose: (event, connection) => (event === 'authenticate' ? speakSite(site, connection) : connection.speaker),
    refusal: (error) => dispatcher.refusal(error, errors),
  })
  const forgetRevocations = authenticator.onRevoked(() => {
    for (const session of registry.all()) if (authenticator.isRevoked(session.identity)) session.revoked()
  })
  let draining = false

  // Socket.IO's requests are taken out before anything else sees them: it answers them by itself.
  const others = server.listeners('request')
  server.removeAllListeners('request')
  server.on('request', onRequest)
  server.on('upgrade', onUpgrade)

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    if (!isSocketio(request)) {
      for (const other of others) other.call(server, request, response)
      return
    }
    response.setHeader('X-Content-Type-Options', 'nosniff')
    if (!POLLING_METHODS.includes(request.method ?? '')) {
      response.setHeader('Allow', POLLING_METHODS.join(', '))
      refuseRequest(response, NO_SUCH_METHOD, 405)
    } else if (draining && !hasSession(request)) refuseRequest(response, DRAINING)
    else if (!entrance.originAllowed(request, 'messenger')) refuseRequest(response, ORIGIN_REFUSED)
    else if (isCrowded(request)) refuseRequest(response, CROWDED)
    else socketio.handleRequest(request, response)
  }

  function onUpgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on('error', ignore)
    if (draining && !hasSession(request)) refuseUpgrade(stream, DRAINING)
    else if (pathOf(request) === ROOMS_PATH) rooms.handleUpgrade(request, stream, head)
    else if (!isSocketio(request)) refuseUpgrade(stream, NO_SUCH_SOCKET, 404)
    else if (!entrance.originAllowed(request, 'messenger')) refuseUpgrade(stream, ORIGIN_REFUSED)
    else if (isCrowded(request)) refuseUpgrade(stream, CROWDED)
    else socketio.handleUpgrade(request, stream, head)
  }

  function isCrowded(request: IncomingMessage): boolean {
    return !hasSession(request) && entrance.isCrowded(entrance.clientAddress(request))
  }

  return {
    stats: () => ({
      ...registry.stats(),
      topics: fanout.topicCount,
      deliveries: fanout.deliveries + people.deliveries,
      dropped: flusher.dropped,
      slowClosed: flusher.slowClosed,
    }),

    async drain(ms) {
      draining = true
      // Real time: it is the network that is waited for, also by a server on another clock.
      const deadlineMs = performance.now() + ms
      for (const session of registry.all()) session.drain()
      do await setTimeout(Math.min(DRAIN_STEP_MS, ms))
      while (registry.all().some(({ busy }) => busy) && performance.now() < deadlineMs)
      for (const session of registry.all()) session.terminate()
    },

    async close() {
      draining = true
      forgetRevocations()
      registry.close()
      for (const session of registry.all()) session.terminate()
      rooms.close()
      await socketio.close()
      server.off('request', onRequest)
      server.off('upgrade', onUpgrade)
    },
  }
}

function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/'
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

function isSocketio(request: IncomingMessage): boolean {
  return request.url?.startsWith(SOCKETIO_PATH) === true
}

/** Whether the request belongs to a connection that exists. */
function hasSession(request: IncomingMessage): boolean {
  return isSocketio(request) && /[?&]sid=/.test(request.url ?? '')
}

/** A broken stream closes; nobody waits for its error. */
function ignore(): void {
  // Nothing to do.
}
