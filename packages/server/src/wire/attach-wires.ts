import type { IncomingMessage } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { DEFAULT_CORE_OPTIONS, isUnavailable, type Member, type UserId } from '@parley/core'
import { connectedPeople } from './connected-people.ts'
import { createDispatcher } from './dispatch.ts'
import { drainSessions } from './drain-sessions.ts'
import { Entrance } from './entrance.ts'
import { Fanout } from './fanout.ts'
import { errors } from './messenger/errors.ts'
import { MessengerWire } from './messenger/messenger-wire.ts'
import { openMessenger } from './messenger/open-messenger.ts'
import { Flusher } from './outbound-queue.ts'
import { attachRooms } from './rooms/attach-rooms.ts'
import type { Whereabouts } from './seen-presence.ts'
import { SessionRegistry } from './session-registry.ts'
import { openSite, speakSite } from './site/open-site.ts'
import { SiteWire } from './site/site-wire.ts'
import { routeSocketRequests } from './socket-requests.ts'
import { attachSocketio } from './socketio-entrance.ts'
import { createSocketioServer } from './socketio-server.ts'
import { UserFanout } from './user-fanout.ts'
import type { WireFoundation } from './wire-foundation.ts'
import { ANSWER_NOW, type AttachWires, type Wires } from './wires.ts'

export type * from './wires.ts'

/** How often it is looked whether the last connections are closed, and for how long. */
const CLOSING_STEP_MS = 20
const CLOSING_MS = 1000

const presentIn = (members: ReadonlyMap<UserId, Member>): ReadonlyMap<UserId, Whereabouts> =>
  new Map(
    Array.from(members.values(), ({ userId, absentSince, hasEntered }) => {
      if (!hasEntered) return [userId, 'awaited']
      return [userId, absentSince === null ? 'here' : 'away']
    }),
  )

/** Puts all socket wires on the HTTP server. */
export function attachWires(options: AttachWires): Wires {
  const { server, core, bus, conversations, clock, logger, config, limiter, authenticator, observer } = options
  const forwarder = options.forwarder ?? null
  const people = new UserFanout({
    bus,
    pending: (caller) => core.pendingNotifications(caller),
    now: () => clock.now(),
    renewed: () => registry.renewed(),
    report: (err) => {
      if (isUnavailable(err)) return
      logger.warn({ err }, 'notifications that may have been missed could not be read; trying again')
    },
  })
  const registry: SessionRegistry = new SessionRegistry({
    core,
    people,
    clock,
    logger,
    presenceLeaseMs: config.presenceLeaseMs,
    isRevoked: (identity) => authenticator.isRevoked(identity),
  })
  const fanout = new Fanout({
    bus,
    sessionOf: (id) => registry.get(id),
    // Whoever missed more gets a fresh snapshot.
    changes: (id, since) => conversations.changesSince(id, since, DEFAULT_CORE_OPTIONS.recoveryMaxBytes),
    epochOf: async (id) => (await conversations.load(id))?.epoch ?? null,
    async room(id) {
      await registry.renewed()
      const state = await conversations.load(id)
      if (state?.conversation.kind !== 'room') return null
      return { present: presentIn(state.members), waiting: state.conversation.waiting }
    },
    now: () => clock.now(),
    observer,
    report: (err) => {
      // A database that is away is no news here.
      if (isUnavailable(err)) return
      logger.warn({ err }, 'what was missed of a conversation could not be read; trying again')
    },
  })
  const flusher = new Flusher()
  /** The addresses of clients whose requests another node brought. */
  const carried = new WeakMap<IncomingMessage, string>()
  const clientAddress = (request: IncomingMessage): string => carried.get(request) ?? options.clientAddress(request)
  const entrance = new Entrance({ ...options, clientAddress })
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

  const requests = routeSocketRequests({
    server,
    entrance,
    socketio,
    rooms,
    nodeId: config.serverId,
    forwarder,
    isDraining: () => draining,
  })

  /** Says goodbye to those who are nobody yet, and waits until goodbyes have arrived. */
  async function closeConnections(ms: number): Promise<void> {
    const until = performance.now() + Math.min(ms, CLOSING_MS)
    socketio.sendAllAway()
    while (socketio.connectionCount > 0 && performance.now() < until) await setTimeout(CLOSING_STEP_MS)
  }

  return {
    stats: () => ({
      ...registry.stats(),
      topics: fanout.topicCount,
      deliveries: fanout.deliveries + people.deliveries,
      dropped: flusher.dropped,
      slowClosed: flusher.slowClosed,
    }),

    people: () => connectedPeople(registry.all()),

    serveForwarded(request, response, address) {
      if (request.method === ANSWER_NOW) {
        socketio.answerPoll(request)
        response.writeHead(204).end()
        return
      }
      carried.set(request, address)
      response.setHeader('X-Content-Type-Options', 'nosniff')
      socketio.handleRequest(request, response)
    },

    serveForwardedUpgrade(request, stream, head, address) {
      carried.set(request, address)
      socketio.handleUpgrade(request, stream, head)
    },

    async drain(ms) {
      draining = true
      registry.sendElsewhere()
      requests.endConnections()
      const startedAt = performance.now()
      await drainSessions({ sessions: () => registry.all(), forwarder }, ms)
      await closeConnections(ms - (performance.now() - startedAt))
      await registry.departed()
    },

    async close() {
      draining = true
      forgetRevocations()
      registry.close()
      for (const session of registry.all()) session.terminate()
      rooms.close()
      await socketio.close()
      requests[Symbol.dispose]()
    },
  }
}
