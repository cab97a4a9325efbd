/** Sizes that clients may check before they send. Lengths are in Unicode code points unless the name says bytes. */
export const SIZES = {
  minNameLength: 2,
  maxNameLength: 50,
  maxRoomNameLength: 80,
  maxPasswordLength: 128,
  maxTextLength: 4000,
  maxContentBytes: 65_536,
  maxClientIdLength: 64,
  maxRefLength: 64,
  maxEmojiLength: 32,
  snapshotMessages: 50,
  maxHistoryPage: 100,
  maxChatsPerJoin: 200,
  maxMembersPerCall: 200,
  maxConversationsPage: 100,
  maxUsersPerSubscription: 200,
  maxCustomStatusLength: 140,
  /** JSON of an offer, an answer or a candidate. */
  maxSignalBytes: 65_536,
  /** Named in one signal: a room full of people with all that they send. */
  maxStreams: 500,
} as const
