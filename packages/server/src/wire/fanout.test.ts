import type { Audience, DomainEvent, DurableEvent, Message, Role } from '@parley/core'
import { describe, expect, it } from 'vitest'
import { createMemoryBus } from '../bus/memory-bus.ts'
import { Fanout } from './fanout.ts'
import type { Frame } from './frame.ts'
import type { Subscriber, Subscription, Topic, Wire } from './topic.ts'
import type { ReadChanges } from './topic-order.ts'

const AT = 1000
const topic = { kind: 'topic' } as const

/** A wire that writes down what it encoded. */
class TestWire implements Wire {
  readonly name = 'rooms'
  readonly encoded: DomainEvent[] = []
  readonly observed: DomainEvent[] = []

  encode(event: DomainEvent): Frame | null {
    if (event.type === 'presence.changed') return null
    this.encoded.push(event)
    const text = 'rev' in event ? `${event.type}@${event.rev}` : event.type
    return { text, bytes: Buffer.from(text) }
  }

  encodeUser(): null {
    return null
  }

  observe(event: DomainEvent, _topic: Topic): void {
    this.observed.push(event)
  }
}

class TestSession implements Subscriber {
  readonly id: string
  readonly wire: Wire
  readonly identity: { readonly userId: string; readonly issuedAt: number; readonly tokenId: string }
  readonly got: string[] = []
  readonly ephemeral: string[] = []
  readonly turns: string[] = []
  readonly outbound = {
    queuedBytes: 0,
    push: ({ text }: Frame, ephemeral: boolean): void => {
      this.got.push(text)
      if (ephemeral) this.ephemeral.push(text)
    },
  }

  constructor(id: string, userId: string, wire: Wire) {
    this.id = id
    this.identity = { userId, issuedAt: AT, tokenId: `token of ${id}` }
    this.wire = wire
  }

  get caller() {
    return { sessionId: this.id, userId: this.identity.userId, name: '', room: null }
  }

  turned(_subscription: Subscription, event: DomainEvent): void {
    this.turns.push(event.type)
  }

  replaced(): void {
    this.turns.push('replaced')
  }

  revoked(): void {
    this.turns.push('revoked')
  }

  tooSlow(): void {
    this.turns.push('too slow')
  }

  told(): void {
    // Nothing to do.
  }

  async catchUp(): Promise<void> {
    this.turns.push('caught up')
  }

  wants(): boolean {
    return true
  }
}

const sent = (rev: number): DurableEvent => ({
  type: 'message.sent',
  conversationId: 'room',
  at: AT,
  rev,
  message: {} as Message,
})

interface Situation {
  readonly epochNow?: string | null
  readonly changes?: ReadChanges
  readonly epochOf?: () => Promise<string | null>
}

function setUp({ epochNow = 'e', changes = async () => null, epochOf = async () => epochNow }: Situation = {}) {
  const bus = createMemoryBus()
  const wire = new TestWire()
  const other = new TestWire()
  const sessions = new Map<string, TestSession>()
  const fanout = new Fanout({
    bus,
    sessionOf: (id) => sessions.get(id),
    changes,
    epochOf,
    wait: (_ms, then) => queueMicrotask(then),
    now: () => AT,
    report: (error) => expect.unreachable(String(error)),
  })
  const session = (id: string, userId = id, on: Wire = wire) => {
    const made = new TestSession(id, userId, on)
    sessions.set(id, made)
    return made
  }
  const enter = (member: TestSession, role: Role = 'speaker', rev = 0, epoch = 'e') => {
    const subscription = fanout.subscribe(member, 'room')
    member.turned = (place, event) => {
      member.turns.push(event.type)
      if (event.type === 'conversation.expired') fanout.unsubscribe(place)
    }
    fanout.settle(subscription, role, { epoch, rev })
    return subscription
  }
  const publish = (event: DomainEvent, audience: Audience = topic, exceptSession: string | null = null) =>
    bus.publish('rev' in event ? { event, epoch: 'e', audience, exceptSession } : { event, audience, exceptSession })
  /** In the conversation that has the id after the one of which `publish` tells. */
  const publishLater = (event: DurableEvent) =>
    bus.publish({ event, epoch: 'later', audience: topic, exceptSession: null })
  return { publishLater, bus, wire, other, fanout, session, enter, publish }
}

