import type { OutboxStorage, UnsentMessage } from './types.ts'

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
        return Array.isArray(stored) ? stored.filter(isUnsentMessage) : []
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

export function isUnsentMessage(value: unknown): value is UnsentMessage {
  if (typeof value !== 'object' || value === null) return false
  const { tempId, message, createdAt } = value as Partial<UnsentMessage>
  return typeof tempId === 'string' && typeof createdAt === 'number' && typeof message?.content === 'string'
}
