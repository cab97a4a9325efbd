export { createMediaCipher, type MediaCipher, type MediaCipherOptions, transformWay } from './media-cipher.ts'
export type { MediaKeyState } from './media-worker-messages.ts'
export { canEncrypt, createRoomKey, isRoomKey } from './room-key.ts'
export { SAFETY_EMOJI, safetyPhrase } from './safety-phrase.ts'
