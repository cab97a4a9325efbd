import type { Core, CorePorts, DurableEvent, Position, SessionCaller } from '@parley/core'
import { createRandom, type Random } from '@parley/testkit/contracts'
import { createTestCore } from '@parley/testkit/test-core'
import { describe, expect, it } from 'vitest'
import { createMemoryBus } from '../bus/memory-bus.ts'
import { Fanout } from './fanout.ts'
import type { Frame } from './frame.ts'
import type { Subscriber, Subscription, Wire } from './topic.ts'

const frames = new WeakMap<Frame, DurableEvent>()
const wire: Wire = {
  name: 'site',
  encode(event) {
    if (!('rev' in event)) return null
    const frame = { text: '', bytes: Buffer.from('') }
    frames.set(frame, event)
    return frame
  },
  encodeUser: () => null,
  observe: () => undefined,
}

const turns = async (count: number): Promise<void> => {
  for (let left = count; left > 0; left -= 1) await null
}

/** The port, each of whose methods begins some turns after it was called, and answers some turns after it ended. */
function late<Port extends object>(port: Port, random: Random): Port {
  return new Proxy(port, {
    get(target, key) {
      const method: unknown = Reflect.get(target, key)
      if (typeof method !== 'function') return method
      return async (...args: unknown[]): Promise<unknown> => {
        await turns(random.integer(20))
        const result: unknown = await Reflect.apply(method, target, args)
        await turns(random.integer(20))
        return result
      }
    },
  })
}

/** A connection that notes everything that it should not have been told, or not then. */
class Follower implements Subscriber {
  readonly id: string
  readonly wire = wire
  readonly caller: SessionCaller
  readonly identity: Subscriber['identity']
  readonly faults: string[] = []
  readonly outbound = { queuedBytes: 0, push: (frame: Frame): void => this.hear(frames.get(frame)) }
  place: Subscription | null = null
  reconnects = 0
  /** The revs of what it was told or did itself; everything up to `joinedAt` it has besides. */
  readonly seen = new Set<number>()
  #joinedAt = 0
  #latest = 0

  constructor(userId: string) {
    this.id = `session of ${userId}`
    this.caller = { sessionId: this.id, userId, name: userId, room: null }
    this.identity = { userId, issuedAt: 0, tokenId: userId }
  }

