import { DEFAULT_CORE_OPTIONS, type SessionCaller } from '@parley/core'
import { keys } from '@parley/server/redis/keys'
import { createRandom, type Random } from '@parley/testkit/contracts'
import { nodesHolding } from '../demand.ts'
import type { Profile } from '../profile.ts'
import type { Traffic } from './counting-channels.ts'
import { openNodes, type SimulatedNodes } from './open-nodes.ts'

/** What conversations of one size cause on the bus: the mean over all that were looked at. */
interface SimulatedSize {
  readonly members: number
  readonly conversations: number
  /** Sessions in one of them, and the nodes that hold these: placed, and not taken from the bus. */
  readonly sessions: number
  readonly holding: number
  readonly mostSessions: number
  /** As the model has it, by `nodesHolding`. */
  readonly expectedHolding: number
  /** Nodes that heard of a message, a receipt, and of typing. */
  readonly heardOf: { readonly message: number; readonly receipt: number; readonly typing: number }
  /** In the busiest message: never more than its conversation has sessions. */
  readonly mostHeard: number
  readonly bytesOfMessage: number
  /** When one of its members comes and goes: events handed over, and how often one was heard. */
  readonly told: number
  readonly toldHeard: number
  /** Contacts of theirs who are connected, by their sessions: whoever hears of it is one of them. */
  readonly contactSessions: number
}

export interface SimulatedTraffic {
  readonly nodes: number
  readonly seed: number
  readonly sizes: readonly SimulatedSize[]
}

export interface TrafficOptions {
  readonly profile: Profile
  /** Over which a balancer spreads the connections. */
  readonly nodes: number
  readonly seed: number
  /** How many conversations of each size are looked at, in the order of the profile's sizes. */
  readonly samples: readonly number[]
  readonly messagesEach: number
}

interface Placed {
  readonly caller: SessionCaller
  readonly node: number
}

/**
 * Lets people on many nodes write, read, type, come and go, by the product's own core, bus and fan-out, and counts what
 * the channels between the nodes carry. Conversations have no members in common and so nothing to do with each other:
 * those of a site of any size are as these, and its traffic is theirs times their number. What differs with the size of
 * the site is over how many nodes the sessions of one conversation are spread.
 */
export async function simulateTraffic(options: TrafficOptions): Promise<SimulatedTraffic> {
  const { profile, nodes, seed, samples } = options
  const random = createRandom(seed)
  const sizes: SimulatedSize[] = []
  for (const [at, { members }] of profile.conversations.entries()) {
    const found: OneConversation[] = []
    for (let n = 0; n < (samples[at] ?? 0); n += 1) {
      // Each with nodes of its own, so that nothing is kept of those before.
      const cluster = openNodes()
      found.push(await simulateOne(cluster, members, random, options))
      cluster.close()
    }
    sizes.push(summaryOf(members, nodes, found))
  }
  return { nodes, seed, sizes }
}

interface OneConversation {
  readonly sessions: number
  readonly holding: number
  readonly heard: { readonly message: Traffic; readonly receipt: Traffic; readonly typing: Traffic }
  readonly mostHeard: number
  readonly told: Traffic
  readonly contactSessions: number
}

const NO_TRAFFIC: Traffic = { published: 0, heard: 0, bytesHeard: 0 }
const person = (userId: string, session: number): SessionCaller => ({
  userId,
  name: userId,
  room: null,
  sessionId: `${userId}-${session}`,
})