describe('the fan-out', () => {
  it('encodes an event once per wire, whoever listens', () => {
    const { wire, other, session, enter, publish, fanout } = setUp()
    const members = ['a', 'b', 'c'].map((id) => session(id))
    const elsewhere = ['d', 'e'].map((id) => session(id, id, other))
    for (const member of [...members, ...elsewhere]) enter(member)
    publish(sent(1))
    for (const { got } of [...members, ...elsewhere]) expect(got).toEqual(['message.sent@1'])
    expect([wire.encoded.length, other.encoded.length, fanout.deliveries]).toEqual([1, 1, 5])
  })

  it('passes the causing session over, and no other one of the same user', () => {
    const { session, enter, publish } = setUp()
    const [phone, laptop] = [session('phone', 'ann'), session('laptop', 'ann')]
    enter(phone)
    enter(laptop)
    publish(sent(1), topic, 'phone')
    expect([phone.got, laptop.got]).toEqual([[], ['message.sent@1']])
  })

  it('holds events back while a session joins, then gives those after its snapshot, each once', () => {
    const { session, publish, fanout } = setUp()
    const member = session('a')
    const subscription = fanout.subscribe(member, 'room')
    publish(sent(4))
    publish(sent(5))
    publish({ type: 'typing.started', conversationId: 'room', at: AT, userId: 'b', name: 'B' })
    publish(sent(6))
    expect(member.got).toEqual([])
    fanout.settle(subscription, 'speaker', { epoch: 'e', rev: 5 })
    expect(member.got).toEqual(['typing.started', 'message.sent@6'])
    publish(sent(7))
    expect(member.got.at(-1)).toBe('message.sent@7')
  })

  it('marks what is not durable as ephemeral', () => {
    const { session, enter, publish } = setUp()
    const member = session('a')
    enter(member)
    publish(sent(1))
    publish({ type: 'typing.stopped', conversationId: 'room', at: AT, userId: 'b', name: 'B' })
    expect(member.ephemeral).toEqual(['typing.stopped'])
  })

  it('tells a knock to those who may admit, as roles stand now', () => {
    const { session, enter, publish } = setUp()
    const [host, moderator, speaker] = [session('host'), session('mod'), session('speaker')]
    enter(host, 'host')
    enter(moderator, 'moderator')
    enter(speaker, 'speaker')
    const knock: DomainEvent = { type: 'lobby.knocked', conversationId: 'room', at: AT, userId: 'x', name: 'X' }
    publish(knock, { kind: 'moderators' })
    publish({
      type: 'role.changed',
      conversationId: 'room',
      at: AT,
      rev: 1,
      userId: 'speaker',
      role: 'host',
      hostId: 'speaker',
      former: { userId: 'host', role: 'listener' },
      byId: 'host',
    })
    publish(knock, { kind: 'moderators' })
    const knocks = (member: TestSession) => member.got.filter((text) => text === 'lobby.knocked').length
    expect([knocks(host), knocks(moderator), knocks(speaker)]).toEqual([1, 2, 1])
  })

  it('gives somebody in the lobby nothing but what concerns them', () => {
    const { session, publish, fanout } = setUp()
    const [waiting, other] = [session('w'), session('o')]
    for (const member of [waiting, other]) fanout.wait(fanout.subscribe(member, 'room'))
    publish(sent(1))
    publish({ type: 'lobby.admitted', conversationId: 'room', at: AT, userId: 'w' }, { kind: 'user', userId: 'w' })
    expect([waiting.got, waiting.turns, other.got]).toEqual([['lobby.admitted'], ['lobby.admitted'], []])
    publish({ type: 'conversation.expired', conversationId: 'room', at: AT })
    expect(other.turns).toEqual(['conversation.expired'])
  })

  it('tells those in a lobby where nobody else is that the room is gone', async () => {
    const { session, publish, fanout } = setUp({ epochNow: null })
    const waiting = session('w')
    fanout.wait(fanout.subscribe(waiting, 'room'))
    publish({ type: 'conversation.advanced', conversationId: 'room', at: AT, upTo: null })
    await expect.poll(() => waiting.turns).toEqual(['conversation.expired'])
  })

  it('does not lose an admission that comes before the answer', () => {
    const { session, publish, fanout } = setUp()
    const member = session('w')
    const subscription = fanout.subscribe(member, 'room')
    publish({ type: 'lobby.admitted', conversationId: 'room', at: AT, userId: 'w' }, { kind: 'user', userId: 'w' })
    fanout.wait(subscription)
    expect(member.turns).toEqual(['lobby.admitted'])
  })

  it('turns those whom it concerns after they got the event', () => {
    const { session, enter, publish } = setUp()
    const [ann, bob] = [session('ann'), session('bob')]
    enter(ann)
    enter(bob)
    const left = { conversationId: 'room', at: AT, userId: 'bob', name: 'Bob' }
    publish({ type: 'member.left', rev: 1, reason: 'kicked', ...left })
    expect(bob.turns).toEqual([])
    publish({ type: 'member.removed', banned: true, ...left }, { kind: 'user', userId: 'bob' })
    expect([bob.got.at(-1), bob.turns, ann.turns]).toEqual(['member.removed', ['member.removed'], []])
  })

  it('shows those who are removed while they join nothing of what comes after', () => {
    const { session, publish, fanout } = setUp()
    const bob = session('bob')
    bob.turned = (subscription) => fanout.unsubscribe(subscription)
    const subscription = fanout.subscribe(bob, 'room')
    const removed = { conversationId: 'room', at: AT, userId: 'bob', banned: true }
    publish(sent(1))
    publish({ type: 'member.removed', ...removed }, { kind: 'user', userId: 'bob' })
    publish(sent(2))
    fanout.settle(subscription, 'speaker', { epoch: 'e', rev: 0 })
    publish(sent(3))
    expect(bob.got).toEqual(['message.sent@1', 'member.removed'])
  })

  it('shows those whom another process removed nothing of what came after, in whatever way it comes', async () => {
    const { session, enter, publish } = setUp()
    const bob = session('bob')
    enter(bob)
    const left = { conversationId: 'room', at: AT, userId: 'bob', name: 'Bob' }
    publish({ type: 'member.left', rev: 1, reason: 'kicked', ...left })
    publish(sent(2))
    await null
    publish(sent(3))
    expect(bob.got).toEqual(['member.left@1', 'member.removed'])
    expect(bob.turns).toEqual(['member.removed'])
  })

  it('ends the places of those who were in a conversation that had the id before', () => {
    const { session, enter, publish, publishLater } = setUp()
    const [ann, dua] = [session('ann'), session('dua')]
    enter(ann)
    publish(sent(1))
    enter(dua, 'speaker', 1, 'later')
    publishLater(sent(2))
    expect(ann.got).toEqual(['message.sent@1', 'conversation.expired'])
    expect(ann.turns).toEqual(['conversation.expired'])
    expect(dua.got).toEqual(['message.sent@2'])
  })

  it('tells those who were in the former conversation its end, and nothing that happens in the one after it', async () => {
    const { session, enter, publish, publishLater, fanout } = setUp({ epochNow: 'later' })
    const ann = session('ann')
    enter(ann)
    publish(sent(1))
    for (let rev = 1; rev < 100 && fanout.topicCount > 0; rev += 1) {
      publishLater(sent(rev))
      await null
    }
    expect(ann.got).toEqual(['message.sent@1', 'conversation.expired'])
    expect(ann.turns).toEqual(['conversation.expired'])
  })

  it.each([
    ['up to where they read', [1]],
    ['further than they read', [1, 2, 3]],
  ])('does the same for those who had yet to come in when the later one got %s', async (_, revs) => {
    const { session, publishLater, fanout } = setUp({ epochNow: 'later' })
    const ann = session('ann')
    const place = fanout.subscribe(ann, 'room')
    for (const rev of revs) publishLater(sent(rev))
    fanout.settle(place, 'speaker', { epoch: 'e', rev: 2 })
    await expect.poll(() => ann.turns).toEqual(['conversation.expired'])
    expect(ann.got).toEqual(['conversation.expired'])
  })

  it('ends nobody’s place for a late event of the former conversation', async () => {
    const asked: string[] = []
    const changes: ReadChanges = async (_, { epoch }) => {
      asked.push(epoch)
      return []
    }
    const { session, enter, publish, publishLater } = setUp({ epochNow: 'later', changes })
    const dua = session('dua')
    enter(dua, 'speaker', 0, 'later')
    publish(sent(1))
    await expect.poll(() => asked).toEqual(['later'])
    publishLater(sent(1))
    expect([dua.got, dua.turns]).toEqual([['message.sent@1'], []])
  })

  it('keeps what happens in the later conversation for those who are coming into it', () => {
    const { session, enter, publishLater, fanout } = setUp({ epochNow: 'later' })
    const [ann, dua] = [session('ann'), session('dua')]
    enter(ann)
    const place = fanout.subscribe(dua, 'room')
    publishLater(sent(1))
    fanout.settle(place, 'speaker', { epoch: 'later', rev: 0 })
    expect([dua.got, ann.got]).toEqual([['message.sent@1'], ['conversation.expired']])
  })

  it.each(['an event', 'somebody who comes in'])(
    'has those who are there read afresh what has lost some of its history, when %s tells of it',
    async (first) => {
      const changes: ReadChanges = async (_, { epoch }) => (epoch === 'e' ? null : [])
      const { session, enter, bus } = setUp({ epochNow: 'e~later', changes })
      const [ann, dua] = [session('ann'), session('dua')]
      enter(ann, 'speaker', 9)
      if (first === 'an event') bus.publish({ event: sent(6), epoch: 'e~later', audience: topic, exceptSession: null })
      else enter(dua, 'speaker', 5, 'e~later')
      await expect.poll(() => ann.turns).toEqual(['too slow'])
      expect([ann.got, dua.turns]).toEqual([[], []])
    },
  )

  it.each([
    ['was over', null],
    ['had more', [sent(4)]],
  ])('gives nobody in the later conversation what was still being read of the former: it %s', async (_, former) => {
    const reading = Promise.withResolvers<readonly DurableEvent[] | null>()
    const asked: string[] = []
    const changes: ReadChanges = (_id, { epoch }) => {
      asked.push(epoch)
      return epoch === 'e' ? reading.promise : Promise.resolve([])
    }
    const { session, enter, publish, publishLater } = setUp({ epochNow: 'later', changes })
    const [ann, dua] = [session('ann'), session('dua')]
    enter(ann)
    publish(sent(3))
    publish({ type: 'conversation.advanced', conversationId: 'room', at: AT, upTo: 4 })
    await expect.poll(() => asked).toEqual(['e'])
    enter(dua, 'speaker', 0, 'later')
    for (const rev of [1, 2, 3]) publishLater(sent(rev))
    reading.resolve(former)
    await expect.poll(() => asked.at(-1)).toBe('later')
    publishLater(sent(4))
    expect(dua.got).toEqual([1, 2, 3, 4].map((rev) => `message.sent@${rev}`))
    expect([dua.turns, ann.got]).toEqual([[], ['conversation.expired']])
  })

  it.each([
    ['another conversation has the id by now: theirs is over', 'later', 'conversation.expired'],
    ['it is over', null, 'conversation.expired'],
    ['it goes on: they come back to a fresh start', 'e', 'too slow'],
  ])('when what was missed can not be given: %s', async (_, epochNow, turn) => {
    const { session, enter, publish } = setUp({ epochNow })
    const ann = session('ann')
    enter(ann)
    publish({ type: 'conversation.advanced', conversationId: 'room', at: AT, upTo: null })
    await expect.poll(() => ann.turns).toEqual([turn])
    expect(ann.got).toEqual(turn === 'too slow' ? [] : [turn])
  })

  it.each([
    ['is lost: they come back to a fresh start', null, ['too slow']],
    ['was only told since: they go on', [], []],
  ])('when less is stored than they were told, what is missing %s', async (_, stored, turns) => {
    const asked: number[] = []
    const changes: ReadChanges = async (_id, { rev }) => {
      asked.push(rev)
      return stored
    }
    const { session, enter, publish } = setUp({ epochNow: 'e', changes })
    const ann = session('ann')
    enter(ann)
    for (const rev of [1, 2, 3]) publish(sent(rev))
    publish({ type: 'conversation.advanced', conversationId: 'room', at: AT, upTo: 3, epoch: 'e' })
    publish({ type: 'conversation.advanced', conversationId: 'room', at: AT, upTo: 2, epoch: 'e' })
    await expect.poll(() => asked).toEqual([3])
    await expect.poll(() => ann.turns).toEqual(turns)
    expect(ann.got).toEqual([1, 2, 3].map((rev) => `message.sent@${rev}`))
  })

  it('tells nothing past a hole that stays, while it is found out what became of the conversation', async () => {
    const { session, enter, publish } = setUp({
      epochOf: async () => {
        publish(sent(9))
        return 'e'
      },
    })
    const ann = session('ann')
    enter(ann)
    publish(sent(5))
    await expect.poll(() => ann.turns).toEqual(['too slow'])
    expect(ann.got).toEqual([])
  })

  it('tells a wire of events that it does not carry', () => {
    const { wire, session, enter, publish } = setUp()
    enter(session('a'))
    publish({ type: 'presence.changed', conversationId: 'room', at: AT, userId: 'b', online: true })
    expect(wire.observed.map(({ type }) => type)).toEqual(['presence.changed'])
  })

  it('tells a wire again of what happened while somebody was joining, when they are there', () => {
    const { wire, session, publish, fanout } = setUp()
    const subscription = fanout.subscribe(session('a'), 'room')
    publish(sent(5))
    publish({ type: 'voice.changed', conversationId: 'room', at: AT })
    wire.observed.length = 0
    fanout.settle(subscription, 'speaker', { epoch: 'e', rev: 5 })
    expect(wire.observed.map(({ type }) => type)).toEqual(['voice.changed'])
  })

  it('listens to the bus as long as somebody is there', () => {
    const { session, enter, publish, fanout } = setUp()
    const member = session('a')
    const [first, second] = [enter(member), enter(member)]
    expect(fanout.topicCount).toBe(1)
    fanout.unsubscribe(first)
    fanout.unsubscribe(first)
    expect(fanout.topicCount).toBe(1)
    fanout.unsubscribe(second)
    expect(fanout.topicCount).toBe(0)
    publish(sent(1))
    expect(member.got).toEqual([])
  })
})
