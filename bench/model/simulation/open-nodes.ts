import { type Core, createCore, DEFAULT_LIMITS, type SessionCaller } from '@parley/core'
import { createPasswordHasher } from '@parley/server/auth/password-hasher'
import { createRedisBus } from '@parley/server/bus/redis'
import { createIdSource } from '@parley/server/ids/id-source'
import { createUnlimitedRateLimiter } from '@parley/server/limits/memory-rate-limiter'
import { createNoMedia } from '@parley/server/media/no-media'
import { openMemoryStores } from '@parley/server/storage/memory'
import { Fanout } from '@parley/server/wire/fanout'
import type { Subscriber, Wire } from '@parley/server/wire/topic'
import { UserFanout } from '@parley/server/wire/user-fanout'
import { createFakeClock } from '@parley/testkit/fake-clock'
import { type CountingChannels, createCountingChannels } from './counting-channels.ts'

/** One of many nodes: the product's bus, core and fan-out, without sockets. */
interface SimulatedNode {
  readonly core: Core
  /** Somebody connects to this node, and looks at these conversations. Resolves when they do. */
  connect(caller: SessionCaller, conversations: readonly string[]): Promise<void>
  /** They are gone, and looked at these. */
  disconnect(caller: SessionCaller): Promise<void>
  /** Frames for clients since the start. */
  deliveries(): number
}

/** Nodes over one store, and over channels that count what they carry. */
export interface SimulatedNodes {
  readonly channels: CountingChannels
  /** The node of this number; it is made when it is first asked for. */
  node(number: number): SimulatedNode
  close(): void
}

const FRAME = { bytes: Buffer.from('{}'), text: '{}' }
/** Every event is a frame: what is carried is the bus's concern, and not the wire's. */
const EVERYTHING: Wire = {
  name: 'messenger',
  encode: () => FRAME,
  encodeUser: () => FRAME,
  observe: () => undefined,
}

const subscriberOf = (caller: SessionCaller): Subscriber => ({
  id: caller.sessionId,
  wire: EVERYTHING,
  caller,
  identity: { userId: caller.userId, issuedAt: 0, tokenId: caller.sessionId },
  outbound: { push: () => undefined, queuedBytes: 0 },
  wants: () => true,
  told: () => undefined,
  catchUp: async () => undefined,
  turned: () => undefined,
  replaced: () => undefined,
  revoked: () => undefined,
  tooSlow: () => undefined,
})

const fail = (error: unknown): never => {
  throw error
}

export function openNodes(): SimulatedNodes {
  const channels = createCountingChannels()
  const stores = openMemoryStores()
  const clock = createFakeClock()
  const ids = createIdSource(() => clock.now())
  const passwords = createPasswordHasher()
  const nodes = new Map<number, SimulatedNode & { close(): void }>()

  function open(number: number): SimulatedNode & { close(): void } {
    const nodeId = number.toString(16).padStart(16, '0')
    const bus = createRedisBus(channels.open(), { nodeId, report: fail, refused: fail })
    const limiter = createUnlimitedRateLimiter(DEFAULT_LIMITS)
    const ports = { ...stores, media: createNoMedia(), bus, limiter, clock, ids, passwords, report: fail }
    const core = createCore(ports, { runsTimers: false })
    const sessions = new Map<string, Subscriber>()
    const fanout = new Fanout({
      bus,
      sessionOf: (id) => sessions.get(id),
      changes: (id, since) => stores.conversations.changesSince(id, since),
      epochOf: async (id) => (await stores.conversations.load(id))?.epoch ?? null,
      now: () => clock.now(),
      report: fail,
    })
    const people = new UserFanout({
      bus,
      pending: (caller) => core.pendingNotifications(caller),
      now: () => clock.now(),
      report: fail,
    })
    const places = new Map<string, ReturnType<Fanout['subscribe']>[]>()
    return {
      core,
      async connect(caller, conversations) {
        const session = subscriberOf(caller)
        sessions.set(session.id, session)
        people.add(session)
        await core.connect(caller, { avatar: null, roles: [] })
        const taken: ReturnType<Fanout['subscribe']>[] = []
        places.set(session.id, taken)
        for (const conversationId of conversations) {
          const place = fanout.subscribe(session, conversationId)
          taken.push(place)
          const entered = await core.enter(caller, { conversationId, name: null, since: null, address: '' })
          if (entered.status === 'entered') fanout.settle(place, entered.self.role, entered.snapshot.position)
        }
      },
      async disconnect(caller) {
        const session = sessions.get(caller.sessionId)
        if (session === undefined) return
        sessions.delete(session.id)
        people.remove(session)
        for (const place of places.get(session.id) ?? []) {
          fanout.unsubscribe(place)
          await core.exit(caller, place.topic.conversationId)
        }
        await core.disconnect(caller)
      },
      deliveries: () => fanout.deliveries + people.deliveries,
      close: () => core.close(),
    }
  }

  return {
    channels,
    node(number) {
      const node = nodes.get(number) ?? open(number)
      nodes.set(number, node)
      return node
    },
    close() {
      for (const node of nodes.values()) node.close()
    },
  }
}
