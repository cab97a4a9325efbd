import { randomUUID } from 'node:crypto'
import type { SessionCaller } from '@parley/core'
import { familyCpuMicrosOf } from './peers/process-figures.ts'
import { measureMemory, type StandingMemory } from './standing/measure-memory.ts'
import { inCrowds, openSite, type Site } from './standing/open-site.ts'

export interface StandingOptions {
  /** How often each thing is done, in hundreds. */
  readonly hundreds: number
}

/** CPU time of one such thing, in microseconds, where it is spent. */
export interface StandingCost {
  readonly node: number
  readonly redis: number
  readonly database: number
}

/** What a site does all the time or with every message; the names are the keys in `results/standing.json`. */
export const STANDING_WORK = {
  /** A connection's lease is renewed, and how its user is seen compared. */
  connectionRenewed: 'a connection renewed',
  /** The lease of a session in a conversation is renewed. */
  placeRenewed: 'a place in a conversation renewed',
  chatLookedAt: 'where a chat stands is read',
  roomLookedAt: 'where a room stands is read',
  /** A node looks for leases that ended and deadlines that are due, and finds none. */
  sweep: 'a sweep that finds nothing',
  connected: 'a connection comes and goes',
  entered: 'a session enters a chat and leaves it',
  chatMessage: 'a message in a chat',
  roomMessage: 'a message in a room',
  /** Handed to Redis, which has nobody to give it to. */
  published: 'an event published',
  /** Given to one more node, which reads it. */
  heard: 'an event heard by one more node',
} as const

export type StandingWork = keyof typeof STANDING_WORK

export interface StandingResult {
  readonly costs: Readonly<Record<StandingWork, StandingCost>>
  readonly redisBytes: StandingMemory
}

/** So many people, and chats of five of them. */
const AT_ONCE = 200
const LISTENING_NODES = 4

