import type { DomainEvent, EphemeralEvent, Published } from '@parley/core'
import { expect, it } from 'vitest'
import { createMemoryBus } from '../bus/memory-bus.ts'
import { Fanout } from './fanout.ts'
import type { Frame } from './frame.ts'
import type { Subscriber, Wire } from './topic.ts'

/** A wire whose frames say whom they are about. */
class TestWire implements Wire {
  readonly name = 'messenger'
  encode(event: DomainEvent): Frame | null {
    const text =
      'userId' in event ? `${event.type} ${event.userId} ${'online' in event ? event.online : ''}` : event.type
    return { text, bytes: Buffer.from(text) }
  }
  encodeUser(): null {
    return null
  }
  observe(): void {
    // Nothing is summed up.
  }
}

const about = { conversationId: 'room', at: 1000 }
const presence = (userId: string, online: boolean): EphemeralEvent => ({
  type: 'presence.changed',
  ...about,
  userId,
  online,
})
const left = (userId: string, rev: number): DomainEvent => ({
  type: 'member.left',
  ...about,
  userId,
  name: userId,
  reason: 'left',
  rev,
})

/** A room with so many in it, who keep what they are told, and a time that passes when it is said so. */
function roomOf(size: number) {
  const bus = createMemoryBus()
  const wire = new TestWire()
  const waits: { readonly ms: number; readonly then: () => void }[] = []
  const fanout = new Fanout({
    bus,
    sessionOf: () => undefined,
    changes: async () => null,
    epochOf: async () => 'e',
    wait: (ms, then) => waits.push({ ms, then }),
    now: () => 1000,
    report: (error) => expect.unreachable(String(error)),
  })
  const session = (id: string) => {
    const got: string[] = []
    const subscriber: Subscriber = {
      ...{ id, wire, caller: { sessionId: id, userId: id, name: id, room: null } },
      identity: { userId: id, issuedAt: 0, tokenId: id },
      outbound: { queuedBytes: 0, push: ({ text }) => got.push(text) },
      wants: () => true,
      told: () => undefined,
      catchUp: async () => undefined,
      turned: () => undefined,
      replaced: () => undefined,
      revoked: () => undefined,
      tooSlow: () => undefined,
    }
    return { got, subscription: fanout.subscribe(subscriber, 'room') }
  }
  const people = Array.from({ length: size }, (_, index) => session(`user-${index}`))
  for (const { subscription } of people) fanout.settle(subscription, 'speaker', { epoch: 'e', rev: 0 })
  const publish = (event: DomainEvent, exceptSession: string | null = null) => {
    const addressed = { audience: { kind: 'topic' }, exceptSession } as const
    bus.publish(
      (event.type === 'member.left' ? { event, epoch: 'e', ...addressed } : { event, ...addressed }) as Published,
    )
  }
  const pass = (): number[] =>
    waits.splice(0).map(({ ms, then }) => {
      then()
      return ms
    })
  return { fanout, session, people, publish, pass }
}

it('tells at once who comes and goes where there is no crowd', () => {
  const { people, publish, pass } = roomOf(100)
  publish(presence('user-1', false))
  publish(presence('user-1', true))
  expect(people[0]?.got).toEqual(['presence.changed user-1 false', 'presence.changed user-1 true'])
  expect(pass()).toEqual([])
})

it('tells a crowd once a second, of each how things stand by then', () => {
  const { people, publish, pass } = roomOf(101)
  publish(presence('user-1', false))
  publish(presence('user-2', false))
  publish(presence('user-1', true))
  expect(people.flatMap(({ got }) => got)).toEqual([])
  expect(pass()).toEqual([1000])
  for (const { got } of people) expect(got).toEqual(['presence.changed user-1 true', 'presence.changed user-2 false'])
  publish(presence('user-2', true))
  pass()
  expect(people[0]?.got.at(-1)).toBe('presence.changed user-2 true')
})

it('passes over the session that it is about and that knows it', () => {
  const { people, publish, pass } = roomOf(101)
  publish(presence('user-1', true), 'user-1')
  pass()
  expect(people[0]?.got).toEqual(['presence.changed user-1 true'])
  expect(people[1]?.got).toEqual([])
})

it('tells those who join meanwhile when they are there', () => {
  const { fanout, session, publish, pass } = roomOf(101)
  const late = session('late')
  publish(presence('user-1', false))
  pass()
  expect(late.got).toEqual([])
  fanout.settle(late.subscription, 'speaker', { epoch: 'e', rev: 0 })
  expect(late.got).toEqual(['presence.changed user-1 false'])
})

it('does not tell of somebody who has left since', () => {
  const { people, publish, pass } = roomOf(101)
  publish(presence('user-1', false))
  publish(left('user-1', 1))
  pass()
  expect(people[0]?.got).toEqual(['member.left user-1 '])
})

it('tells nobody when all have gone', () => {
  const { fanout, people, publish, pass } = roomOf(101)
  publish(presence('user-1', false))
  for (const { subscription } of people) fanout.unsubscribe(subscription)
  pass()
  expect(people.flatMap(({ got }) => got)).toEqual([])
})
