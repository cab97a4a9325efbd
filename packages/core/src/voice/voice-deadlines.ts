import type { ConversationId, Millis, SessionId } from '../ids.ts'
import type { Deadline } from '../ports/deadline-store.ts'

/** When the place of somebody whose line broke is given up. */
export function voiceGoneDeadline(sessionId: SessionId, at: Millis): Deadline {
  return { key: `voice-gone:${sessionId}`, at }
}

/** When it is looked again whether everybody in this voice is still there. */
export function voiceLookDeadline(conversationId: ConversationId, at: Millis): Deadline {
  return { key: `voice-look:${conversationId}`, at }
}

/** When people stop waiting for a media server. */
export function voiceLostDeadline(conversationId: ConversationId, at: Millis): Deadline {
  return { key: `voice-lost:${conversationId}`, at }
}

/** What such a key is about; ids may have colons. */
export function aboutOf(key: string): string {
  return key.slice(key.indexOf(':') + 1)
}