async function simulateOne(
  { channels, node }: SimulatedNodes,
  members: number,
  random: Random,
  { profile, nodes, messagesEach }: TrafficOptions,
): Promise<OneConversation> {
  const chance = (share: number): boolean => random.integer(1_000_000) < share * 1_000_000
  const userIds = Array.from({ length: members }, (_, n) => `user-${n}`)
  const invitees = userIds.map((userId) => ({ userId, name: null, role: null }))
  const kind = members === 2 ? 'direct' : 'group'
  const created = await node(0).core.createConversation(null, {
    id: null,
    kind,
    name: kind === 'direct' ? null : 'Group',
    members: invitees.slice(0, DEFAULT_CORE_OPTIONS.membersPerCall),
    retentionDays: null,
  })
  const { id } = created.details.conversation
  for (let from = DEFAULT_CORE_OPTIONS.membersPerCall; from < members; from += DEFAULT_CORE_OPTIONS.membersPerCall)
    await node(0).core.addMembers(null, id, invitees.slice(from, from + DEFAULT_CORE_OPTIONS.membersPerCall))
  const placed: Placed[] = []
  for (const [n, userId] of userIds.entries()) {
    // The first two are there in any case: somebody writes, and somebody reads.
    if (n > 1 && !chance(profile.shareConnected)) continue
    const devices = 1 + (chance(profile.connectionsPerPerson - 1) ? 1 : 0)
    for (let session = 0; session < devices; session += 1) {
      const place = { caller: person(userId, session), node: random.integer(nodes) }
      await node(place.node).connect(place.caller, [id])
      placed.push(place)
    }
  }
  const holding = new Set(placed.map((place) => place.node)).size
  const heard = { message: { ...NO_TRAFFIC }, receipt: { ...NO_TRAFFIC }, typing: { ...NO_TRAFFIC } }
  let mostHeard = 0
  channels.take()
  const count = (into: Traffic, type: string): number => {
    const taken = channels.take().get(type) ?? NO_TRAFFIC
    into.published += taken.published
    into.heard += taken.heard
    into.bytesHeard += taken.bytesHeard
    return taken.heard
  }
  for (let n = 0; n < messagesEach; n += 1) {
    const from = random.pick(placed)
    const to = random.pick(placed.filter(({ caller }) => caller.userId !== from.caller.userId))
    await node(from.node).core.typing(from.caller, { conversationId: id, isTyping: true })
    count(heard.typing, 'typing.started')
    const message = { content: 'x'.repeat(64), type: 'text', replyTo: null, metadata: null, clientId: null } as const
    const sent = await node(from.node).core.send(from.caller, { ...message, conversationId: id })
    mostHeard = Math.max(mostHeard, count(heard.message, 'message.sent'))
    const mark = { conversationId: id, messageId: sent.message.id }
    await node(to.node).core.markRead(to.caller, mark)
    count(heard.receipt, 'receipt.moved')
  }
  // A member who was away, or else one more: comes, and goes.
  const away = userIds.find((userId) => !placed.some(({ caller }) => caller.userId === userId)) ?? null
  const comer = away === null ? (placed[0] as Placed) : { caller: person(away, 0), node: random.integer(nodes) }
  const told = { ...NO_TRAFFIC }
  if (away === null)
    for (const { caller, node: at } of placed)
      if (caller.userId === comer.caller.userId) await node(at).disconnect(caller)
  channels.take()
  await node(comer.node).connect(comer.caller, [])
  await node(comer.node).disconnect(comer.caller)
  count(told, 'status.changed')
  const contactSessions = placed.filter(({ caller }) => caller.userId !== comer.caller.userId).length
  if (channels.listeners(keys.conversationChannel(id)) > holding)
    throw new Error('more nodes listen than hold somebody')
  return { sessions: placed.length, holding, heard, mostHeard, told, contactSessions }
}

function summaryOf(members: number, nodes: number, found: readonly OneConversation[]): SimulatedSize {
  const mean = (figure: (one: OneConversation) => number): number =>
    found.reduce((sum, one) => sum + figure(one), 0) / Math.max(1, found.length)
  const most = (figure: (one: OneConversation) => number): number => Math.max(0, ...found.map(figure))
  const each = (kind: 'message' | 'receipt' | 'typing') =>
    mean(({ heard }) => heard[kind].heard / Math.max(1, heard[kind].published))
  return {
    members,
    conversations: found.length,
    sessions: mean(({ sessions }) => sessions),
    holding: mean(({ holding }) => holding),
    expectedHolding: mean(({ sessions }) => nodesHolding(sessions, nodes)),
    mostSessions: most(({ sessions }) => sessions),
    heardOf: { message: each('message'), receipt: each('receipt'), typing: each('typing') },
    mostHeard: most(({ mostHeard }) => mostHeard),
    bytesOfMessage: mean(({ heard: { message } }) => message.bytesHeard / Math.max(1, message.heard)),
    told: mean(({ told }) => told.published),
    toldHeard: mean(({ told }) => told.heard),
    contactSessions: mean(({ contactSessions }) => contactSessions),
  }
}
