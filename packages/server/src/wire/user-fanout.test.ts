import type { Addressed, UserEvent } from '@parley/core'
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
  const bus = createMemoryBus()
  const people = new UserFanout({ bus })
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
  return { bus, people, wire, connect, publish }
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
