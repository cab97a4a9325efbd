import type { DomainEvent, DurableEvent, Message, Published } from '@parley/core'
import { createRandom } from '@parley/testkit/contracts'
import { expect, it } from 'vitest'
import { createMemoryBus } from '../bus/memory-bus.ts'
import { Fanout } from './fanout.ts'
import type { Frame } from './frame.ts'
import type { Subscriber, Subscription, Wire } from './topic.ts'

const SEEDS = 150
const LASTS_MS = 2000
const MOST_SESSIONS = 10
const ID = 'room'

const wire: Wire = {
  name: 'rooms',
  encode(event) {
    const text = 'rev' in event ? String(event.rev) : event.type
    return { text, bytes: Buffer.from(text) }
  },
  encodeUser: () => null,
  observe: () => undefined,
}

/** What one session was told, in order: where it came in, events, and answers to what it said itself. */
type Told = { readonly what: 'entered' | 'told' | 'answered'; readonly rev: number }

class Listener implements Subscriber {
  readonly wire = wire
  readonly id: string
  readonly identity: Subscriber['identity']
  readonly caller: Subscriber['caller']
  readonly history: Told[] = []
  readonly outbound = {
    queuedBytes: 0,
    push: ({ text }: Frame): void => void this.history.push({ what: 'told', rev: Number(text) }),
  }
  place: Subscription | null = null
  /** Requests of one connection are answered one after the other. */
  isBusy = false

  constructor(id: string) {
    this.id = id
    this.identity = { userId: id, issuedAt: 0, tokenId: id }
    this.caller = { sessionId: id, userId: id, name: id, room: null }
  }

  wants = (): boolean => true
  told = (): void => undefined
  turned = (): void => undefined
  replaced = (): void => undefined
  revoked = (): void => undefined
  tooSlow = (): void => expect.unreachable('nothing was lost for good')
  catchUp = async (): Promise<void> => undefined
}