  hear(event: DurableEvent | undefined): void {
    if (event === undefined) return
    const { rev, type } = event
    if (this.place === null) this.faults.push(`${type} ${rev} while away`)
    if (rev <= this.#latest) this.faults.push(`${type} ${rev} after ${this.#latest}`)
    if (this.seen.has(rev)) this.faults.push(`${type} ${rev} twice`)
    this.#latest = rev
    this.seen.add(rev)
  }

  /** Everything up to here was seen, without a hole. */
  get complete(): number {
    let rev = this.#joinedAt
    while (this.seen.has(rev + 1)) rev += 1
    return rev
  }

  joined(position: Position, missed: readonly DurableEvent[] | null): void {
    for (const { rev } of missed ?? []) this.seen.add(rev)
    if (missed !== null && this.complete < position.rev) this.faults.push(`only up to ${this.complete} recovered`)
    this.#joinedAt = position.rev
    this.#latest = position.rev
  }

  tooSlow(): void {
    this.reconnects += 1
  }

  turned = (): void => undefined
  replaced = (): void => undefined
  revoked = (): void => undefined
  wants = (): boolean => true
  told = (): void => undefined
  catchUp = async (): Promise<void> => undefined
}

interface Process {
  readonly core: Core
  readonly fanout: Fanout
  readonly bus: CorePorts['bus']
}

/** Two processes on one store. What one of them publishes may come to the other, late, or only be hinted at, or be lost. */
async function openProcesses(random: Random) {
  const first = createTestCore()
  const { details } = await first.createConversation(null, {
    ...{ id: 'tea', kind: 'group', name: 'Tea', retentionDays: null },
    members: ['ann', 'bob', 'cem', 'dua'].map((userId) => ({ userId, name: userId, role: null })),
  })
  const conversationId = details.conversation.id
  const failures: unknown[] = []
  const sessions = new Map<string, Follower>()
  let isBroken = false

  function openProcess(): Process & { other: Process | null } {
    const local = createMemoryBus()
    const conversations = late(first.ports.conversations, random)
    const opened: Process & { other: Process | null } = {
      bus: {
        ...local,
        publish(published) {
          local.publish(published)
          const { event } = published
          const chance = random.integer(4)
          void turns(random.integer(300)).then(() => {
            const elsewhere = opened.other?.bus as ReturnType<typeof createMemoryBus> | undefined
            if (!('rev' in event) || chance === 0 || elsewhere === undefined) return
            if (chance === 1) receive.get(opened.other as Process)?.(published)
            else {
              const { rev: upTo, at } = event
              const hint = { type: 'conversation.advanced', conversationId, at, upTo } as const
              receive.get(opened.other as Process)?.({
                event: hint,
                audience: { kind: 'topic' },
                exceptSession: null,
              })
            }
          })
        },
      },
      core: first,
      fanout: new Fanout({
        bus: local,
        sessionOf: (id) => sessions.get(id),
        changes: async (id, since) => {
          if (isBroken && random.integer(3) === 0) throw new Error('away')
          return conversations.changesSince(id, since)
        },
        epochOf: async () => details.position.epoch,
        now: () => first.clock.now(),
        report: (error) => failures.push(error),
        // Longer than an answer of the store takes: what was just stored here is published by then.
        wait: (_ms, then) => void turns(40 + random.integer(60)).then(then),
      }),
      other: null,
    }
    receive.set(opened, local.publish)
    const core = createTestCore({}, { ...first.ports, conversations, bus: opened.bus })
    return Object.assign(opened, { core })
  }
  const receive = new Map<Process, CorePorts['bus']['publish']>()
  const [one, two] = [openProcess(), openProcess()]
  one.other = two
  two.other = one

  async function join({ fanout, core }: Process, follower: Follower): Promise<void> {
    const { place } = follower
    follower.place = null
    if (place !== null) fanout.unsubscribe(place)
    const since = { epoch: details.position.epoch, rev: follower.complete }
    const subscription = fanout.subscribe(follower, conversationId)
    const entered = await core.enter(follower.caller, { conversationId, name: null, since, address: '192.0.2.1' })
    if (entered.status !== 'entered') throw new Error('there is no lobby')
    follower.place = subscription
    const { position } = entered.snapshot
    follower.joined(position, entered.recovered ? entered.missed : null)
    fanout.settle(subscription, entered.self.role, position)
  }

  return {
    processes: [one, two] as const,
    conversationId,
    sessions,
    failures,
    join,
    breakStore: () => {
      isBroken = true
    },
    /** As the tail does in the end. */
    async hintAll(): Promise<number> {
      const rev = (await first.ports.conversations.load(conversationId))?.rev ?? 0
      for (const process of [one, two]) {
        receive.get(process)?.({
          event: { type: 'conversation.advanced', conversationId, at: 0, upTo: rev },
          audience: { kind: 'topic' },
          exceptSession: null,
        })
      }
      return rev
    },
  }
}

describe('two processes that write in one conversation', () => {
  it.each([31, 32, 33, 34, 35, 36, 37, 38])('tell everybody everything once, in order (seed %i)', async (seed) => {
    const random = createRandom(seed)
    const { processes, conversationId, sessions, failures, join, breakStore, hintAll } = await openProcesses(random)
    if (seed % 2 === 0) breakStore()
    const followers = ['ann', 'bob', 'cem', 'dua'].map((userId, index) => {
      const follower = new Follower(userId)
      sessions.set(follower.id, follower)
      return { follower, process: processes[index % 2] as Process }
    })
    await Promise.all(
      followers.map(async ({ follower, process }) => {
        await join(process, follower)
        for (let step = 0; step < 80; step += 1) {
          if (random.integer(12) === 0) await join(process, follower)
          const { message } = await process.core.send(follower.caller, {
            ...{ conversationId, content: 'words', type: 'text', clientId: `${follower.id} ${step}` },
            ...{ replyTo: null, metadata: null },
          })
          // Its own: the sender has it from the answer alone.
          if (follower.seen.has(message.rev)) follower.faults.push(`own ${message.rev} told`)
          follower.seen.add(message.rev)
          await turns(random.integer(200))
        }
      }),
    )
    const rev = await hintAll()
    await expect.poll(() => followers.map(({ follower }) => follower.complete)).toEqual(followers.map(() => rev))
    expect(followers.flatMap(({ follower }) => follower.faults)).toEqual([])
    expect(followers.map(({ follower }) => follower.reconnects)).toEqual([0, 0, 0, 0])
    expect(rev).toBeGreaterThan(300)
    expect(failures.length > 0).toBe(seed % 2 === 0)
  })
})