/** Measures each by itself, on a Redis and a PostgreSQL of its own: CPU time of the three processes over many of it. */
export async function measureStanding(
  { hundreds }: StandingOptions,
  tell: (line: string) => void,
): Promise<StandingResult> {
  await using site = await openSite({ people: AT_ONCE, chats: AT_ONCE, membersPerChat: 5, rooms: AT_ONCE / 2 })
  const { core, stores, bus, people, chats, rooms } = site
  const count = hundreds * 100
  const places = people.map(({ userId, sessionId }, n) => ({ userId, sessionId, conversationId: chats[n] ?? '' }))
  const costs: Partial<Record<StandingWork, StandingCost>> = {}
  const measure = async (work: StandingWork, times: number, run: (time: number) => Promise<unknown>, each = 1) => {
    // What runs often has been compiled by then.
    for (let time = 0; time < Math.max(2, times / 5); time += 1) await run(time)
    const before = await readCpu(site)
    for (let time = 1; time <= times; time += 1) await run(time)
    const after = await readCpu(site)
    const per = (part: keyof StandingCost) => (after[part] - before[part]) / (times * each)
    const cost = { node: per('node'), redis: per('redis'), database: per('database') }
    costs[work] = cost
    const figures = Object.entries(cost).map(([part, micros]) => `${part} ${micros.toFixed(2)} µs`)
    tell(`${STANDING_WORK[work]}: ${figures.join(', ')}`)
  }
  const rounds = Math.max(2, count / AT_ONCE)
  const crowds = (run: (person: SessionCaller, n: number) => Promise<unknown>) => () =>
    inCrowds(people.length, async (n) => {
      const person = people[n]
      if (person !== undefined) await run(person, n)
    })

  await measure('connected', rounds, crowds(comesAndGoes(site)), AT_ONCE)
  for (const person of people) await core.connect(person, NOBODY)
  const entries = people.map(({ userId, sessionId }) => ({ userId, sessionId, activeAt: Date.now() }))
  await measure('connectionRenewed', rounds * 25, () => core.renewConnections(entries), AT_ONCE)
  await measure(
    'entered',
    rounds,
    crowds(async (person, n) => {
      const conversationId = chats[Math.floor(n / 5)] ?? ''
      await core.enter(person, { conversationId, name: null, since: null, address: '10.0.0.1' })
      await core.exit(person, conversationId)
    }),
    AT_ONCE,
  )
  await measure('placeRenewed', rounds * 25, () => core.renew(places), AT_ONCE)
  await measure('chatLookedAt', rounds * 25, () => stores.positions(chats), chats.length)
  await measure('roomLookedAt', rounds * 25, () => stores.positions(rooms), rooms.length)
  await measure('sweep', count / 10, async () => {
    await Promise.all([stores.presence.expire(0), stores.status.expire(0), stores.deadlines.claim(0, 1, 1)])
  })
  const write = (ids: readonly string[], senderOf: (n: number) => SessionCaller | undefined) => () =>
    inCrowds(ids.length, async (n) => {
      const [sender, conversationId] = [senderOf(n), ids[n]] as const
      if (sender === undefined || conversationId === undefined) throw new Error('nobody writes there')
      await core.send(sender, { ...MESSAGE, conversationId, clientId: randomUUID() })
    })
  await measure(
    'chatMessage',
    rounds,
    write(chats, (n) => people[(n * 5) % people.length]),
    chats.length,
  )
  await measure(
    'roomMessage',
    rounds,
    write(rooms, (n) => people[n]),
    rooms.length,
  )

  const publish = async (): Promise<void> => {
    for (let n = 0; n < AT_ONCE; n += 1) bus.publish(typingIn(chats[n] ?? ''))
    // Answered after all that was handed over before it.
    await site.link.check()
    await site.link.check()
  }
  await measure('published', rounds * 25, publish, AT_ONCE)
  await using nodes = new AsyncDisposableStack()
  let heard = 0
  for (let n = 0; n < LISTENING_NODES; n += 1) {
    const node = nodes.use(await site.openNode())
    const awaited = new Set(chats)
    const listening = Promise.withResolvers<void>()
    node.onListening((id) => awaited.delete(id) && awaited.size === 0 && listening.resolve())
    for (const id of chats) node.subscribe(id, () => (heard += 1))
    await listening.promise
  }
  const whole = async (): Promise<void> => {
    const wanted = heard + AT_ONCE * LISTENING_NODES
    await publish()
    while (heard < wanted) await site.link.check()
  }
  const alone = costs.published ?? NOTHING
  await measure('heard', rounds * 5, whole, AT_ONCE)
  const together = costs.heard ?? NOTHING
  const share = (part: keyof StandingCost) => Math.max(0, together[part] - alone[part]) / LISTENING_NODES
  costs.heard = { node: share('node'), redis: share('redis'), database: 0 }

  const redisBytes = await measureMemory(site)
  tell(`bytes in Redis: ${JSON.stringify(redisBytes)}`)
  return { costs: costs as Record<StandingWork, StandingCost>, redisBytes }
}

const NOBODY = { avatar: null, roles: [] }
const NOTHING: StandingCost = { node: 0, redis: 0, database: 0 }
const MESSAGE = { content: 'x'.repeat(64), type: 'text', replyTo: null, metadata: null } as const

const typingIn = (conversationId: string) => ({
  event: { type: 'typing.started', conversationId, at: 0, userId: 'user-0', name: 'user-0' } as const,
  audience: { kind: 'topic' } as const,
  exceptSession: null,
})

const comesAndGoes =
  ({ core }: Site) =>
  async (person: SessionCaller): Promise<void> => {
    const other = { ...person, sessionId: randomUUID() }
    await core.connect(other, NOBODY)
    await core.disconnect(other)
  }

async function readCpu({ link, postgresPid }: Site): Promise<StandingCost> {
  const info = await link.ask((redis) => redis.info('cpu'))
  const seconds = (name: string) => Number(new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1])
  const { user, system } = process.cpuUsage()
  return {
    node: user + system,
    redis: (seconds('used_cpu_user') + seconds('used_cpu_sys')) * 1e6,
    database: await familyCpuMicrosOf(postgresPid),
  }
}
