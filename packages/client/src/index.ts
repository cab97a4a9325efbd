export { createChatManager } from './chat-manager.ts'
export { ChatManager } from './chat-manager-constructor.ts'
export type * from './chat-manager-types.ts'
export { createIndexedDbOutbox, type IndexedDbOutboxOptions } from './indexed-db-outbox.ts'
export { createMemoryOutbox, createSessionOutbox } from './outbox-storage.ts'
export { type ClientParts, createParleyClient } from './parley-client.ts'
export { ParleyClient } from './parley-client-constructor.ts'
export { ParleyError, type ParleyErrorDetails } from './parley-error.ts'
export {
  createRestApi,
  type LoginAnswer,
  type RefreshAnswer,
  type RestApi,
  type RestApiOptions,
  type TurnCredentials,
} from './rest-api.ts'
export type * from './types.ts'
export type * from './voice/voice-types.ts'