/** Runs what is to happen, in the order of its times, none of which is real. */
function createTimeline() {
  const waiting: { readonly at: number; readonly run: () => void }[] = []
  let now = 0
  return {
    now: () => now,
    after: (ms: number, run: () => void): void => void waiting.push({ at: now + ms, run }),
    async run(): Promise<void> {
      for (;;) {
        waiting.sort((a, b) => a.at - b.at)
        const next = waiting.shift()
        if (next === undefined) return
        now = next.at
        next.run()
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }
}

/** People come, ask again where they are, speak and go, on this node and on others, with a store and a bus that take their time, fail and lose. */
async function live(seed: number) {
  const random = createRandom(seed)
  const chance = (percent: number): boolean => random.integer(100) < percent
  const timeline = createTimeline()
  const pause = (below: number) => new Promise<void>((resolve) => timeline.after(1 + random.integer(below), resolve))
  const stored: DurableEvent[] = []
  const bus = createMemoryBus()
  const here = new Map<string, Listener>()
  const everybody: Listener[] = []
  let frozenUntil = 0
  let commits = Promise.resolve()

  async function askStore(): Promise<void> {
    await pause(30)
    if (frozenUntil > timeline.now()) await pause(frozenUntil - timeline.now())
  }

  const fanout = new Fanout({
    bus,
    sessionOf: (id) => here.get(id),
    async changes(_id, { rev }) {
      await askStore()
      const found = stored.slice(rev)
      await askStore()
      if (chance(5)) throw new Error('The store did not answer')
      return found
    },
    epochOf: async () => 'e',
    wait: timeline.after,
    now: timeline.now,
    report: () => undefined,
  })
  const publish = (event: DomainEvent, exceptSession: string | null): void =>
    bus.publish({ event, epoch: 'e', audience: { kind: 'topic' }, exceptSession } as Published)

  async function store(): Promise<DurableEvent> {
    const turn = commits.then(askStore)
    commits = turn
    await turn
    const rev = stored.length + 1
    const event = { type: 'message.sent', conversationId: ID, at: 0, rev, message: {} as Message } as const
    stored.push(event)
    return event
  }

  async function say(listener: Listener): Promise<void> {
    const event = await store()
    await askStore()
    publish(event, listener.id)
    listener.history.push({ what: 'answered', rev: event.rev })
  }

  async function sayElsewhere(): Promise<void> {
    const event = await store()
    if (chance(30)) return
    await pause(200)
    publish(event, 'a session of another node')
  }

  async function look(): Promise<void> {
    await askStore()
    const upTo = stored.length
    await askStore()
    const event = { type: 'conversation.advanced', conversationId: ID, at: 0, upTo, epoch: 'e' } as const
    bus.publish({ event, audience: { kind: 'topic' }, exceptSession: null })
  }

  async function enter(listener: Listener): Promise<void> {
    const { place: previous } = listener
    const goOn = previous === null ? null : fanout.pause(previous)
    const place = fanout.subscribe(listener, ID)
    await askStore()
    const rev = stored.length
    await askStore()
    if (chance(20)) {
      fanout.unsubscribe(place)
      goOn?.()
      return
    }
    if (previous !== null) fanout.unsubscribe(previous)
    listener.place = place
    listener.history.push({ what: 'entered', rev })
    fanout.settle(place, 'speaker', { epoch: 'e', rev })
  }

  async function occupy(listener: Listener, act: (listener: Listener) => Promise<void>): Promise<void> {
    listener.isBusy = true
    await act(listener)
    listener.isBusy = false
  }

  function go(listener: Listener): void {
    here.delete(listener.id)
    if (listener.place !== null) fanout.unsubscribe(listener.place)
  }

  function step(): void {
    const free = [...here.values()].filter(({ isBusy, place }) => !isBusy && place !== null)
    const one = free.length === 0 ? null : random.pick(free)
    const dice = random.integer(100)
    if (dice < 15 && here.size < MOST_SESSIONS) {
      const listener = new Listener(`s${everybody.length}`)
      everybody.push(listener)
      here.set(listener.id, listener)
      void occupy(listener, enter)
    } else if (dice < 22 && one !== null) go(one)
    else if (dice < 30 && one !== null) void occupy(one, enter)
    else if (dice < 55 && one !== null) void occupy(one, say)
    else if (dice < 75) void sayElsewhere()
    else if (dice < 85) void look()
    else if (dice < 88) frozenUntil = timeline.now() + random.integer(500)
    if (timeline.now() < LASTS_MS) timeline.after(random.integer(40), step)
  }

  step()
  await timeline.run()
  await Promise.all([look(), timeline.run()])
  return { stored, here, everybody }
}

/** What is wrong with what it was told; `upTo`: to where it must know everything. */
function faultsOf({ id, history }: Listener, upTo: number): string[] {
  const faults: string[] = []
  const own = new Set(history.filter(({ what }) => what === 'answered').map(({ rev }) => rev))
  const answered = new Set<number>()
  let last: number | null = null
  const reach = (rev: number): void => {
    for (let between = (last ?? rev) + 1; between < rev; between += 1) {
      if (!own.has(between)) faults.push(`${id} was told ${rev} after ${last}, and not ${between}`)
    }
    last = rev
  }
  for (const { what, rev } of history) {
    if (what === 'answered') answered.add(rev)
    else if (what === 'entered') last = rev
    else if (last === null) faults.push(`${id} was told ${rev} before it came in`)
    else if (answered.has(rev)) faults.push(`${id} was told ${rev}, of which it had the answer`)
    else if (rev <= last) faults.push(`${id} was told ${rev} after ${last}`)
    else reach(rev)
  }
  if (last !== null) reach(upTo + 1)
  return faults
}

it('tells each session what follows its snapshot, in order and once, but for what it said itself and has the answer to', async () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { stored, here, everybody } = await live(seed)
    expect(stored.length).toBeGreaterThan(0)
    for (const listener of everybody) {
      const told = listener.history.findLast(({ what }) => what === 'told')?.rev ?? 0
      const upTo = here.has(listener.id) ? stored.length : told
      expect(faultsOf(listener, Math.max(upTo, told)), `seed ${seed}`).toEqual([])
    }
  }
})
