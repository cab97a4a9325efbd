/** Conversations of one size, as people have them. */
export interface ConversationsOfSize {
  readonly members: number
  /** Their share of the conversations that a person follows: 0–1, all sizes together 1. */
  readonly shareOfOpen: number
  /** Their share of all messages: 0–1, all sizes together 1. */
  readonly shareOfMessages: number
}

/** How people use a Parley. What nobody has measured is an assumption: `ASSUMED`, to be replaced by your own. */
export interface Profile {
  /** Connected at the same time, in the busiest second. */
  readonly people: number
  readonly connectionsPerPerson: number
  /** Conversations that each connection follows. The SDK joins those that its list shows. */
  readonly openPerConnection: number
  readonly conversations: readonly ConversationsOfSize[]
  /** The share of a conversation's members who are connected: 0–1. */
  readonly shareConnected: number
  /** Messages that each connected person sends. */
  readonly messagesPerDay: number
  /** The busiest second in times of the mean second of a day. */
  readonly peakFactor: number
  /** Receipts that each connected member gives for a message; the SDK sends "delivered", then "read" once it is seen. */
  readonly receiptsPerMember: number
  /** Messages in rooms, which are in Redis; the others are in the database: 0–1. */
  readonly shareInRooms: number
  /** How often somebody comes and goes in an hour, by all of their connections together. */
  readonly comingsPerHour: number
  /** Those who are told of it: everybody with whom they share a conversation of up to 500. */
  readonly contacts: number
  /** The share of connected people who are in a call: 0–1. */
  readonly shareInCalls: number
  readonly peoplePerCall: number
  /** The share of people in a call who send video: 0–1. */
  readonly shareWithVideo: number
  /** The share of media that goes through a relay: 0–1. */
  readonly shareRelayed: number
  readonly bytesPerDelivery: number
  readonly bytesPerStoredMessage: number
  readonly daysKept: number
}

/** What people are assumed to do, but for their number. */
export const ASSUMED: Omit<Profile, 'people'> = {
  connectionsPerPerson: 1.3,
  openPerConnection: 20,
  conversations: [
    { members: 2, shareOfOpen: 0.6, shareOfMessages: 0.55 },
    { members: 8, shareOfOpen: 0.32, shareOfMessages: 0.35 },
    { members: 50, shareOfOpen: 0.075, shareOfMessages: 0.09 },
    { members: 500, shareOfOpen: 0.005, shareOfMessages: 0.01 },
  ],
  shareConnected: 0.3,
  messagesPerDay: 40,
  peakFactor: 3,
  receiptsPerMember: 1.5,
  shareInRooms: 0.1,
  comingsPerHour: 2,
  contacts: 60,
  shareInCalls: 0.02,
  peoplePerCall: 4,
  shareWithVideo: 0.3,
  shareRelayed: 0.15,
  bytesPerDelivery: 500,
  bytesPerStoredMessage: 600,
  daysKept: 365,
}

export const SIZES: readonly number[] = [100_000, 1_000_000, 10_000_000]

export const profileOf = (people: number, overrides: Partial<Profile> = {}): Profile => ({
  ...ASSUMED,
  ...overrides,
  people,
})
