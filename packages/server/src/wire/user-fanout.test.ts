import type { Addressed, EventBus, Notification, UserEvent } from '@parley/core'
import { describe, expect, it } from 'vitest'
import { createMemoryBus } from '../bus/memory-bus.ts'
import type { Frame } from './frame.ts'
import type { Subscriber, Wire } from './topic.ts'
import { UserFanout } from './user-fanout.ts'

const AT = 5000

class TestWire implements Wire {
  readonly name = 'site'
  readonly encoded: UserEvent[] = []

  encode(): null {
    return null
  }

  encodeUser(event: UserEvent): Frame | null {
    this.encoded.push(event)
    if (event.type === 'call.ended') return null
    return { text: event.type, bytes: Buffer.from(event.type) }
  }

  observe(): void {
    // Nothing to do.
  }
}

function setUp() {
  const memoryBus = createMemoryBus()
  const missed: (() => void)[] = []
  const bus: EventBus = {
    ...memoryBus,
    subscribeUser(userId, listener, onMissed) {
      if (onMissed !== undefined) missed.push(onMissed)
      return memoryBus.subscribeUser(userId, listener)
    },
  }
  /** What waits for everybody; fails while it is `null`. */
  const store: { pending: Notification[] | null } = { pending: [] }
  const reported: unknown[] = []
  const people = new UserFanout({
    bus,
    async pending() {
      if (store.pending === null) throw new Error('the store is away')
      return store.pending
    },
    now: () => AT,
    report: (error) => reported.push(error),
  })
  const wire = new TestWire()
  const connect = (userId: string, device = '1', on: Wire = wire, fields: Partial<Subscriber> = {}) => {
    const got: string[] = []
    const session: Subscriber = {
      id: `${userId}-${device}`,
      wire: on,
      caller: { sessionId: `${userId}-${device}`, userId, name: userId, room: null },
      identity: { userId, issuedAt: AT, tokenId: `${userId}-${device}` },
      outbound: { queuedBytes: 0, push: ({ text }) => got.push(text) },
      wants: () => true,
      told: () => undefined,
      catchUp: async () => undefined,
      turned: () => undefined,
      replaced: () => undefined,
      tooSlow: () => undefined,
      revoked() {
        got.push('revoked')
        people.remove(session)
      },
      ...fields,
    }
    people.add(session)
    return { session, got }
  }
  const publish = (event: UserEvent, userIds: string[], rest: Partial<Addressed> = {}) =>
    bus.publishToUsers({ event, userIds, onlySession: null, exceptSession: null, ...rest })
  const comesAgain = (): void => {
    for (const tell of missed) tell()
  }
  return { bus, people, wire, connect, publish, store, reported, comesAgain }
}

const cleared: UserEvent = { type: 'notification.cleared', at: AT, ids: ['n1'] }
const revoked = (fields: { issuedBefore?: number; tokenId?: string }): UserEvent => ({
  type: 'access.revoked',
  at: AT,
  userId: 'ann',
  issuedBefore: fields.issuedBefore ?? null,
  tokenId: fields.tokenId ?? null,
})

describe('what concerns a person', () => {
  it('reaches all of their connections and nobody else, encoded once per wire for however many', () => {
    const { wire, connect, publish, people } = setUp()
    const other = new TestWire()
    const all = [connect('ann'), connect('ann', '2'), connect('bob'), connect('bob', '2', other)]
    const cem = connect('cem')
    publish(cleared, ['ann', 'bob'])
    expect(all.map(({ got }) => got)).toEqual(Array.from(all, () => ['notification.cleared']))
    expect([cem.got, wire.encoded.length, other.encoded.length, people.deliveries]).toEqual([[], 1, 1, 4])
    publish({ ...cleared }, ['ann'])
    expect(wire.encoded.length).toBe(2)
  })

  it('is for one of their connections alone, or for all but one', () => {
    const { connect, publish } = setUp()
    const [phone, laptop] = [connect('ann', 'phone'), connect('ann', 'laptop')]
    publish(cleared, ['ann'], { onlySession: 'ann-phone' })
    expect([phone.got.length, laptop.got.length]).toEqual([1, 0])
    publish(cleared, ['ann'], { exceptSession: 'ann-phone' })
    expect([phone.got.length, laptop.got.length]).toEqual([1, 1])
  })

  it('is not told to a session that does not want it, nor by a wire that does not carry it', () => {
    const { wire, connect, publish } = setUp()
    const deaf = connect('ann', '1', wire, { wants: ({ type }) => type !== 'notification.cleared' })
    publish(cleared, ['ann'])
    publish({ type: 'call.ended', at: AT, callId: 'c', conversationId: 'x', reason: 'hangup' }, ['ann'])
    expect(deaf.got).toEqual([])
  })

  it('is listened for as long as they have a connection here', () => {
    const { connect, publish, people, wire } = setUp()
    const [first, second] = [connect('ann'), connect('ann', '2')]
    people.remove(first.session)
    people.remove(first.session)
    publish(cleared, ['ann'])
    expect([first.got, second.got]).toEqual([[], ['notification.cleared']])
    people.remove(second.session)
    publish(cleared, ['ann'])
    expect([second.got.length, wire.encoded.length]).toEqual([1, 1])
  })
})

describe('a token that was taken back', () => {
  it('ends the sessions that stand on it: by its id, or by when it was issued', () => {
    const { connect, publish } = setUp()
    const [phone, laptop] = [connect('ann', 'phone'), connect('ann', 'laptop')]
    publish(revoked({ tokenId: 'ann-phone' }), ['ann'])
    expect([phone.got, laptop.got]).toEqual([['revoked'], []])
    publish(revoked({ issuedBefore: AT - 1 }), ['ann'])
    expect(laptop.got).toEqual([])
    publish(revoked({ issuedBefore: AT }), ['ann'])
    expect(laptop.got).toEqual(['revoked'])
  })
})

describe('when what other nodes tell comes again', () => {
  const note = (id: string, createdAt = AT): Notification => ({
    ...{ id, userId: 'ann', kind: 'event', conversationId: null, messageId: null, seq: null, data: {}, createdAt },
  })
  const created = (notification: Notification): UserEvent => ({ type: 'notification.created', at: AT, notification })

  it('people are told of notifications that were missed, once, and of no others', async () => {
    const { connect, publish, store, comesAgain, wire } = setUp()
    const { got } = connect('ann')
    const [told, missed, old] = [note('told'), note('missed'), note('old', AT - 60_000)]
    publish(created(told), ['ann'])
    store.pending = [old, told, missed]
    comesAgain()
    await expect.poll(() => got).toHaveLength(2)
    comesAgain()
    publish({ type: 'call.candidate', at: AT, callId: 'c', fromId: 'bob', candidate: 1 }, ['ann'])
    await new Promise((resolve) => setImmediate(resolve))
    expect(wire.encoded).toEqual([created(told), created(missed), expect.objectContaining({ type: 'call.candidate' })])
  })

  it('what was seen on another device meanwhile is told so', async () => {
    const { connect, publish, comesAgain, wire } = setUp()
    connect('ann')
    publish(created(note('n1')), ['ann'])
    comesAgain()
    await expect.poll(() => wire.encoded).toEqual([expect.anything(), cleared])
  })

  it('it is read again when the store is away', async () => {
    const { connect, store, comesAgain, reported, wire } = setUp()
    connect('ann')
    store.pending = null
    comesAgain()
    await expect.poll(() => reported).toHaveLength(1)
    store.pending = [note('missed')]
    await expect.poll(() => wire.encoded).toEqual([created(note('missed'))])
  })
})
