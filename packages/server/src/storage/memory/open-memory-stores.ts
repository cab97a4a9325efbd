import type {
  CallStore,
  ConversationStore,
  DeadlineStore,
  InboxStore,
  MessageStore,
  NotificationStore,
  PresenceStore,
  ReceiptStore,
  StatusStore,
  UserStore,
  VoiceStore,
} from '@parley/core'
import type { WriteCounter } from './conversation-record.ts'
import { createMemoryCallStore } from './memory-call-store.ts'
import type { ConversationBounds, ConversationRecords } from './memory-conversation-store.ts'
import { createMemoryConversationStore } from './memory-conversation-store.ts'
import { createMemoryDeadlineStore } from './memory-deadline-store.ts'
import { createMemoryInboxStore } from './memory-inbox-store.ts'
import { createMemoryMessageStore } from './memory-message-store.ts'
import { createMemoryNotificationStore } from './memory-notification-store.ts'
import { createMemoryPresenceStore } from './memory-presence-store.ts'
import { createMemoryReceiptStore } from './memory-receipt-store.ts'
import { createMemoryStatusStore } from './memory-status-store.ts'
import { createMemoryUserStore } from './memory-user-store.ts'
import { createMemoryVoiceStore } from './memory-voice-store.ts'

export interface MemoryStores extends AsyncDisposable {
  readonly conversations: ConversationStore
  readonly messages: MessageStore
  readonly presence: PresenceStore
  readonly receipts: ReceiptStore
  readonly inbox: InboxStore
  readonly notifications: NotificationStore
  readonly users: UserStore
  readonly status: StatusStore
  readonly calls: CallStore
  readonly voice: VoiceStore
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
  const counter: WriteCounter = { last: 0 }
  const notifications = createMemoryNotificationStore()
  return {
    conversations: createMemoryConversationStore(records, counter, notifications.keep, {
      ...DEFAULT_MEMORY_BOUNDS,
      ...bounds,
    }),
    messages: createMemoryMessageStore(records),
    presence: createMemoryPresenceStore(),
    receipts: createMemoryReceiptStore(records),
    inbox: createMemoryInboxStore(records, counter),
    notifications,
    users: createMemoryUserStore(records, notifications),
    status: createMemoryStatusStore(),
    calls: createMemoryCallStore(),
    voice: createMemoryVoiceStore(),
    deadlines: createMemoryDeadlineStore(),
    async [Symbol.asyncDispose]() {
      records.clear()
    },
  }
}
