import type { DomainEvent, UserId } from '@parley/core'
import { expect, test } from 'vitest'
import { type ReadRoom, RoomLooks } from './room-looks.ts'
import { Subscription, Topic } from './topic.ts'
import type { TopicOrder } from './topic-order.ts'

const AT = Date.UTC(2030, 0, 1)

type Room = NonNullable<Awaited<ReturnType<ReadRoom>>>
const roomOf = (room: Partial<Room>): Room => ({ present: new Map(), waiting: [], ...room })
const knocker = (userId: UserId) => ({ userId, name: userId }) as Room['waiting'][number]

/** A topic that one person follows, whose room is read when the test says so. */
function setUp() {
  const topic = new Topic('room', () => ({}) as TopicOrder)
  const session = { id: 's', identity: { userId: 'host' }, wire: {} }
  const subscription = new Subscription(session as ConstructorParameters<typeof Subscription>[0], topic)
  subscription.state = 'in'
  topic.byWire.set(subscription.session.wire, new Set([subscription]))
  const reads: ((room: Room) => void)[] = []
  const waits: (() => void)[] = []
  const told: string[] = []
  const looks = new RoomLooks({
    room: () => new Promise((resolve) => reads.push(resolve)),
    now: () => AT,
    report: (error) => told.push(String(error)),
    tell(_topic, event) {
      note(event)
      told.push(`${event.type} ${(event as { userId?: UserId }).userId}`)
    },
    tellOne: (_place, event) => void told.push(`to one ${event.type}`),
    wait: (_ms, run) => void waits.push(run),
  })
  function note(event: DomainEvent): void {
    topic.presence.note(event)
    topic.lobby.note(event)
  }
  const answer = async (room: Partial<Room>): Promise<void> => {
    await expect.poll(() => reads.length).toBeGreaterThan(0)
    reads.shift()?.(roomOf(room))
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { topic, looks, note, answer, told, waits }
}

test('who knocks while the lobby is read is not taken for gone', async () => {
  const { topic, looks, note, answer, told, waits } = setUp()
  looks.look(topic)
  await expect.poll(() => told).toEqual([])
  note({ type: 'lobby.knocked', conversationId: 'room', at: AT, userId: 'eve', name: 'Eve' })
  await answer({ waiting: [] })
  expect(told).toEqual([])
  for (const again of waits.splice(0)) again()
  await answer({ waiting: [knocker('eve'), knocker('fay')] })
  expect(told).toEqual(['lobby.knocked fay'])
})

test('what is missed while the room is read is looked for again', async () => {
  const { topic, looks, note, answer, told } = setUp()
  note({ type: 'presence.changed', conversationId: 'room', at: AT, userId: 'bob', online: true })
  looks.look(topic)
  await expect.poll(() => told).toEqual([])
  looks.look(topic)
  await answer({ present: new Map([['bob', 'here']]) })
  await answer({ present: new Map([['bob', 'away']]) })
  expect(told).toEqual(['presence.changed bob'])
})
