import type { FailureInfo, OutgoingMessage } from './types.ts'

/** A message that is not known to be stored by the server yet. */
export interface UnsentMessage {
  readonly tempId: string
  readonly message: OutgoingMessage
  /** Server time, Unix ms. */
  readonly createdAt: number
  /** Refused for this reason; absent while it waits. */
  readonly error?: FailureInfo
}

/** Where unsent messages outlive the page. Neither method may throw. */
export interface OutboxStorage {
  load(chatId: string): readonly UnsentMessage[]
  /** Replaces what is kept for this chat; an empty list leaves nothing behind. */
  save(chatId: string, messages: readonly UnsentMessage[]): void
}

/** Keeps nothing beyond the handle's life. */
export function createMemoryOutbox(): OutboxStorage {
  return { load: () => [], save: () => undefined }
}

const PREFIX = 'parley.outbox.'

/** Keeps a tab's unsent messages across reloads, and no longer than the tab. Works without storage too. */
export function createSessionOutbox(): OutboxStorage {
  return {
    load(chatId) {
      try {
        const stored: unknown = JSON.parse(sessionStorage.getItem(PREFIX + chatId) ?? '[]')
        return Array.isArray(stored) ? stored.filter(isUnsent) : []
      } catch {
        return []
      }
    },
    save(chatId, messages) {
      try {
        if (messages.length === 0) sessionStorage.removeItem(PREFIX + chatId)
        else sessionStorage.setItem(PREFIX + chatId, JSON.stringify(messages))
      } catch {
        // Storage is off or full: the messages live as long as the page does.
      }
    },
  }
}

function isUnsent(value: unknown): value is UnsentMessage {
  if (typeof value !== 'object' || value === null) return false
  const { tempId, message, createdAt } = value as Partial<UnsentMessage>
  return typeof tempId === 'string' && typeof createdAt === 'number' && typeof message?.content === 'string'
}
