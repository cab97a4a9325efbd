import type { ConversationId, Millis, UserId } from '@parley/core'

/** What one person said in one recording. */
export interface RecordedFile {
  readonly id: string
  readonly userId: UserId
  readonly name: string
  readonly startedAt: Millis
  readonly durationMs: number
  readonly bytes: number
  readonly state: 'recording' | 'preparing' | 'ready' | 'failed'
}

/** What was recorded of conversations, until they end. */
export interface Recordings {
  list(conversationId: ConversationId): readonly RecordedFile[]
  /** Where a file lies that is ready; `null` for others. */
  find(conversationId: ConversationId, id: string): (RecordedFile & { readonly path: string }) | null
}

/** The recordings of a server that records nothing. */
export const NO_RECORDINGS: Recordings = { list: () => [], find: () => null }
