import type { CorePorts, DomainEvent, DurableEvent, Position } from '@parley/core'
import { createRandom, type Random } from '@parley/testkit/contracts'
import { createTestCore, personOf } from '@parley/testkit/test-core'
import { describe, expect, it } from 'vitest'
import type { Identity } from '../auth/authenticator.ts'
import { openMemoryStores } from '../storage/memory/index.ts'
import { enterConversation } from './enter-conversation.ts'
import { Fanout } from './fanout.ts'
import type { Frame } from './frame.ts'
import { Session } from './session.ts'
import { SessionRegistry } from './session-registry.ts'
import type { Subscription, Wire } from './topic.ts'
import { UserFanout } from './user-fanout.ts'

/** The port, each of whose methods begins some turns after it was called, as over a network. */
function late<Port extends object>(port: Port, random: Random): Port {
  return new Proxy(port, {
    get(target, key) {
      const method: unknown = Reflect.get(target, key)
      if (typeof method !== 'function') return method
      return async (...args: unknown[]): Promise<unknown> => {
        for (let turns = random.integer(40); turns > 0; turns -= 1) await null
        return Reflect.apply(method, target, args)
      }
    },
  })
}

/** The event goes out as it is: what is looked at is which, and when. */
const frames = new WeakMap<Frame, DomainEvent>()
const wire: Wire = {
  name: 'rooms',
  encode(event) {
    const frame = { text: event.type, bytes: Buffer.from(event.type) }
    frames.set(frame, event)
    return frame
  },
  encodeUser: () => null,
  observe: () => undefined,
}

/** Somebody who comes and goes, and notes everything that they should not have been told, or not then. */
class Listener extends Session {
  readonly wire = wire
  readonly faults: string[] = []
  removals = 0
  position: Position | null = null
  place: Subscription | null = null
  isInside = false
  leave: () => void = () => undefined

  constructor(userId: string) {
    const outbound = {
      queuedBytes: 0,
      push: (frame: Frame): void => this.hear(frames.get(frame) as DomainEvent),
    }
    const identity: Identity = {
      ...{ userId, name: userId, kind: 'guest', room: null, role: null, avatar: null, roles: [] },
      ...{ issuedAt: 0, expiresAt: Number.POSITIVE_INFINITY, tokenId: `token of ${userId}` },
    }
    super(`session of ${userId}`, identity, '192.0.2.1', outbound, 0)
  }

  hear(event: DomainEvent): void {
    if (!this.isInside) this.faults.push(`${event.type} while outside`)
    if (event.type === 'member.removed') {
      this.isInside = false
      this.removals += 1
    } else if ('rev' in event) this.take(event)
  }

  take({ type, rev }: DurableEvent): void {
    if (this.position === null) return
    if (rev !== this.position.rev + 1) this.faults.push(`${type} ${rev} after ${this.position.rev}`)
    this.position = { ...this.position, rev }
  }

  override turned(subscription: Subscription, event: DomainEvent): void {
    if (subscription === this.place && event.type === 'member.removed') this.leave()
  }

  override *subscriptions(): Iterable<Subscription> {
    if (this.place !== null) yield this.place
  }

  override get busy(): boolean {
    return false
  }

  override replaced = (): void => undefined
  override dismiss = (): void => undefined
  override tooSlow = (): void => undefined
  override sweep = (): void => undefined
  override drain = (): void => undefined
  override sendAway = (): void => undefined
  override terminate = (): void => undefined
}

async function openRoom(random: Random) {
  const stores = openMemoryStores()
  const core = createTestCore({}, {
    conversations: late(stores.conversations, random),
    messages: late(stores.messages, random),
    presence: late(stores.presence, random),
    deadlines: stores.deadlines,
  } satisfies Partial<CorePorts>)
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const { bus, conversations, clock } = core.ports
  const people = new UserFanout({ bus, pending: async () => [], now: () => 0, report: () => undefined })
  const about = { logger: silent, presenceLeaseMs: 86_400_000, isRevoked: () => false }
  const registry = new SessionRegistry({ core, people, clock, ...about })
  const fanout = new Fanout({
    bus,
    sessionOf: (id) => registry.get(id),
    changes: (id, since) => conversations.changesSince(id, since),
    epochOf: async (id) => (await conversations.load(id))?.epoch ?? null,
    now: () => clock.now(),
    report: (error) => expect.unreachable(String(error)),
  })
  const conversationId = await core.openRoom({ maxParticipants: 20 })

  async function join(listener: Listener): Promise<void> {
    const { place: previous, position: since } = listener
    listener.place = null
    listener.isInside = false
    const input = { conversationId, name: null, since, previous, leave: () => registry.exit(listener, conversationId) }
    const options = { core, fanout, registry, security: () => undefined }
    const { subscription, entered } = await enterConversation(options, listener, input)
    if (entered.status !== 'entered') throw new Error('there is no lobby')
    listener.place = subscription
    listener.isInside = true
    if (since !== null && !entered.recovered) listener.faults.push('not given what was missed')
    for (const event of entered.missed) listener.take(event)
    const { position } = entered.snapshot
    if (since !== null && position.rev !== listener.position?.rev) listener.faults.push(`no more until ${position.rev}`)
    listener.position = position
    fanout.settle(subscription, entered.self.role, position)
  }

  function leave(listener: Listener): void {
    const { place } = listener
    listener.isInside = false
    if (place === null) return
    listener.place = null
    fanout.unsubscribe(place)
    registry.exit(listener, conversationId)
  }
  return { core, registry, fanout, conversationId, join, leave }
}

describe('with stores that take their time', () => {
  it.each([1, 2, 3, 4, 5])(
    'everyone inside hears everything in order, and nobody outside anything (seed %i)',
    async (seed) => {
      const random = createRandom(seed)
      const { core, registry, fanout, conversationId, join, leave } = await openRoom(random)
      const remove = (userId: string) => core.kick(personOf('ann'), { conversationId, userId, ban: false })
      const listeners = ['bo', 'cy', 'di', 'ed', 'flo'].map((userId) => new Listener(userId))

      async function wander(listener: Listener): Promise<void> {
        listener.leave = () => leave(listener)
        await join(listener)
        for (let step = 0; step < 60; step += 1) {
          const { userId } = listener.identity
          const chance = random.integer(4)
          if (chance === 0) leave(listener)
          else if (chance === 1) await remove(userId)
          // While they come in: perhaps before they are there, when there is nobody to remove.
          else if (chance === 2) await Promise.allSettled([join(listener), remove(userId)])
          if (random.integer(2) === 0) await join(listener)
          else for (let turns = random.integer(100); turns > 0; turns -= 1) await null
          if (!listener.isInside) await join(listener)
        }
        await join(listener)
      }
      let isOver = false
      async function talk(): Promise<void> {
        while (!isOver) await core.say('ann', conversationId, 'words')
      }
      const talking = [talk(), talk(), talk()]
      await Promise.all(listeners.map(wander))
      isOver = true
      await Promise.all(talking)

      for (const { faults } of listeners) expect(faults).toEqual([])
      const { rev } = (await core.ports.conversations.load(conversationId)) ?? { rev: -1 }
      expect(listeners.map(({ position }) => position?.rev)).toEqual(listeners.map(() => rev))
      expect(listeners.reduce((sum, { removals }) => sum + removals, 0)).toBeGreaterThan(20)
      expect(fanout.deliveries).toBeGreaterThan(500)
      const members = await core.members(personOf('ann'), conversationId)
      expect(members.filter(({ online }) => !online)).toEqual([])
      registry.close()
      core.close()
    },
  )
})
