export * from './describe-conversation-store.ts'
export * from './describe-deadline-store.ts'
export * from './describe-event-bus.ts'
export * from './describe-message-appends.ts'
export * from './describe-message-store.ts'
export * from './describe-presence-store.ts'
export * from './describe-replay.ts'
export * from './describe-revocation-store.ts'
export * from './describe-store-bounds.ts'
export type * from './open-stores.ts'
export * from './random.ts'
export * from './replay-view.ts'
export {
  loadState,
  mustAppend,
  mustSend,
  SAMPLE_EPOCH,
  SAMPLE_TIME,
  sampleMember,
  storeConversation,
} from './samples.ts'
