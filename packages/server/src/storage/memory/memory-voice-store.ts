import {
  type ConversationId,
  emptyVoice,
  isEmptyVoice,
  type SessionId,
  type Voice,
  type VoiceStore,
} from '@parley/core'

/** The voice of one process's conversations. */
export function createMemoryVoiceStore(): VoiceStore {
  const voices = new Map<ConversationId, Voice>()
  const places = new Map<SessionId, ConversationId>()
  let lastVersion = 0

  const load = (conversationId: ConversationId): Voice => voices.get(conversationId) ?? emptyVoice(conversationId)

  return {
    async load(conversationId) {
      return load(conversationId)
    },

    async replace(voice) {
      const { conversationId } = voice
      const before = load(conversationId)
      if (before.version !== voice.version) return null
      for (const { sessionId } of before.participants) places.delete(sessionId)
      for (const { sessionId } of voice.participants) places.set(sessionId, conversationId)
      if (isEmptyVoice(voice)) {
        voices.delete(conversationId)
        return emptyVoice(conversationId)
      }
      // Counted over all conversations: one that was forgotten in between never has the same version again.
      lastVersion += 1
      const stored = { ...voice, version: lastVersion }
      voices.set(conversationId, stored)
      return stored
    },

    async versions(conversationIds) {
      return new Map(conversationIds.map((id) => [id, load(id).version] as const).filter(([, version]) => version > 0))
    },

    async placeOf(sessionId) {
      return places.get(sessionId) ?? null
    },
  }
}
