import type {
  CallStore,
  ConversationStore,
  DeadlineStore,
  MessageStore,
  PresenceStore,
  StatusStore,
} from '@parley/core'
import { createMemoryCallStore } from './memory-call-store.ts'
import type { ConversationBounds, ConversationRecords } from './memory-conversation-store.ts'
import { createMemoryConversationStore } from './memory-conversation-store.ts'
import { createMemoryDeadlineStore } from './memory-deadline-store.ts'
import { createMemoryMessageStore } from './memory-message-store.ts'
import { createMemoryPresenceStore } from './memory-presence-store.ts'
import { createMemoryStatusStore } from './memory-status-store.ts'

export interface MemoryStores extends AsyncDisposable {
  readonly conversations: ConversationStore
  readonly messages: MessageStore
  readonly presence: PresenceStore
  readonly status: StatusStore
  readonly calls: CallStore
  readonly deadlines: DeadlineStore
}

export const DEFAULT_MEMORY_BOUNDS: ConversationBounds = {
  maxMessages: 10_000,
  maxChanges: 5_000,
  maxConversations: 10_000,
  maxBytes: 16 * 1024 * 1024,
  maxTotalBytes: 512 * 1024 * 1024,
}

/** The reference implementation of every store: this process's memory, gone with it. */
export function openMemoryStores(bounds: Partial<ConversationBounds> = {}): MemoryStores {
  const records: ConversationRecords = new Map()
  return {
    conversations: createMemoryConversationStore(records, { ...DEFAULT_MEMORY_BOUNDS, ...bounds }),
    messages: createMemoryMessageStore(records),
    presence: createMemoryPresenceStore(),
    status: createMemoryStatusStore(),
    calls: createMemoryCallStore(),
    deadlines: createMemoryDeadlineStore(),
    async [Symbol.asyncDispose]() {
      records.clear()
    },
  }
}
