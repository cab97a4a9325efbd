/** What a deployment may set. Times are in milliseconds unless the name says otherwise. */
export interface CoreOptions {
  /** The longest life of a room, extensions included. */
  readonly roomMaxMinutes: number
  readonly roomMaxParticipants: number
  /** The lengths of life that may be asked for. */
  readonly roomDurationsMinutes: readonly number[]
  /** How many open rooms one address may have made. */
  readonly roomsPerAddress: number
  /** How many may wait in one lobby. */
  readonly lobbyMaxWaiting: number
  /** How long an absent host keeps the role; after that long an absent member's seat may be given away when the room is full. */
  readonly hostGraceMs: number
  /** How long an absent member keeps the seat. */
  readonly absentTimeoutMs: number
  /** Typing stops by itself after this. */
  readonly typingTimeoutMs: number
  /** Continued typing is told again this often, at most. */
  readonly typingRepeatMs: number
  /** How long a session counts as present without `renew`. With the next sweep, a sixth of it later, others hear of it: within half a minute. */
  readonly presenceLeaseMs: number
  /** How long a session that its node sends elsewhere still counts as there, so that nobody sees its user go. */
  readonly moveGraceMs: number
  /** How often the deadlines of other nodes are looked at, in case theirs died. */
  readonly deadlinePollMs: number
  /** How long a node may take over a deadline before another one takes it on. */
  readonly deadlineLeaseMs: number
  /** How long a call rings without an answer. */
  readonly ringTimeoutMs: number
  /** How long a party of a call may be without a connection. */
  readonly callGraceMs: number
  /** How long somebody whose line broke keeps the place in voice, as others see it. */
  readonly voiceGraceMs: number
  /** How long people wait in voice for a media server to carry it again. */
  readonly voiceLostMs: number
  /** Hosts may record. */
  readonly allowsRecording: boolean
  /** A connected user is `away` after so long without activity. */
  readonly awayAfterMs: number
  /** Presence is not told live in conversations of more members than this. */
  readonly presenceMaxMembers: number
  readonly conversationMaxMembers: number
  /** How many members one call may name. */
  readonly membersPerCall: number
  /** How long messages of lasting conversations are kept, unless one says otherwise; `null`: for good. */
  readonly retentionDays: number | null
  /** How often what is too old is deleted. */
  readonly retentionSweepMs: number
  /** How many notifications are given at once. */
  readonly pendingNotifications: number
  /** Whether this process does the timed work (ends, timeouts, retention). Off where no sockets are served. */
  readonly runsTimers: boolean
  /** How many of the latest messages a snapshot holds. */
  readonly snapshotMessages: number
  /** About how many bytes of messages a page of history, of conversations or of the inbox holds. */
  readonly pageMaxBytes: number
  /** Whoever has missed about more bytes than this gets a fresh snapshot. */
  readonly recoveryMaxBytes: number
  /** How many different emoji one message may gather. */
  readonly reactionMaxEmoji: number
}

export const DEFAULT_CORE_OPTIONS: CoreOptions = {
  roomMaxMinutes: 240,
  roomMaxParticipants: 100,
  roomDurationsMinutes: [15, 30, 60, 120],
  roomsPerAddress: 1000,
  lobbyMaxWaiting: 100,
  hostGraceMs: 60_000,
  absentTimeoutMs: 300_000,
  typingTimeoutMs: 5_000,
  typingRepeatMs: 2_000,
  presenceLeaseMs: 24_000,
  moveGraceMs: 10_000,
  deadlinePollMs: 5_000,
  deadlineLeaseMs: 30_000,
  ringTimeoutMs: 45_000,
  callGraceMs: 15_000,
  voiceGraceMs: 5_000,
  voiceLostMs: 60_000,
  allowsRecording: false,
  awayAfterMs: 300_000,
  presenceMaxMembers: 500,
  conversationMaxMembers: 5_000,
  membersPerCall: 200,
  retentionDays: null,
  retentionSweepMs: 3_600_000,
  pendingNotifications: 200,
  runsTimers: true,
  snapshotMessages: 50,
  pageMaxBytes: 1_048_576,
  recoveryMaxBytes: 16_777_216,
  reactionMaxEmoji: 20,
}
