import type { ConversationsOfSize, Profile } from './profile.ts'

const SECONDS_PER_DAY = 86_400
const SECONDS_PER_HOUR = 3600

/**
 * How often the product looks, renews and sweeps, in seconds: its defaults (`presenceLeaseMs` / 3 and / 6, the watch's
 * interval, and the mean of those at which it looks where nothing happens).
 */
const PACE = { renewalSeconds: 8, lookSeconds: 5, quietLookSeconds: 22.5, sweepSeconds: 4 } as const
/** News in a conversation makes a node look after 5, 15 and 35 seconds: so many times more than it would have. */
const LOOKS_FOR_NEWS = 1.5

/** What happens in the busiest second, over all nodes. All of it is per second but for `connections`, `places`, `watched` and `talking`. */
export interface Demand {
  readonly connections: number
  /** Sessions in conversations: each connection in each that it follows. */
  readonly places: number
  readonly messages: number
  readonly receipts: number
  /** Frames to clients, of messages and of receipts. */
  readonly deliveries: number
  /** Events handed to the bus: messages, receipts, and one for each who is told that somebody came or went. */
  readonly published: number
  /** Events that a node hears from the bus, its own among them. */
  readonly heard: number
  /** What contacts are told about somebody who comes or goes: one event for each contact. */
  readonly presenceTold: number
  readonly comings: number
  readonly connectionRenewals: number
  readonly placeRenewals: number
  /** Conversations that are followed, each for every node on which somebody does. */
  readonly watched: number
  /** Looks at where chats stand, and where rooms do. */
  readonly looks: number
  readonly roomLooks: number
  readonly sweeps: number
  /** People in calls, at one time. */
  readonly talking: number
}

/** Sessions of the members who are connected. Assumes that being connected does not hang on the conversation's size; a conversation that somebody follows has one at least. */
export const sessionsIn = ({ members }: ConversationsOfSize, profile: Profile): number =>
  Math.max(1, members * profile.shareConnected * profile.connectionsPerPerson)

/**
 * On how many of `nodes` so many sessions are, on average: `n (1 − (1 − 1/n)^s)`. Assumes that a balancer spreads them
 * without regard to conversations, as it does. Never more than the sessions, whatever the number of nodes.
 */
export function nodesHolding(sessions: number, nodes: number): number {
  if (nodes <= 1) return 1
  return Math.min(sessions, nodes * (1 - (1 - 1 / nodes) ** sessions))
}

/**
 * The demand of a profile on so many nodes. Assumes that messages of a size come from anybody connected, that a receipt
 * goes to whoever the message goes to, and that it comes soon after the message, so that both are one piece of news.
 */
export function demandOf(profile: Profile, nodes: number): Demand {
  const { people, conversations, contacts } = profile
  const connections = people * profile.connectionsPerPerson
  const places = connections * profile.openPerConnection
  const messages = (people * profile.messagesPerDay * profile.peakFactor) / SECONDS_PER_DAY
  const comings = (people * profile.comingsPerHour) / SECONDS_PER_HOUR
  let receipts = 0
  let deliveries = 0
  let heard = 0
  let watched = 0
  let news = 0
  for (const size of conversations) {
    const sessions = sessionsIn(size, profile)
    const here = size.members * profile.shareConnected
    const said = messages * size.shareOfMessages
    // Chats alone keep receipts.
    const answered = said * (1 - profile.shareInRooms) * here * profile.receiptsPerMember
    receipts += answered
    deliveries += (said + answered) * sessions
    heard += (said + answered) * nodesHolding(sessions, nodes)
    news += said * nodesHolding(sessions, nodes)
    watched += ((places * size.shareOfOpen) / sessions) * nodesHolding(sessions, nodes)
  }
  // Somebody who comes, and later goes: two changes. Each contact has a channel of their own.
  const presenceTold = comings * 2 * contacts
  const presenceHeard = presenceTold * profile.shareConnected * Math.min(profile.connectionsPerPerson, nodes)
  return {
    connections,
    places,
    messages,
    receipts,
    deliveries: deliveries + presenceTold * profile.shareConnected * profile.connectionsPerPerson,
    published: messages + receipts + presenceTold,
    heard: heard + presenceHeard,
    presenceTold,
    comings,
    connectionRenewals: connections / PACE.renewalSeconds,
    placeRenewals: places / PACE.renewalSeconds,
    watched,
    looks: looksAt(watched, news * (1 - profile.shareInRooms)),
    // Whoever is in a room is in one.
    roomLooks: looksAt(people * profile.shareInRooms, news * profile.shareInRooms),
    sweeps: nodes / PACE.sweepSeconds,
    talking: people * profile.shareInCalls,
  }
}

/** Looks a second at so many conversations, of which so many have news each second. */
function looksAt(watched: number, news: number): number {
  return Math.min(watched / PACE.lookSeconds, watched / PACE.quietLookSeconds + news * LOOKS_FOR_NEWS)
}
