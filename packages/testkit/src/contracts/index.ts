export * from './describe-call-store.ts'
export * from './describe-conversation-store.ts'
export * from './describe-deadline-store.ts'
export * from './describe-erase-and-prune.ts'
export * from './describe-event-bus.ts'
export * from './describe-inbox-store.ts'
export * from './describe-message-appends.ts'
export * from './describe-message-store.ts'
export * from './describe-notification-store.ts'
export * from './describe-notified-appends.ts'
export * from './describe-presence-store.ts'
export * from './describe-rate-limiter.ts'
export * from './describe-receipt-store.ts'
export * from './describe-replay.ts'
export * from './describe-revocation-store.ts'
export * from './describe-status-store.ts'
export * from './describe-store-bounds.ts'
export * from './describe-user-store.ts'
export * from './describe-voice-store.ts'
export type * from './open-stores.ts'
export * from './random.ts'
export * from './replay-view.ts'
export {
  join,
  loadState,
  mustAppend,
  mustSend,
  SAMPLE_EPOCH,
  SAMPLE_TIME,
  sampleConversation,
  sampleMember,
  sampleMessage,
  sampleNotification,
  samplePeople,
  storeConversation,
  storeGroup,
} from './samples.ts'
