/** How often something may be done. */
export interface Limit {
  readonly points: number
  readonly windowMs: number
}

/** Every rate limit by what it guards. Data, so that a deployment can set most of them. */
export interface Limits {
  /** Messages per participant of a room, on the rooms wire. */
  readonly roomMessage: Limit
  /** Messages of a user, on the messenger and the site wire. */
  readonly message: Limit
  readonly typing: Limit
  /** That somebody types no more. */
  readonly typingStop: Limit
  readonly reactionAdd: Limit
  readonly reactionRemove: Limit
  readonly presence: Limit
  readonly delivered: Limit
  readonly read: Limit
  readonly call: Limit
  /** ICE candidates and the like. */
  readonly signal: Limit
  /** Every event without a limit of its own, all of them together. */
  readonly event: Limit
  /** People whom one user brings into conversations; each new conversation counts as one too. */
  readonly invite: Limit
  /** All that is kept of a user, given out to themselves. */
  readonly export: Limit
  /** Credentials for the relay, per user. */
  readonly turn: Limit
  /** REST, per address, for callers without a token. */
  readonly http: Limit
  /** REST, per user. */
  readonly httpUser: Limit
  /** Polls of the HTTP fallback, per user; they are not counted as REST. */
  readonly poll: Limit
  /** Logins per address, all of them and the failed ones. */
  readonly login: Limit
  readonly loginFailed: Limit
  /** Wrong passwords of rooms: per address, whatever the room, and per room, whoever tries. */
  readonly passwordPerAddress: Limit
  readonly passwordPerRoom: Limit
  /** Rooms asked for that do not exist, per address. */
  readonly roomGuess: Limit
  /** Failed socket handshakes per address. */
  readonly handshakeFailed: Limit
  /** Wrong operator's tokens, per address. */
  readonly adminFailed: Limit
}

export type LimitName = keyof Limits

export const DEFAULT_LIMITS: Limits = {
  roomMessage: { points: 5, windowMs: 10_000 },
  message: { points: 30, windowMs: 60_000 },
  typing: { points: 10, windowMs: 10_000 },
  typingStop: { points: 120, windowMs: 60_000 },
  reactionAdd: { points: 50, windowMs: 60_000 },
  reactionRemove: { points: 50, windowMs: 60_000 },
  presence: { points: 20, windowMs: 60_000 },
  delivered: { points: 100, windowMs: 60_000 },
  read: { points: 100, windowMs: 60_000 },
  call: { points: 5, windowMs: 60_000 },
  signal: { points: 300, windowMs: 10_000 },
  event: { points: 120, windowMs: 60_000 },
  // The largest group can be filled at once.
  invite: { points: 5000, windowMs: 3_600_000 },
  export: { points: 5, windowMs: 3_600_000 },
  turn: { points: 20, windowMs: 60_000 },
  http: { points: 100, windowMs: 900_000 },
  httpUser: { points: 600, windowMs: 900_000 },
  poll: { points: 120, windowMs: 60_000 },
  login: { points: 20, windowMs: 900_000 },
  loginFailed: { points: 5, windowMs: 900_000 },
  passwordPerAddress: { points: 5, windowMs: 900_000 },
  passwordPerRoom: { points: 30, windowMs: 900_000 },
  roomGuess: { points: 20, windowMs: 900_000 },
  handshakeFailed: { points: 5, windowMs: 60_000 },
  adminFailed: { points: 5, windowMs: 900_000 },
}
